"""A file that is left out, with the kind of reason and the sentence."""

from __future__ import annotations

import unicodedata

from pipeline.contracts import IngestRefusal, RefusalKind
from pipeline.errors import InputRefused

LONGEST_NAME = 200
# Text marks that turn the reading direction: `gpj.exe` could be shown as `exe.jpg`.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Refused(InputRefused):
    """One file is left out; the batch goes on."""

    def __init__(self, name: str, kind: RefusalKind, reason: str) -> None:
        super().__init__(name, reason)
        self.kind: RefusalKind = kind

    def noted(self) -> IngestRefusal:
        """Return it as a plain record."""
        return IngestRefusal(name=shown(self.name), kind=self.kind, reason=self.reason)


def shown(name: str) -> str:
    """Return a name as it can be shown and stored: composed, visible, not endless."""
    composed = unicodedata.normalize("NFC", name)
    clean = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _INVISIBLE else c
        for c in composed
    )
    return clean if len(clean) <= LONGEST_NAME else "…" + clean[1 - LONGEST_NAME :]
