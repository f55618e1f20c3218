"""Particles of a label image, measured: diameters, Feret diameters, area, perimeter, shape."""

from __future__ import annotations

from pipeline.measure.label_files import read_labels
from pipeline.measure.particles import counted_diameters_px, measure_labels
from pipeline.measure.summary import SizeSummary, summarize
from pipeline.measure.tables import write_particles_csv

__all__ = [
    "SizeSummary",
    "counted_diameters_px",
    "measure_labels",
    "read_labels",
    "summarize",
    "write_particles_csv",
]
