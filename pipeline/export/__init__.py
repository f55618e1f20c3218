"""Packing a frozen version of a dataset for others: originals, COCO or label TIFF."""
