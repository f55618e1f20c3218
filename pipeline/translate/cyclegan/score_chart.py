"""A chart of what the SEM discriminator says of real and of generated images."""

from __future__ import annotations

from typing import Any

import altair as alt

# Okabe and Ito's blue and orange: told apart by colour-blind people as well.
COLOURS = {"real": "#0072B2", "generated": "#E69F00"}


def score_chart(points: list[dict[str, float]]) -> dict[str, Any]:
    """Return a Vega-Lite specification.

    Parameters
    ----------
    points : list of dict
        Each with `step` and the mean scores `generated` and `real` up to it.
    """
    values = [
        {"step": point["step"], "score": point[name], "images": name}
        for point in points
        for name in COLOURS
    ]
    domain = alt.Scale(domain=list(COLOURS))
    colour = alt.Color(
        "images:N",
        title="Images",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
    )
    data = alt.InlineData(values=values)
    lines = (
        alt.Chart(data)
        .mark_line()
        .encode(
            x=alt.X("step:Q", title="Training step"),
            y=alt.Y("score:Q", title="Discriminator's mean score (1 real, 0 generated)"),
            color=colour,
            strokeDash=alt.StrokeDash("images:N", title="Images", scale=domain),
        )
    )
    chart: dict[str, Any] = lines.properties(width=520, height=260).to_dict()
    return chart
