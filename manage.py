"""Django's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    # Appended, never inserted: the standard library's modules win over every package in platform/.
    # The editable install does the same; this lets a package that was added since be found too.
    sys.path.append(str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
