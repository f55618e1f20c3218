"""Predicted labels against true ones: foreground, particles, counts and sizes."""

from __future__ import annotations

from pipeline.evaluate.scores import ImageScores, score_image

__all__ = ["ImageScores", "score_image"]
