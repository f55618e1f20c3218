"""A methods section, ready to paste: what was done, in the past tense, in plain words."""

from __future__ import annotations

from survey.plan import Plan
from survey.protocol import PAIRS
from survey.report.facts import Facts
from survey.report.ordering import order_parts
from survey.report.words import counted

# As `survey.statistics.outcome` names them, which needs SciPy.
CROSSED, INCOMPLETE, NONE = "Obuchowski-Rockette", "double bootstrap", "none"


def methods_paragraphs(facts: Facts) -> list[str]:
    """Paragraphs on images, raters, procedure and analysis."""
    return [_images(facts), _procedure(facts), _raters(facts), _analysis(facts)]


def _images(facts: Facts) -> str:
    size = f", {facts.width_px} x {facts.height_px} px" if facts.width_px else ""
    told = [
        f"Raters judged {facts.artificial} artificial and {facts.real} real electron "
        f"micrographs{size}."
    ]
    if len(facts.arms) > 1:
        arms = ", ".join(f"{name} ({count})" for name, count in facts.arms)
        told.append(f"The artificial images came from {len(facts.arms)} generators: {arms}.")
    told.append(
        "All went through one pipeline: decoded, made grey, cut free of data bars where these were "
        "found and to one size, and written again as uncompressed PNG, so that neither name, "
        "metadata, size nor length told them apart."
    )
    if facts.bars_in_doubt:
        told.append(f"{bars_sentence(facts)}.")
    if facts.unaudited:
        told.append(
            "Whether trivial figures of the images (brightness, noise, sharpness, file size) tell "
            "the kinds apart was not audited: there were too few images."
        )
    return " ".join(told)


def _procedure(facts: Facts) -> str:
    settings = facts.settings
    if settings.task == PAIRS:
        told = [
            "Each presentation showed a real and an artificial image of matched content side by "
            "side, and raters said which was artificial and how sure they were (guessing, fairly "
            "sure, sure)."
        ]
    else:
        told = [
            "Images were shown one at a time on neutral grey; raters said whether each was real or "
            "artificial and how sure they were (guessing, fairly sure, sure)."
        ]
    noun = "pair" if settings.task == PAIRS else "image"
    if settings.exposure_ms:
        told.append(f"Each {noun} was shown for {settings.exposure_ms} ms.")
    else:
        told.append("Viewing time was free.")
    # What is shown for a fixed time has no zoom.
    zooms = settings.zoom and not settings.exposure_ms
    told.append("Raters could zoom." if zooms else "Raters could not zoom.")
    if facts.practice:
        told.append(
            f"{counted(facts.practice, 'practice image')} with feedback came before; the study "
            "itself gave none."
        )
    else:
        told.append("No feedback was given.")
    if facts.attention:
        told.append(f"{counted(facts.attention, 'attention item')} said what to answer.")
    if settings.repeats:
        told.append(
            f"{counted(settings.repeats, noun)} came a second time, for test-retest agreement."
        )
    if settings.images_per_rater:
        told.append(f"Each rater saw {settings.images_per_rater} of the {noun}s.")
    parts = order_parts(settings, real=facts.real, artificial=facts.artificial)
    began = counted(facts.raters_begun, "rater")
    told.append(
        "Each rater had an order of their own, by a design that holds for whole blocks of raters: "
        f"{'; '.join(parts)}. {began} began."
    )
    if settings.task != PAIRS:
        told.append("Raters were not told how many images were artificial.")
    told.append("No result was seen by anybody before the study closed.")
    return " ".join(told)


def _raters(facts: Facts) -> str:
    ways = [
        words
        for words, used in (
            ("personal links", facts.by_personal_link),
            ("an open link", facts.by_open_link),
            ("their accounts", facts.by_account),
        )
        if used
    ]
    told = [f"{counted(facts.raters_begun, 'rater')} began and {facts.raters_finished} finished"]
    if ways:
        told[0] += f"; they came by {' and '.join(ways)}"
    told[0] += "."
    if facts.raters_withdrawn:
        told.append(f"{counted(facts.raters_withdrawn, 'rater')} withdrew; they enter no figure.")
    if facts.could_know:
        told.append(
            f"{counted(facts.could_know, 'rater')} could have seen images elsewhere on the "
            "platform."
        )
    told.append("Answers were kept under pseudonyms, without names or network addresses.")
    if facts.opened and facts.closed:
        told.append(f"The study was open from {facts.opened} to {facts.closed}.")
    return " ".join(told)


def _analysis(facts: Facts) -> str:
    told = [_of_pairs(facts) if facts.settings.task == PAIRS else _of_single_images(facts)]
    told.append(exclusions_sentence(facts))
    if facts.commitment:
        told.append(
            "Protocol, images, answer key and analysis plan were fixed before the first rater; "
            f"their commitment (SHA-256) is {facts.commitment}."
        )
    return " ".join(told)


def exclusions_sentence(facts: Facts) -> str:
    """What was planned about exclusions, and whom it left out, in numbers."""
    planned, found = planned_exclusions(facts.plan), facts.found
    told = (
        f"Planned beforehand was to leave out {'; '.join(planned)}."
        if planned
        else "No exclusion was planned."
    )
    if found is None:
        return told
    if not found.left_out:
        return f"{told} This left out nobody." if planned else f"{told[:-1]} and none was made."
    parts = [f"{counted(found.left_out_whole, 'rater')} in whole"] if found.left_out_whole else []
    if found.left_out_partly:
        answers = counted(found.answers_left_out_partly, "answer")
        parts.append(f"{answers} of {counted(found.left_out_partly, 'other rater')}")
    whys = "; ".join(f"{why}: {count}" for why, count in found.whys)
    return f"{told} Left out were {' and '.join(parts)} ({whys})."


def bars_sentence(facts: Facts) -> str:
    """Images that were let in though something in them looks like a bar."""
    return (
        f"{counted(facts.bars_in_doubt, 'image')} in which something looks like a data bar or "
        "scale bar were let in and are named in the protocol"
    )


def _of_pairs(facts: Facts) -> str:
    low, high = facts.plan.ends
    return (
        "The primary outcome was the part of pairs in which the artificial image was found, with "
        "intervals and a t test against a half that are clustered by rater and by pair at once. "
        "The artificial image counts as told where the 95 % interval lies above 0.5, as "
        "hyper-real where it lies below, otherwise as not told apart (equivalent) where the 90 % "
        f"interval lies within {low:.2f} to {high:.2f}, and otherwise the study is inconclusive. "
        "Sensitivity is d-prime = sqrt(2) z(part right)."
    )


def _of_single_images(facts: Facts) -> str:
    low, high = facts.plan.ends
    return (
        "The primary outcome was the balanced accuracy of the binary decision averaged over "
        f"raters, with a 95 % interval for random raters and random images "
        f"({interval_method(facts)}). Artificial and real images count as "
        "distinguishable where that interval lies above 0.5, as hyper-real where it lies below, "
        f"otherwise as equivalent where the 90 % interval lies within {low:.2f} to {high:.2f}, "
        "and otherwise the study is inconclusive. The area under the ROC curve of the answers "
        "graded by confidence has its interval by the same method. Sensitivity (d-prime) and "
        f"criterion are given with the log-linear correction.{_of_arms(facts)}"
    )


def _of_arms(facts: Facts) -> str:
    if len(facts.arms) < 2 or facts.method != CROSSED:
        return ""
    return (
        " Generators were compared on the real images that all of them share, by Obuchowski and "
        "Rockette's F test and two by two, with p values after Holm."
    )


def interval_method(facts: Facts) -> str:
    """By what the interval was computed: where answers are missing, Obuchowski-Rockette is not."""
    if facts.method == INCOMPLETE:
        return "double bootstrap over raters and images, as not every rater judged every image"
    if facts.method == NONE:
        return "which these answers do not give"
    return "Obuchowski and Rockette 1995, degrees of freedom by Hillis 2007"


def planned_exclusions(plan: Plan) -> list[str]:
    """The exclusions of a plan, in words."""
    told = []
    if plan.leave_out_could_know:
        told.append("raters who could have seen the images elsewhere")
    if plan.failed_attention:
        told.append(f"raters who failed {counted(plan.failed_attention, 'attention item')} or more")
    if plan.fastest_ms:
        told.append(f"raters whose median response time was below {plan.fastest_ms} ms")
    if plan.leave_out_constant:
        told.append("raters who gave one answer to all images")
    if plan.leave_out_unfinished:
        told.append("raters who did not come to the end")
    if plan.leave_out_seen:
        told.append("answers to images that the rater had seen before")
    return told
