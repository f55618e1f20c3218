"""Specs of what brings micrographs in and takes datasets out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pipeline.codec import Param
from pipeline.contracts.stage_spec import StageSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSpec(StageSpec):
    """Take in uploaded images, ZIPs, masks and COCO files; refuse the rest by name."""

    stage: ClassVar[str] = "ingest"

    uploads: Annotated[str, Param("Folder of the files as they came.", path="folder")]
    connectivity: Annotated[
        Literal[4, 8], Param("Neighbours that join pixels of a binary truth mask.")
    ] = 4
    memory_mb: Annotated[
        int, Param("Memory that decoding one file may take.", unit="MB", ge=256, le=1_000_000)
    ] = 4096
    image_limit_s: Annotated[
        int, Param("Processor time that one image may take.", unit="s", ge=1, le=3600)
    ] = 60
    archive_limit_s: Annotated[
        int, Param("Processor time that one ZIP or COCO file may take.", unit="s", ge=1, le=86_400)
    ] = 1800
    max_entries: Annotated[
        int, Param("Entries of a ZIP that are looked at.", ge=1, le=1_000_000)
    ] = 10_000
    max_file_mb: Annotated[
        int, Param("Size of one unpacked file.", unit="MB", ge=1, le=100_000)
    ] = 1024
    max_unpacked_mb: Annotated[
        int, Param("Size of all that one ZIP unpacks to.", unit="MB", ge=1, le=10_000_000)
    ] = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSpec(StageSpec):
    """Pack a frozen version of a dataset: originals, COCO or label TIFF, with its data card."""

    stage: ClassVar[str] = "export"

    card: Annotated[
        str, Param("Folder with README.md, manifest.json and metadata.csv.", path="folder")
    ]
    images: Annotated[str, Param("Folder of the images.", path="folder")]
    truth: Annotated[str, Param("Folder of their label images; empty: none.", path="folder")] = ""
    layout: Annotated[
        Literal["originals", "coco", "labels"],
        Param("Original files, COCO instances, or label TIFFs."),
    ] = "originals"
    with_images: Annotated[bool, Param("Put the images beside the labels.")] = True
