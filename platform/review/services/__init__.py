"""What makes and changes reviews."""

from review.services.comparisons import comparison_settle, comparison_start
from review.services.corrections import (
    correction_cancel,
    correction_settle,
    correction_start,
    outlines_settle,
    outlines_start,
)
from review.services.datasets import corrected_dataset
from review.services.decisions import item_decide
from review.services.overdue import is_overdue
from review.services.reviews import review_from_run, review_share, segmentation_start

__all__ = [
    "comparison_settle",
    "comparison_start",
    "corrected_dataset",
    "correction_cancel",
    "correction_settle",
    "correction_start",
    "is_overdue",
    "item_decide",
    "outlines_settle",
    "outlines_start",
    "review_from_run",
    "review_share",
    "segmentation_start",
]
