"""A size histogram as SVG that can go into a paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from review.exports.provenance import provenance_line
from review.models import MaskVersion
from review.sizes import Sizes, diameters_of, summed_up

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 56, 56
_STEPS = (1, 2, 2.5, 5, 10)


def histogram_svg(version: MaskVersion) -> str:
    values, unit = diameters_of(version), "nm" if version.item.nm_per_px else "px"
    title = f"{version.item.name}: equivalent diameters"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(provenance_line(version))}</desc>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="40">{escape(in_words(summed_up(values), unit))}</text>',
        *_chart(values, unit),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def in_words(sizes: Sizes, unit: str) -> str:
    if sizes.mean is None:
        return "no particle counts"
    told = f"n = {sizes.n}; mean {_number(sizes.mean)} {unit}"
    if sizes.mean_low is not None and sizes.mean_high is not None:
        told += f" (95 % interval {_number(sizes.mean_low)} to {_number(sizes.mean_high)})"
    tenths = (("D10", sizes.d10), ("D50", sizes.d50), ("D90", sizes.d90))
    return told + "".join(f"; {name} {_number(value or 0)}" for name, value in tenths)


def bins_of(values: Sequence[float]) -> tuple[list[float], list[int]]:
    """Edges and counts; bins by Freedman and Diaconis (1981), rounded to a pleasant width."""
    if not values:
        return [0.0, 1.0], [0]
    ordered = sorted(values)
    spread = ordered[int(0.75 * (len(ordered) - 1))] - ordered[int(0.25 * (len(ordered) - 1))]
    raw = 2 * spread / len(ordered) ** (1 / 3) or (ordered[-1] or 1.0) / 10
    width = nice(max(raw, (ordered[-1] - ordered[0]) / 60, 1e-9))
    first = math.floor(ordered[0] / width)
    count = math.floor(ordered[-1] / width) - first + 1
    counts = [0] * count
    for value in ordered:
        counts[min(count - 1, math.floor(value / width) - first)] += 1
    return [(first + at) * width for at in range(count + 1)], counts


def nice(length: float) -> float:
    """The next of 1, 2, 2.5, 5, 10, 20, ... that is not smaller."""
    power = 10.0 ** math.floor(math.log10(length))
    return float(next(step * power for step in _STEPS if step * power >= length * (1 - 1e-9)))


def _chart(values: Sequence[float], unit: str) -> list[str]:
    edges, counts = bins_of(values)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    top = nice(max(*counts, 4)) if counts else 4.0

    def x(value: float) -> float:
        return LEFT + (value - edges[0]) / (edges[-1] - edges[0]) * wide

    def y(count: float) -> float:
        return TOP + high - count / top * high

    parts = []
    for at, count in enumerate(counts):
        parts.append(
            f'<rect x="{x(edges[at]):.1f}" y="{y(count):.1f}" '
            f'width="{x(edges[at + 1]) - x(edges[at]):.1f}" '
            f'height="{y(0) - y(count):.1f}" fill="#56b4e9" stroke="#1c1c1c" stroke-width="0.7"/>'
        )
    parts.append(
        f'<path d="M{LEFT} {TOP}V{y(0):.1f}H{WIDTH - RIGHT}" fill="none" stroke="#1c1c1c"/>'
    )
    for quarter in range(5):
        level = top * quarter / 4
        parts.append(
            f'<text x="{LEFT - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{level:g}</text>'
        )
    every = max(1, math.ceil(len(counts) / 8))
    for edge in edges[::every]:
        parts.append(
            f'<text x="{x(edge):.1f}" y="{y(0) + 18:.1f}" text-anchor="middle">{edge:g}</text>'
        )
    parts.append(
        f'<text x="{LEFT + wide / 2}" y="{HEIGHT - 12}" text-anchor="middle">'
        f"equivalent diameter / {unit}</text>"
    )
    parts.append(
        f'<text transform="translate(18 {TOP + high / 2}) rotate(-90)" text-anchor="middle">'
        "particles</text>"
    )
    return parts


def _number(value: float) -> str:
    digits = 2 - math.floor(math.log10(abs(value))) if value else 2
    return f"{round(value, digits):.{max(0, digits)}f}"
