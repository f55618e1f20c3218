"""Datasets of micrographs, real and artificial; what is known of each image; frozen versions."""

from catalog.models.dataset import Dataset, Kind
from catalog.models.duplicates import Decision, HashBand, NearDuplicate
from catalog.models.edits import Action, BulkEdit
from catalog.models.image import Image, ScaleSource, Split, Tag
from catalog.models.version import Version, VersionItem

__all__ = [
    "Action",
    "BulkEdit",
    "Dataset",
    "Decision",
    "HashBand",
    "Image",
    "Kind",
    "NearDuplicate",
    "ScaleSource",
    "Split",
    "Tag",
    "Version",
    "VersionItem",
]
