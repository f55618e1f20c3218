"""What changes datasets, images and versions."""

from catalog.services.bulk import bulk_start, bulk_step, bulk_stop
from catalog.services.datasets import dataset_create, dataset_delete, dataset_edit
from catalog.services.decisions import near_duplicate_decide
from catalog.services.images import (
    image_add,
    image_bar_set,
    image_delete,
    image_describe,
    image_exclude,
    image_include,
    image_scale_set,
)
from catalog.services.versions import version_freeze

__all__ = [
    "bulk_start",
    "bulk_step",
    "bulk_stop",
    "dataset_create",
    "dataset_delete",
    "dataset_edit",
    "image_add",
    "image_bar_set",
    "image_delete",
    "image_describe",
    "image_exclude",
    "image_include",
    "image_scale_set",
    "near_duplicate_decide",
    "version_freeze",
]
