"""All files of a run as one ZIP."""

from __future__ import annotations

from collections.abc import Iterator

from core import zips
from runs.models import Artifact, Run


def zip_stream(run: Run) -> Iterator[bytes]:
    artifacts = Artifact.objects.filter(run=run).select_related("file").order_by("pk")
    return zips.zip_stream(
        (f"run-{run.pk}/{artifact.path}", artifact.file)
        for artifact in artifacts.iterator(chunk_size=200)
    )
