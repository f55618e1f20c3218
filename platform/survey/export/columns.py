"""What the columns of a study's tables mean: one place for headers, dictionaries and standards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; `type` is "integer", "number", "string", "boolean" (0 or 1) or "datetime"."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)


_TRUTH = {"real": "taken with a microscope", "artificial": "computed"}

ANSWERS = (
    Column(name="rater", type="string", meaning="Pseudonym of the rater"),
    Column(
        name="session_state",
        type="string",
        meaning="Whether the rater came to the end",
        levels={"started": "did not finish", "finished": "answered all images"},
    ),
    Column(
        name="could_know",
        type="boolean",
        meaning="The rater could see images of the study elsewhere on the platform",
    ),
    Column(
        name="excluded",
        type="boolean",
        meaning="Left out of the figures because the session did not come to its end; further "
        "rules of the plan are applied by the analysis",
    ),
    Column(name="excluded_why", type="string", meaning="Why"),
    Column(
        name="expertise",
        type="string",
        meaning="The rater's answer to the question by which raters are compared: the one that the "
        "protocol's settings name, else its first with a choice",
    ),
    Column(name="position", type="integer", meaning="Place in the rater's order, from 1"),
    Column(
        name="kind",
        type="string",
        meaning="Why the image was shown",
        levels={
            "main": "to be judged; only these enter the primary analysis",
            "practice": "before the study, with feedback",
            "attention": "a picture that says what to answer",
            "repeat": "shown a second time to the same rater",
        },
    ),
    Column(name="image", type="integer", meaning="Number of the image in the study"),
    Column(
        name="other",
        type="integer",
        meaning="Of a pair: number of the image on the right; `image` stood on the left",
    ),
    Column(
        name="truth",
        type="string",
        meaning="What the image is; of an attention item, what it asks for",
        levels=_TRUTH,
    ),
    Column(name="arm", type="string", meaning="Generator of an artificial image"),
    Column(name="source", type="string", meaning="Name of the image's file or run"),
    Column(
        name="decision",
        type="string",
        meaning="What the rater took the image for; empty: not answered",
        levels=_TRUTH,
    ),
    Column(
        name="confidence",
        type="integer",
        meaning="How sure the rater was",
        levels={"1": "guessing", "2": "fairly sure", "3": "sure"},
    ),
    Column(name="correct", type="boolean", meaning="Whether the decision agrees with the truth"),
    Column(
        name="response_ms",
        type="number",
        unit="ms",
        meaning="From the painted frame to the last decision, by the browser's own clock; displays "
        "and keyboards add 10 to 40 ms",
    ),
    Column(
        name="confirm_ms",
        type="number",
        unit="ms",
        meaning="From the painted frame to the confirmation",
    ),
    Column(name="changes", type="integer", meaning="Changes of the decision before confirming"),
    Column(
        name="hidden_ms",
        type="number",
        unit="ms",
        meaning="How long the page lay in the background meanwhile",
    ),
    Column(
        name="exposure_ms",
        type="number",
        unit="ms",
        meaning="How long the image was shown, where that is fixed",
    ),
    Column(name="zooms", type="integer", meaning="Changes of the zoom"),
    Column(name="slip", type="boolean", meaning="The rater said afterwards that it was a slip"),
    Column(
        name="seen_before",
        type="boolean",
        meaning="The rater had seen the image before; empty: not asked",
    ),
    Column(name="reason", type="string", meaning="Why, in the rater's words"),
    Column(
        name="regions",
        type="string",
        unit="px",
        meaning="Where it looks artificial: JSON list of [x, y, width, height] from the top left; "
        "of a pair, on the image that was called artificial",
    ),
    Column(name="shown_at", type="datetime", meaning="When it was painted, by the server's clock"),
    Column(name="answered_at", type="datetime", meaning="When the answer arrived"),
)

RATERS = (
    Column(name="rater", type="string", meaning="Pseudonym of the rater"),
    Column(name="session_state", type="string", meaning="Whether the rater came to the end"),
    Column(name="number", type="integer", meaning="Number of the session, which gave its order"),
    Column(
        name="artificial_on_left",
        type="boolean",
        meaning="The answer “artificial” stood on the left",
    ),
    Column(
        name="could_know",
        type="boolean",
        meaning="The rater could see images of the study elsewhere on the platform",
    ),
    Column(name="viewport_width_px", type="number", unit="px", meaning="Width of the page"),
    Column(name="viewport_height_px", type="number", unit="px", meaning="Height of the page"),
    Column(name="pixel_ratio", type="number", meaning="Screen pixels for each CSS pixel"),
    Column(
        name="believed_share",
        type="number",
        unit="%",
        meaning="Part of the images that the rater believed to be artificial, asked at the end",
    ),
    Column(
        name="background",
        type="string",
        meaning="Answers to the questions of the protocol, as JSON by key",
    ),
)

IMAGES = (
    Column(name="image", type="integer", meaning="Number of the image in the study"),
    Column(
        name="use",
        type="string",
        meaning="What it is for",
        levels={"main": "judged", "practice": "practice", "attention": "attention item"},
    ),
    Column(name="truth", type="string", meaning="What the image is", levels=_TRUTH),
    Column(name="arm", type="string", meaning="Generator of an artificial image"),
    Column(name="match", type="integer", meaning="Number of the content-matched pair"),
    Column(name="material", type="string", meaning="Material, as the dataset says"),
    Column(name="shape", type="string", meaning="Shape of the particles, as the dataset says"),
    Column(name="source", type="string", meaning="Name of the image's file or run"),
    Column(name="source_sha256", type="string", meaning="SHA-256 of the file that it was made of"),
    Column(name="served_sha256", type="string", meaning="SHA-256 of the file that raters got"),
    Column(
        name="trained_on",
        type="boolean",
        meaning="A generator was trained on the image or on a near-duplicate",
    ),
    Column(name="width_px", type="integer", unit="px", meaning="Width as raters got it"),
    Column(name="height_px", type="integer", unit="px", meaning="Height as raters got it"),
)

EVENTS = (
    Column(name="rater", type="string", meaning="Pseudonym of the rater"),
    Column(name="position", type="integer", meaning="Place of the image; empty: the whole session"),
    Column(name="at", type="datetime", meaning="When, by the server's clock"),
    Column(name="event", type="string", meaning="What happened"),
    Column(
        name="details",
        type="string",
        meaning="More of it, as JSON. Of an answer: blurs (times that the page lost the focus), "
        "screen (width and height of the page in CSS px, screen pixels for each), again (the page "
        "was loaded again before), zooms ([ms since painted, screen pixels for each of the image], "
        "the first as it was shown), payload_sha256 (of what was sent)",
    ),
)

TABLES = {"answers": ANSWERS, "raters": RATERS, "images": IMAGES, "events": EVENTS}


def dictionary_of(columns: tuple[Column, ...]) -> dict[str, dict[str, object]]:
    """The dictionary that lies beside a table, in the form of BIDS."""
    told: dict[str, dict[str, object]] = {}
    for column in columns:
        entry: dict[str, object] = {"Description": column.meaning, "Type": column.type}
        if column.unit:
            entry["Units"] = column.unit
        if column.levels:
            entry["Levels"] = dict(column.levels)
        told[column.name] = entry
    return told
