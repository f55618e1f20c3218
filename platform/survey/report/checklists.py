"""Reporting checklists with the items that the platform knows filled in.

Topics in our own words after CHERRIES (Eysenbach 2004, J. Med. Internet Res. 6, e34), GRRAS
(Kottner et al. 2011, J. Clin. Epidemiol. 64, 96), STARD 2015 (Bossuyt et al., BMJ 351, h5527) and
CLAIM 2024 (Tejani et al., Radiol. Artif. Intell. 6, e240300). What is left open is the authors'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from survey.protocol import PAIRS
from survey.report.facts import Facts
from survey.report.methods import bars_sentence, exclusions_sentence, interval_method
from survey.report.ordering import order_parts
from survey.report.sample_size import planned_size

OPEN = "For the authors to fill in."


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist."""

    topic: str
    told: str

    @property
    def is_open(self) -> bool:
        return self.told == OPEN


Teller = Callable[[Facts], str]


def _open(_: Facts) -> str:
    return OPEN


def _says(text: str) -> Teller:
    return lambda _: text


def _images(facts: Facts) -> str:
    return f"{facts.artificial} artificial, {facts.real} real."


def _recruiting(facts: Facts) -> str:
    ways = [
        *(["personal links, each for one person"] if facts.by_personal_link else []),
        *(["an open link with a quota"] if facts.by_open_link else []),
        *(["accounts of the platform"] if facts.by_account else []),
    ]
    return f"By {', '.join(ways)}." if ways else OPEN


def _period(facts: Facts) -> str:
    if not facts.opened:
        return OPEN
    days = f"{facts.days_open} day{'' if facts.days_open == 1 else 's'}"
    return f"{facts.opened} to {facts.closed} ({days})."


def _rates(facts: Facts) -> str:
    part = f" ({facts.raters_finished / facts.raters_begun:.0%})" if facts.raters_begun else ""
    told = (
        f"{facts.raters_begun} consented, {facts.raters_finished} finished{part}, "
        f"{facts.raters_withdrawn} withdrew."
    )
    if facts.personal_links:
        told += (
            f" Of {facts.personal_links} personal links {facts.personal_links_used} were used "
            f"({facts.personal_links_used / facts.personal_links:.0%})."
        )
    if facts.open_places:
        told += (
            f" Open links offered {facts.open_places} places, of which {facts.open_places_taken} "
            "were taken; how many people saw them is not known."
        )
    return told


def _flow(facts: Facts) -> str:
    """From the links to the figures."""
    analysed = "" if facts.found is None else f" {facts.found.raters} were analysed."
    return f"{_rates(facts)}{analysed} {exclusions_sentence(facts)}"


def _repeats(facts: Facts) -> str:
    number, noun = facts.settings.repeats, "pair" if facts.settings.task == PAIRS else "image"
    return f"{number} {noun}s shown twice to each rater." if number else f"No {noun} was repeated."


def _judged(facts: Facts) -> str:
    if facts.settings.task == PAIRS:
        return "Which of two images is artificial, with confidence."
    return "Real or artificial, with confidence."


def _scale(facts: Facts) -> str:
    steps = "three steps of confidence: six points"
    return (
        f"Left or right, and {steps}." if facts.settings.task == PAIRS else f"Decision and {steps}."
    )


def _sample_size(facts: Facts) -> str:
    planned = planned_size(facts.plan)
    if not planned:
        return OPEN
    came = "" if facts.found is None else f" Analysed were {_numbers(facts)}"
    return f"Planned before the opening: {planned}{came}"


def _numbers(facts: Facts) -> str:
    if facts.found is None:
        return f"{facts.raters_finished} raters; {_images(facts)}"
    return f"{facts.found.raters} raters; {_images(facts)} {facts.found.answers}".strip()


def _found(name: str) -> Teller:
    """A sentence of the figures; for the authors where the analysis has it not."""
    return lambda facts: str(getattr(facts.found, name)) or OPEN if facts.found else OPEN


def _precision(facts: Facts) -> str:
    """Agreement with its intervals, and of the same rater twice where that was asked."""
    found = facts.found
    told = [found.agreement, found.retest] if found else []
    return " ".join(one for one in told if one) or OPEN


def _arms(facts: Facts) -> str:
    arms = ", ".join(f"{name}: {count}" for name, count in facts.arms)
    return f"{_images(facts)}{f' By generator: {arms}.' if arms else ''}"


def _blinding(facts: Facts) -> str:
    bars = "" if facts.bars_in_doubt else ", no data bar"
    told = (
        f"Raters saw pixels only (one size, one format, one length, no metadata{bars}), had "
        "an order of their own and no feedback; results were closed to everybody until the end."
    )
    return f"{told} {bars_sentence(facts)}." if facts.bars_in_doubt else told


def _committed(facts: Facts) -> str:
    return f"Commitment published at the opening: {facts.commitment}." if facts.commitment else OPEN


def _analysis(facts: Facts) -> str:
    if facts.settings.task == PAIRS:
        return "Part of pairs found, its interval clustered by rater and by pair."
    return (
        f"Reader-averaged balanced accuracy, interval over raters and images "
        f"({interval_method(facts)}); verdict by rules that were fixed beforehand."
    )


def _agreement(facts: Facts) -> str:
    if facts.settings.task == PAIRS:
        return OPEN
    return "Fleiss' kappa, Krippendorff's alpha and Gwet's AC1 with raw agreement."


def _testing(facts: Facts) -> str:
    if facts.dry_runs:
        return f"Dry runs by simulated raters before the opening: {facts.dry_runs}."
    return OPEN


def _pages(facts: Facts) -> str:
    shown = "One pair a page" if facts.settings.task == PAIRS else "One image a page"
    return f"{shown}; {_images(facts)}"


def _order(facts: Facts) -> str:
    parts = order_parts(facts.settings, real=facts.real, artificial=facts.artificial)
    return f"An order of its own for each rater: {'; '.join(parts)}."


def _missing(facts: Facts) -> str:
    if not facts.plan.leave_out_unfinished:
        told = "Raters who did not come to the end count with the images that they judged."
    else:
        told = "Raters who did not come to the end were left out, as planned"
        stayed = facts.raters_begun - facts.raters_finished - facts.raters_withdrawn
        told += f": {stayed} of {facts.raters_begun}."
    return f"{told} {facts.found.answers}".strip() if facts.found else told


CHECKLISTS: dict[str, tuple[tuple[str, Teller], ...]] = {
    "CHERRIES (surveys on the web)": (
        ("Design: target population and sample", _open),
        ("Approval by an ethics board", _open),
        ("Informed consent", lambda facts: f"Asked before the first image: “{facts.consent_text}”"),
        (
            "Protection of data",
            _says("Pseudonyms; no name, no mail address and no network address is kept."),
        ),
        ("Development and testing", _testing),
        ("Open or closed survey, recruiting", _recruiting),
        ("Advertising", _open),
        ("Mode", _says("In the browser, answers stored as they are given.")),
        ("Voluntary", _says("Yes; stopping and withdrawing are possible at any time.")),
        ("Incentives", _open),
        ("Time frame", _period),
        ("Order of items", _order),
        ("Adaptive questions", _says("None.")),
        ("Items and pages", _pages),
        ("Completeness checks", _says("An image is left only with decision and confidence.")),
        (
            "Review of answers",
            _says("An answer can be changed until confirmed; afterwards it can be called a slip."),
        ),
        ("View, participation and completion rates", _rates),
        (
            "Multiple entries",
            _says("A cookie for a session; personal links work once; an account takes part once."),
        ),
        ("Analysis of incomplete questionnaires", _missing),
        ("Questionnaires with odd times", exclusions_sentence),
        ("Statistical correction", _analysis),
    ),
    "GRRAS (reliability and agreement)": (
        ("What was judged, by which method", _judged),
        ("Who the raters are", _open),
        ("What is known of reliability so far, and why the study", _open),
        ("How many raters and images, and why", _sample_size),
        ("How images and raters were chosen", _open),
        ("Independence of raters", _blinding),
        ("Repeated judgements", _repeats),
        ("Statistical analysis", _agreement),
        ("Numbers judged", _numbers),
        ("Characteristics of raters and images", _says("Tables of raters and images enclosed.")),
        ("Estimates with their uncertainty", _precision),
        ("Practical relevance", _open),
        ("Detailed results", _says("All answers enclosed, one row a presentation.")),
    ),
    "STARD 2015 and CLAIM 2024 (where they apply)": (
        ("Reference standard", _says("How each image came about, from the platform's lineage.")),
        ("Eligibility and sampling of images", _open),
        ("Where images come from, licences", _says("Table of images; see also the datasets.")),
        ("Test and its scale", _scale),
        ("Blinding of readers", _blinding),
        ("Missing answers", _missing),
        ("Intended sample size", _sample_size),
        ("Flow of readers", _flow),
        (
            "Images that a generator was trained on",
            lambda f: (
                "Refused before the opening."
                if f.settings.trained_images == "refuse"
                else "Allowed and marked in the table of images."
            ),
        ),
        ("Images judged, by reference standard and generator", _arms),
        ("Reference standard against test, cross-table", _found("cross_table")),
        ("Accuracy with its precision", _found("accuracy")),
        ("What is concluded by the rule set beforehand", _found("verdict")),
        ("Agreement of readers with its precision", _precision),
        ("Failures: images most readers were wrong about", _found("hardest")),
        ("Registration, protocol", _committed),
        ("Funding and interests", _open),
        ("Code and data", _says("The bundle's script computes every figure from its tables.")),
    ),
}


def filled(facts: Facts) -> dict[str, list[Item]]:
    """Every checklist with its items, in order."""
    return {
        name: [Item(topic, tell(facts)) for topic, tell in items]
        for name, items in CHECKLISTS.items()
    }
