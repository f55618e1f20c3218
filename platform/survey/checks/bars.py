"""Threat 4: what is left of data bars and scale bars would tell which images a microscope took."""

from __future__ import annotations

from collections.abc import Sequence

from survey.models import Stimulus


def in_doubt(stimuli: Sequence[Stimulus]) -> list[Stimulus]:
    """Images in which something looks like a bar, and of which nobody said that nothing is left.

    A curator's word on the dataset's image counts, and so does the organiser's on the picture as
    raters get it. Images straight from a run have no bar.
    """
    return [
        s
        for s in stimuli
        if s.served_id
        and s.figures.get("bar_doubt")
        and s.bar_signed_off_at is None
        and s.image is not None
        and not s.image.data_bar_confirmed
    ]


def doubt_sentences(stimuli: Sequence[Stimulus]) -> list[str]:
    return [
        f"{s.source_name}: there is {s.figures['bar_doubt']}. Look at it, and sign it off or take "
        "it out."
        for s in stimuli
    ]
