"""What an analysis found, in the numbers that methods and checklists ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey.figures.of_study import hardest_pairs
from survey.report.words import defined, number, part, reach

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Counts of who entered the figures and who was left out, and the figures themselves."""

    raters: int  # who enter the figures
    left_out_whole: int  # raters
    left_out_partly: int  # raters
    answers_left_out_partly: int
    whys: tuple[tuple[str, int], ...]  # reason, raters
    # Sentences of figures; empty where the document has them not.
    answers: str = ""  # how many
    verdict: str = ""
    accuracy: str = ""  # with intervals
    cross_table: str = ""  # truth x decision
    agreement: str = ""  # between raters, with intervals
    retest: str = ""
    hardest: str = ""  # images most were wrong about

    @property
    def left_out(self) -> int:
        return self.left_out_whole + self.left_out_partly


def found_in(document: Document) -> Found:
    """Read the document of an analysis, of single images or of pairs."""
    exclusions = document["exclusions"]
    partly = [one for one in exclusions if not one["whole"]]
    whys = Counter(why for one in exclusions for why in one["why"].split("; "))
    is_pairs = "pairs" in document
    return Found(
        raters=len(document["raters"]) if is_pairs else document["design"]["raters"],
        left_out_whole=len(exclusions) - len(partly),
        left_out_partly=len(partly),
        answers_left_out_partly=sum(one["answers"] for one in partly),
        whys=tuple(sorted(whys.items())),
        **(_of_pairs(document) if is_pairs else _of_single_images(document)),
    )


def _of_single_images(document: Document) -> dict[str, str]:
    figures = document.get("figures")
    if not figures:
        return {}
    design, primary, rates = document["design"], document["primary"], figures["rates"]
    hits, alarms, counts = rates["hit_rate"], rates["false_alarm_rate"], rates["counts"]
    area = figures["confidence"]["auc"]
    return {
        "answers": f"{design['answers']} answers"
        + (f", {design['missing']} missing." if design["missing"] else ", none missing."),
        "verdict": str(primary["sentence"]),
        "accuracy": (
            f"Balanced accuracy {_percent(primary['accuracy'])} (95 % interval "
            f"{_ends(primary['interval95'])}, 90 % {_ends(primary['interval90'])}; "
            f"{primary['method']}); sensitivity, artificial images called artificial, "
            f"{_percent(hits['value'])} ({_ends(hits['over_both'])}); false alarms, real ones "
            f"called artificial, {_percent(alarms['value'])} ({_ends(alarms['over_both'])}); area "
            f"under the ROC curve {_area(area)}."
        ),
        "cross_table": (
            f"Of {counts['hits'] + counts['misses']} judgements of artificial images "
            f"{counts['hits']} said artificial and {counts['misses']} real; of "
            f"{counts['false_alarms'] + counts['correct_rejections']} of real images "
            f"{counts['false_alarms']} said artificial and {counts['correct_rejections']} real."
        ),
        "agreement": _agreement(figures["agreement"]),
        "retest": _retest(figures["retest"]["all"]),
        "hardest": _hardest(figures["images"]),
    }


def _of_pairs(document: Document) -> dict[str, str]:
    pairs = document["pairs"]
    right = sum(one["right"] for one in pairs["raters"])
    total = sum(one["total"] for one in pairs["raters"])
    found = pairs["part_right"]
    return {
        "answers": f"{total} answers to pairs.",
        "verdict": str(pairs.get("sentence", "")),
        "accuracy": (
            f"Pairs judged rightly: {_percent(found)} (95 % interval {_ends(found)}, 90 % "
            f"{_ends(pairs.get('interval90'))}; clustered by raters and by pairs)."
        ),
        "cross_table": f"Of {total} judgements of pairs {right} picked the artificial image and "
        f"{total - right} the real one.",
        "retest": _retest(document.get("retest")),
        "hardest": _hardest_pairs(document),
    }


def _agreement(found: Any) -> str:
    if not defined(found) or not defined(found.get("all")):
        return ""
    names = (("raw", "raw"), ("fleiss", "Fleiss' kappa"), ("alpha", "Krippendorff's alpha"))
    kinds = (("all", "All images"), ("artificial", "artificial"), ("real", "real"))
    told = []
    for kind, of in kinds:
        one = found.get(kind)
        if not defined(one):
            continue
        reaches = one.get("intervals") or {}
        parts = []
        for key, words in (*names, ("ac1", "Gwet's AC1")):
            value = _percent(one[key]) if key == "raw" else number(one[key])
            ends = _ends(reaches.get(key), digits=None if key == "raw" else 2)
            parts.append(f"{words} {value} ({ends})" if defined(one[key]) else f"{words} {value}")
        told.append(f"{of}: {', '.join(parts)}")
    return f"{'; '.join(told)}. In brackets 95 % intervals for other images and these raters."


def _retest(found: Any) -> str:
    if not found or not found["pairs"]:
        return ""
    kappa = found["kappa"]
    return (
        f"{found['pairs']} judgements were asked for twice: {_percent(found['raw'])} the same "
        f"(95 % interval {_ends(found['raw_estimate'])}), Cohen's kappa "
        f"{number(kappa['kappa'] if defined(kappa) else kappa)}, AC1 {number(found['ac1'])}."
    )


def _hardest(images: Any, count: int = 3) -> str:
    ranked = sorted(images, key=lambda one: (-one["part_wrong"], one["image"]))[:count]
    told = [
        f"image {one['image']} ({one['truth']}, {part(one['part_wrong'])} wrong)" for one in ranked
    ]
    return f"Most were wrong about {', '.join(told)}." if told else ""


def _hardest_pairs(document: Document, count: int = 3) -> str:
    ranked = hardest_pairs(document)[:count]
    told = [f"the pair of images {one['pair']} ({part(one['part_wrong'])} wrong)" for one in ranked]
    return f"Most were wrong about {', '.join(told)}." if told else ""


def _percent(value: Any) -> str:
    """With one decimal, as a paper gives it."""
    if not defined(value):
        return part(value)
    return f"{100 * (value['value'] if isinstance(value, dict) else value):.1f} %"


def _ends(value: Any, *, digits: int | None = None) -> str:
    found = value["interval"] if isinstance(value, dict) and "interval" in value else value
    if digits is not None or not defined(found):
        return reach(found, digits=digits)
    return f"{100 * found['low']:.1f} to {100 * found['high']:.1f} %"


def _area(value: Any) -> str:
    if not defined(value):
        return number(value)
    return f"{number(value['accuracy'])} ({reach(value.get('interval95'), digits=2)})"
