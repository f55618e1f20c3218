"""Corrections of label images: applied in order, each whole or not at all, and measured anew."""

from __future__ import annotations

from pipeline.edit.apply import EditRefused, apply_edits

__all__ = ["EditRefused", "apply_edits"]
