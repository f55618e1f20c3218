"""The plan of a study in the order of OSF's preregistration form, ready to paste before it opens.

Headings in our own words after the OSF Preregistration template (https://osf.io/prereg). It tells
how many images are artificial and never which: whoever registers it keeps it under embargo while
the study is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from survey.checks import Shape, expectation_doubts, least_to_audit
from survey.models import Answer, Protocol, Stimulus, Study
from survey.plan import Plan
from survey.protocol import MARK, PAIRS, REFUSE, Settings
from survey.report.checklists import OPEN
from survey.report.methods import planned_exclusions
from survey.report.ordering import order_parts
from survey.report.sample_size import planned_size

Part = tuple[str, str]


def preregistration(*, study: Study) -> str:
    """The text, as Markdown."""
    settings, plan = Settings.of(study), Plan.of(study)
    uses = Counter(study.stimuli.values_list("use", "truth"))
    sections: Sequence[tuple[str, Sequence[Part]]] = (
        ("Study information", _information(study, plan)),
        ("Design", _design(study, settings, uses)),
        ("Sampling", _sampling(study, _size(plan, settings, uses))),
        ("Variables", _variables(settings)),
        ("Analysis", _analysis(settings, plan)),
    )
    lines = [
        f"# Preregistration: {' '.join(study.name.split())}",
        "It says how many images are artificial. Keep it under embargo until the study has closed, "
        "or raters can count.",
    ]
    for title, parts in sections:
        lines.append(f"## {title}")
        lines += [f"**{head}.** {text}" for head, text in parts]
    return "\n\n".join(lines) + "\n"


def _information(study: Study, plan: Plan) -> list[Part]:
    return [
        ("Authors", OPEN),
        ("Description", " ".join(study.description.split()) or OPEN),
        ("Hypothesis", " ".join(plan.hypothesis.split()) or OPEN),
    ]


def _design(study: Study, settings: Settings, uses: Counter[tuple[str, str]]) -> list[Part]:
    main = Stimulus.Use.MAIN
    shown = (
        "A real and an artificial image of matched content side by side; raters say which is "
        "artificial"
        if settings.task == PAIRS
        else "One image at a time; raters say whether it is real or artificial"
    )
    arms = sorted(set(study.stimuli.filter(use=main).exclude(arm="").values_list("arm", flat=True)))
    each, noun = settings.images_per_rater, "pair" if settings.task == PAIRS else "image"
    order = order_parts(
        settings, real=uses[main, Answer.REAL], artificial=uses[main, Answer.ARTIFICIAL]
    )
    told = [
        f"{shown}, and how sure they are in three steps.",
        f"{uses[main, Answer.ARTIFICIAL]} artificial and {uses[main, Answer.REAL]} real images.",
        f"Generators: {', '.join(arms)}." if arms else "",
        f"Each rater judges {each} of the {noun}s." if each else f"Every rater judges all {noun}s.",
        f"Each {noun} is shown for {settings.exposure_ms} ms."
        if settings.exposure_ms
        else "Viewing time is free.",
        f"{settings.repeats} {noun}s come twice, for test-retest agreement only."
        if settings.repeats
        else "",
        f"{settings.attention} pictures say what to answer." if settings.attention else "",
    ]
    return [
        ("Type", "Reader study: raters judge images whose truth is known to the organiser."),
        (
            "Blinding",
            "Raters get pixels only, made alike in size, format and length, and no feedback. "
            "Nobody sees a result before the study has closed.",
        ),
        ("Design", " ".join(one for one in told if one)),
        ("Checks of the images", _checked(settings, uses)),
        (
            "Randomisation",
            "Each rater has an order of their own from a seed that is fixed beforehand: "
            f"{'; '.join(order)}.",
        ),
    ]


def _checked(settings: Settings, uses: Counter[tuple[str, str]]) -> str:
    """What keeps the study closed, what is let in and marked, and what cannot be checked."""
    few = min(uses[Stimulus.Use.MAIN, truth] for truth in Answer.values) < least_to_audit()
    if few:
        audited = (
            "Whether trivial figures of the images (brightness, noise, sharpness, file size) tell "
            f"the kinds apart is not audited: that needs {least_to_audit()} images of each kind. "
            "Raters may notice nothing but these. The organiser opens the study all the same, "
            "which is frozen and published with it."
        )
    else:
        limit = (
            f"above an AUC of {settings.shortcut_limit:g} the study does not open"
            if settings.shortcut_limit < 1
            else "the audit is published and no limit is set"
        )
        audited = (
            "Before the study opens it is audited whether trivial figures of the images "
            "(brightness, noise, sharpness, file size) tell the kinds apart, each alone and, "
            f"leaving one image out at a time, all together; {limit}."
        )
    rules = (
        ("images that look the same", settings.near_duplicates),
        ("images that trained a generator of the study, or look like one", settings.trained_images),
        ("images that may show the rest of a data bar", settings.bars),
    )
    told = [
        f"{how}: {'; '.join(what for what, its in rules if its == rule)}."
        for rule, how in ((REFUSE, "Refused"), (MARK, "Let in and marked"))
        if any(its == rule for _, its in rules)
    ]
    return " ".join([audited, *told])


def _sampling(study: Study, size: str) -> list[Part]:
    protocol: Protocol | None = study.protocols.order_by("-version").first()
    if study.opened_at is None or protocol is None:
        data = "None: the study has not opened, and nobody can answer."
    else:
        data = (
            f"The study opened on {study.opened_at.date()}; images, key and plan are fixed since "
            f"then (commitment, SHA-256: {protocol.commitment}). Nobody sees a result before it "
            "closes."
        )
    return [
        ("Existing data", data),
        ("Collection", f"In the browser, by invitation. {OPEN}"),
        ("Sample size and its rationale", size),
        ("Stopping rule", f"Results stay closed until the study is closed for good. {OPEN}"),
    ]


def _size(plan: Plan, settings: Settings, uses: Counter[tuple[str, str]]) -> str:
    if not plan.expected:
        return OPEN
    main = Stimulus.Use.MAIN
    shape = Shape(real=uses[main, Answer.REAL], artificial=uses[main, Answer.ARTIFICIAL])
    return " ".join([planned_size(plan), *expectation_doubts(plan, settings, shape)])


def _variables(settings: Settings) -> list[Part]:
    asked = [
        words
        for words, is_asked in (
            ("why, in their own words", settings.ask_reason),
            ("where it looks artificial", settings.ask_region),
            ("whether they had seen the image", settings.ask_seen),
        )
        if is_asked
    ]
    also = f"; raters may add {', '.join(asked)}" if asked else ""
    return [
        ("Manipulated", "What the image is: real or artificial, and by which generator."),
        ("Measured", f"Decision, confidence in three steps, response time{also}."),
        (
            "Indices",
            "Part of pairs judged rightly; d-prime = sqrt(2) z(part)."
            if settings.task == PAIRS
            else "Balanced accuracy of the decision, (hits + 1 - false alarms) / 2; d-prime and "
            "criterion with the log-linear correction.",
        ),
    ]


def _analysis(settings: Settings, plan: Plan) -> list[Part]:
    low, high = plan.ends
    is_pairs = settings.task == PAIRS
    left_out = planned_exclusions(plan)
    begun = "Of the part of pairs judged rightly: d" if is_pairs else "D"
    return [
        (
            "Model",
            "Part of pairs judged rightly, with intervals and a t test against a half "
            "clustered by rater and by pair at once."
            if is_pairs
            else "Balanced accuracy averaged over raters, with intervals for new raters and new "
            "images: Obuchowski and Rockette 1995 with degrees of freedom by Hillis 2007 where "
            "every rater judged every image, a double bootstrap over raters and images where not.",
        ),
        (
            "Inference",
            f"{begun}istinguishable where the 95 % interval lies above 0.5, hyper-real where it "
            "lies below; otherwise equivalent where the 90 % interval lies within "
            f"{low:g} to {high:g} (two one-sided tests at 5 %); otherwise inconclusive, which is "
            "no evidence that they cannot be told apart.",
        ),
        (
            "Exclusion",
            f"Left out are {'; '.join(left_out)}. The result is shown with and without."
            if left_out
            else "Nobody is left out.",
        ),
        (
            "Missing answers",
            "Left missing, never filled in. "
            + (
                "The mixed model allows them."
                if is_pairs
                else "The bootstrap and the mixed model allow them. Raters who judged images of "
                "one kind only have no balanced accuracy; they do not enter it and are named."
            ),
        ),
        (
            "Exploratory",
            "Everything else describes and decides nothing: ROC, calibration, agreement, learning "
            "over the session, response times, expertise, reasons, regions, each generator, a "
            "crossed probit mixed model.",
        ),
    ]
