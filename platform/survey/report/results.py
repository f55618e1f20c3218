"""What an analysis says, as sections: the page of results, the HTML and the PDF all show these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from survey.figures.drawing import Drawing
from survey.report.content import Section, Table
from survey.report.methods import CROSSED, INCOMPLETE
from survey.report.pairs import pairs_headline, pairs_sections
from survey.report.reasons import reasons_section
from survey.report.words import defined, interval, number, p_value, part, seconds, why

Document = Mapping[str, Any]
_KINDS = (("all", "All images"), ("artificial", "Artificial"), ("real", "Real"))


def result_sections(document: Document, drawings: Mapping[str, Drawing]) -> list[Section]:
    """Every section that has something to say, the verdict first."""
    if "pairs" in document:
        return pairs_sections(document, drawings)
    figures = document["figures"]

    def drawn(*names: str) -> list[Drawing]:
        return [drawings[name] for name in names if name in drawings]

    sections = [
        _verdict(document, drawn("verdict")),
        _raters(figures, drawn("raters")),
        Section(title="Images", drawings=drawn("images"), gallery=True),
        _confidence(figures, drawn("roc", "calibration")),
        _arms(figures, drawn("arms")),
        _mixed(figures),
        _agreement(figures),
        _course(figures, drawn("positions", "times")),
        reasons_section(figures.get("reasons"), drawn("reasons")),
        Section(title="Where it looked artificial", drawings=drawn("regions")),
        _expertise(figures),
        _left_out(document),
    ]
    return [one for one in sections if one.paragraphs or one.tables or one.drawings]


def headline(document: Document) -> str:
    """The result in one sentence."""
    if "pairs" in document:
        return pairs_headline(document)
    return str(document["primary"]["sentence"])


def _verdict(document: Document, drawings: Sequence[Drawing]) -> Section:
    primary, rates = document["primary"], document["figures"]["rates"]
    permutation = document["figures"]["permutation"]
    told = [*rates["sentences"], primary["method_note"]]
    rows = [
        [
            "Balanced accuracy",
            part(primary["accuracy"]),
            interval(primary["interval95"]) or why(primary["interval95"]),
        ],
        [
            "Hits: artificial images called artificial",
            part(rates["hit_rate"]["value"]),
            interval(rates["hit_rate"]["over_both"]),
        ],
        [
            "False alarms: real images called artificial",
            part(rates["false_alarm_rate"]["value"]),
            interval(rates["false_alarm_rate"]["over_both"]),
        ],
        ["d-prime of these rates (0 is guessing)", number(rates["d_prime"]), ""],
        ["Criterion of these rates (above 0 leans to “real”)", number(rates["criterion"]), ""],
        [
            "d-prime, mean of the raters (log-linear)",
            number(rates["mean_d_prime"]),
            interval(rates["mean_d_prime"], digits=2) or why(rates["mean_d_prime"]),
        ],
        [
            "Criterion, mean of the raters (log-linear)",
            number(rates["mean_criterion"]),
            interval(rates["mean_criterion"], digits=2) or why(rates["mean_criterion"]),
        ],
        ["HYPE error", part(rates["hype_error"]), ""],
    ]
    if defined(permutation):
        note = (
            f"Permutation of the images: p {_equals(permutation['p_value'])} "
            f"({permutation['label']}); it does not hold for other raters and decides nothing."
        )
    else:
        note = f"No permutation p: {why(permutation)}"
    return Section(
        title="Told apart?",
        paragraphs=told,
        drawings=drawings,
        tables=[
            Table(
                head=("", "Value", "95 % interval"),
                rows=rows,
                numbers=frozenset({1, 2}),
                note=note,
            )
        ],
    )


def _equals(value: Any) -> str:
    told = p_value(value)
    return told if told.startswith("<") else f"= {told}"


def _raters(figures: Document, drawings: Sequence[Drawing]) -> Section:
    rows = [
        [
            one["rater"],
            f"{one['counts']['hits']} / {one['counts']['misses'] + one['counts']['hits']}",
            f"{one['counts']['false_alarms']} / "
            f"{one['counts']['false_alarms'] + one['counts']['correct_rejections']}",
            part(one["balanced_accuracy"]),
            number(one["d_prime"]),
            number(one["criterion"]),
            seconds(one["median_ms"]),
            p_value(one["fisher_p_holm"]),
        ]
        for one in figures["raters"]
    ]
    if not rows:
        return Section(title="Raters")
    return Section(
        title="Raters: able to tell, or leaning?",
        drawings=drawings,
        tables=[
            Table(
                head=(
                    "Rater", "Hits", "False alarms", "Balanced accuracy", "d-prime", "Criterion",
                    "Median time", "p (Fisher, Holm)",
                ),
                rows=rows,
                numbers=frozenset(range(1, 8)),
                note="d-prime and criterion with the log-linear correction, so that a rater who "
                "was never wrong has a finite value. p: do this rater's answers depend on what "
                "the images are, adjusted for the number of raters.",
            )
        ],
    )  # fmt: skip


def _confidence(figures: Document, drawings: Sequence[Drawing]) -> Section:
    confidence = figures["confidence"]
    return Section(title="Confidence", paragraphs=[_area(confidence)], drawings=drawings)


_HOW = {
    CROSSED: "Obuchowski-Rockette",
    INCOMPLETE: "double bootstrap, as not every rater judged every image",
}


def _area(confidence: Document) -> str:
    """The area under the ROC curve with its interval; the primary result's methods give both."""
    auc = confidence["auc"]
    mean = confidence.get("mean_auc", auc)  # figures of before it was told by itself
    if not defined(mean):
        return f"There is no area under the ROC curve: {why(mean)}"
    told = "From the six steps of confidence the area under the ROC curve, averaged over raters, is"
    if not defined(auc):
        return f"{told} {number(mean)} (0.50 is guessing). Its interval is undefined: {why(auc)}"
    return (
        f"{told} {number(auc['accuracy'])} (95 % interval "
        f"{interval(auc['interval95'], digits=2)} for new raters and new images, by "
        f"{_HOW[confidence.get('auc_method', CROSSED)]}; 0.50 is guessing)."
    )


def _arms(figures: Document, drawings: Sequence[Drawing]) -> Section:
    arms = figures["arms"]
    if not defined(arms):
        return Section(title="Generators")
    test = arms["test"]
    told = (
        f"All generators at once: F({number(test['df1'], 0)}, {number(test['df2'], 1)}) = "
        f"{number(test['f'])}, p {_equals(test['p_value'])}."
        if defined(test)
        else f"No test over all generators: {why(test)}"
    )
    rows = [
        [
            f"{one['first']} less {one['second']}",
            number(one["difference"]),
            interval(one["interval"], digits=2),
            p_value(one["p_holm"]),
        ]
        for one in arms["differences"]
        if defined(one)
    ]
    table = Table(
        head=("Difference in balanced accuracy", "Value", "95 % interval", "p (Holm)"),
        rows=rows,
        numbers=frozenset({1, 2, 3}),
        note="Below 0 the first is harder to tell.",
    )
    return Section(
        title="Generators side by side",
        paragraphs=[told],
        drawings=drawings,
        tables=[table] if rows else [],
    )


def _mixed(figures: Document) -> Section:
    model = figures.get("mixed_model")
    title = "Mixed model of raters and images"
    if model is None:
        return Section(title=title)
    if not defined(model):
        return Section(title=title, paragraphs=[f"It was not fitted: {why(model)}"])
    rows = [
        [words, number(model[name]), interval(model[name].get("interval95"), digits=2)]
        for name, words in (
            ("d_prime", "d-prime"),
            ("criterion", "Criterion"),
            ("balanced_accuracy", "Balanced accuracy of the average rater and image"),
            ("sd_rater_sensitivity", "SD of the raters' d-prime"),
            ("sd_rater_bias", "SD of the raters' criterion"),
            ("sd_image", "SD of the images' difficulty"),
        )
        if defined(model[name])
    ]
    return Section(
        title=title,
        paragraphs=[
            "Probit model with crossed random effects: each rater's sensitivity and lean, and each "
            "image's difficulty.",
            *model["notes"],
        ],
        tables=[
            Table(head=("", "Estimate", "95 % interval"), rows=rows, numbers=frozenset({1, 2})),
            *_contrasts(model),
        ],
    )


def _contrasts(model: Document) -> list[Table]:
    """Generators against each other: by this model also where answers are missing."""
    rows = [
        [
            f"{one['first']} less {one['second']}",
            number(one["d_prime"]),
            interval(one["d_prime"].get("interval95"), digits=2),
            p_value(one["p"]),
        ]
        for one in model["contrasts"]
    ]
    head = ("Difference in d-prime", "Value", "95 % interval", "p")
    note = "Below 0 the first is harder to tell. Not adjusted for the number of pairs."
    return [Table(head=head, rows=rows, numbers=frozenset({1, 2, 3}), note=note)] if rows else []


def _agreement(figures: Document) -> Section:
    found, again = figures["agreement"], figures["retest"]
    if not defined(found):
        return Section(title="Agreement", paragraphs=[f"Undefined: {why(found)}"])
    tables = [
        Table(
            head=("Between raters", "Raw", "Fleiss' kappa", "Krippendorff's alpha", "Gwet's AC1"),
            rows=[
                [
                    words,
                    part(found[name]["raw"]),
                    *(number(found[name][key]) for key in ("fleiss", "alpha", "ac1")),
                ]
                for name, words in _KINDS
                if name in found and defined(found[name])
            ],
            numbers=frozenset({1, 2, 3, 4}),
            note="Raw: part of the pairs of answers to one image that are the same. Kappa and "
            "alpha fall where one answer is rare, so they stand beside it.",
        )
    ]
    if any(again[name]["pairs"] for name, _ in _KINDS):
        tables.append(
            Table(
                head=("The same rater twice", "Pairs", "Raw", "Gwet's AC1"),
                rows=[
                    [
                        words,
                        str(again[name]["pairs"]),
                        part(again[name]["raw"]),
                        number(again[name]["ac1"]),
                    ]
                    for name, words in _KINDS
                ],
                numbers=frozenset({1, 2, 3}),
            )
        )
    return Section(title="Agreement", tables=tables)


def _course(figures: Document, drawings: Sequence[Drawing]) -> Section:
    course = figures["course"]
    told = []
    if defined(course) and defined(course["right_per_ten"]):
        slope = course["right_per_ten"]
        told.append(
            f"Over ten images the part of right answers changed by {100 * slope['value']:+.1f} "
            f"points (95 % interval {100 * slope['interval']['low']:+.1f} to "
            f"{100 * slope['interval']['high']:+.1f})."
        )
    times = figures["times"]
    ratio: Any = times["wrong_to_right"] if defined(times) else None
    if defined(ratio):
        told.append(
            f"Wrong answers took {_factor(ratio['value'])} times as long as right ones (95 % "
            f"interval {_factor(ratio['interval']['low'])} to "
            f"{_factor(ratio['interval']['high'])})."
        )
    return Section(title="Over the session", paragraphs=told, drawings=drawings)


def _factor(log_ratio: float) -> str:
    return f"{2.718281828459045**log_ratio:.2f}"


def _expertise(figures: Document) -> Section:
    rows = []
    for key, words in (("expertise", "Experience"), ("familiarity", "Image seen before")):
        groups = figures[key]
        if not defined(groups):
            continue
        rows += [
            [
                f"{words}: {one['name']}",
                str(one["raters"]),
                str(one["answers"]),
                part(one["value"]),
                interval(one["estimate"]),
            ]
            for one in groups
        ]
    if not rows:
        return Section(title="Expertise")
    table = Table(
        head=("Group", "Raters", "Answers", "Right", "95 % interval"),
        rows=rows,
        numbers=frozenset({1, 2, 3, 4}),
        note="By experience: balanced accuracy averaged over the raters; by images: part right.",
    )
    return Section(title="Expertise", tables=[table])


def _left_out(document: Document) -> Section:
    title = "Who was left out"
    if not document["exclusions"]:
        return Section(title=title, paragraphs=["Nobody.", *document["notes"]])
    both = document["with_everybody"]
    told = [*document["notes"]]
    if both is not None:
        told.insert(0, f"With everybody it would read: {both['sentence']}")
    table = Table(
        head=("Rater", "Answers left out", "Why"),
        rows=[
            [one["rater"], f"{one['answers']}{' (all)' if one['whole'] else ''}", one["why"]]
            for one in document["exclusions"]
        ],
        numbers=frozenset({1}),
        note="By the rules of the plan, which was fixed before the study opened.",
    )
    return Section(title=title, paragraphs=told, tables=[table])
