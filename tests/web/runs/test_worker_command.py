"""The command of a worker: what it refuses."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from runs.management.commands import worker


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"queues": "gpu,disco"}, "disco; there are simulate, gpu, cpu, interactive"),
        ({"queues": ","}, "--queues: none"),
        ({"queues": "gpu", "concurrency": 2}, "one run at a time"),
        ({"queues": "gpu", "prefetch": 4}, "fetches none ahead"),
        ({"queues": "gpu"}, "no GPU here"),
    ],
)
def test_it_refuses(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], reason: str) -> None:
    monkeypatch.setattr(worker, "gpu_name", lambda: "")
    with pytest.raises(CommandError, match=reason):
        call_command("worker", **options)
