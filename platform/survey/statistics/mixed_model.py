"""The crossed probit model of judgements: skill and lean of raters, and looks of single images.

    P(rater r calls image i artificial) = Phi(-c + u_r + (d' + v_r) x_i + w_i),   x = +1/2 or -1/2

(survey method, section B; DeCarlo 1998 for signal detection as a probit model). u_r is a rater's
bias, v_r a rater's surplus of sensitivity, w_i how artificial an image looks beyond its kind, all
normal and independent. With several generators ("arms") each has its own d' and c against the same
real images. It takes missing answers: whichever rater saw whichever image.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from survey.statistics.arrays import Floats, Ints
from survey.statistics.crossed import Term
from survey.statistics.laplace import Model, binomial
from survey.statistics.laplace_fit import LOG_SD, Fit, maximise
from survey.statistics.mixed_figures import BIAS, IMAGE, SENSITIVITY, MixedModel, figures_of
from survey.statistics.progress import Stop, never
from survey.statistics.sdt import NO_ARTIFICIAL
from survey.statistics.undefined import Undefined

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

REAL = None  # the arm of a real image
ONE_RATER = Undefined("One rater alone does not show how raters differ.")

__all__ = ["REAL", "MixedModel", "fit_matrix", "fit_mixed_model"]


def fit_matrix(
    decisions: ArrayLike,
    truth: ArrayLike,
    arms: Sequence[str] | None = None,
    *,
    raters: Sequence[Hashable] | None = None,
    images: Sequence[Hashable] | None = None,
    stop: Stop = never,
) -> MixedModel | Undefined:
    """Fit to `decisions` (raters, images): 1 artificial, 0 real, NaN not answered.

    `truth` (images,) is 1 where an image is artificial; `arms` (images,) names its generator.
    `raters` and `images` name rows and columns in the figures; without them numbers from 0 do.
    """
    answers = np.asarray(decisions, dtype=float)
    rater, image = np.nonzero(np.isfinite(answers))
    artificial = np.asarray(truth).astype(bool)
    names = ["artificial"] * len(artificial) if arms is None else arms
    return fit_mixed_model(
        rater.tolist() if raters is None else [raters[r] for r in rater],
        image.tolist() if images is None else [images[i] for i in image],
        [names[i] if artificial[i] else REAL for i in image],
        answers[rater, image].astype(bool).tolist(),
        stop=stop,
    )


def fit_mixed_model(
    raters: Sequence[Hashable],
    images: Sequence[Hashable],
    arms: Sequence[str | None],
    said_artificial: Sequence[bool],
    *,
    stop: Stop = never,
) -> MixedModel | Undefined:
    """Fit by Laplace's approximation, from one row an answer (long format).

    `arms` names the generator of the row's image, None where the image is real. A generator whose
    answers have no finite d' is left out, with a note. Whatever the answers do not determine is
    `Undefined` with its reason. Raises ValueError for columns of different lengths and `Stopped`
    where `stop()` says so.
    """
    if not len(raters) == len(images) == len(arms) == len(said_artificial):
        raise ValueError("the columns are not equally long")
    rater_names, rater = _codes(raters)
    image_names, image = _codes(images)
    arm_names = sorted({arm for arm in arms if arm is not None})
    answer = np.asarray(said_artificial, dtype=float)
    place: dict[str | None, int] = {REAL: 0}
    place.update({arm: n + 1 for n, arm in enumerate(arm_names)})
    group = np.asarray([place[arm] for arm in arms], dtype=np.int64)
    if len(np.unique(rater)) == 1:
        return ONE_RATER
    reasons = [
        _why_not(name, image[group == number], answer[group == number])
        for number, name in enumerate(["real", *_words(arm_names)])
    ]
    if not arm_names or reasons[0] or all(reasons[1:]):
        return Undefined((reasons[0] or reasons[1]) if arm_names else NO_ARTIFICIAL.reason)
    if any(reasons):  # some generators only: the others can be fitted
        kept = [not reasons[number] for number in group]
        found = fit_mixed_model(
            list(compress(raters, kept)),
            list(compress(images, kept)),
            list(compress(arms, kept)),
            list(compress(said_artificial, kept)),
            stop=stop,
        )
        return _noted(found, [reason for reason in reasons if reason])
    model = _model(rater, image, group, answer, len(arm_names))
    fit = maximise(model, _start(group, answer, len(arm_names)), stop=stop)
    refused = _failure(fit)
    if refused is not None:
        return refused
    kinds = np.zeros(len(image_names), dtype=np.int64)
    kinds[image] = group
    return figures_of(
        fit,
        answers=len(answer),
        arms=arm_names,
        raters=rater_names,
        images=image_names,
        kinds=kinds,
    )


def _codes(names: Sequence[Hashable]) -> tuple[list[Hashable], Ints]:
    """Number names in the order in which they come."""
    numbers: dict[Hashable, int] = {}
    codes = [numbers.setdefault(name, len(numbers)) for name in names]
    return list(numbers), np.asarray(codes, dtype=np.int64)


def _words(arms: Sequence[str]) -> list[str]:
    """Say "artificial" where there is one generator, else its name."""
    return ["artificial"] if len(arms) == 1 else [f"“{arm}”" for arm in arms]


def _why_not(name: str, images: Ints, answers: Floats) -> str:
    """Say why nothing can be fitted to the answers to images of one kind."""
    if not len(images):
        return f"No {name} image was judged."
    if len(np.unique(images)) < 2:
        return f"One {name} image alone does not show how such images differ."
    if len(np.unique(answers)) < 2:
        said = "artificial" if answers[0] else "real"
        return f"Every answer to {name} images was “{said}”: the model has no finite d-prime."
    return ""


def _noted(found: MixedModel | Undefined, reasons: Sequence[str]) -> MixedModel | Undefined:
    if isinstance(found, Undefined):
        return found
    return replace(found, notes=(*found.notes, *(f"Left out: {reason}" for reason in reasons)))


def _model(
    rater: Ints,
    image: Ints,
    group: Ints,
    answer: Floats,
    arms: int,
) -> Model:
    """One fixed effect for real images and one an arm, from which d' and c follow."""
    ones = np.ones(len(answer))
    terms = [
        Term(BIAS, rater, ones, int(rater.max()) + 1),
        Term(SENSITIVITY, rater, np.where(group > 0, 0.5, -0.5), int(rater.max()) + 1),
        Term(IMAGE, image, ones, int(image.max()) + 1),
    ]
    return binomial(np.eye(arms + 1)[group], terms, answer, ones, "probit")


def _start(group: Ints, answer: Floats, arms: int) -> Floats:
    shares = np.array([answer[group == number].mean() for number in range(arms + 1)])
    return np.concatenate([2 * shares - 1, np.full(3, np.log(0.5))])


def _failure(fit: Fit) -> Undefined | None:
    sigma = np.exp(fit.parameters[fit.columns :])
    for term, sd in zip(fit.model.terms, sigma, strict=True):
        if sd > 0.9 * np.exp(LOG_SD[1]):
            who = "images" if term.name == IMAGE else "raters"
            return Undefined(f"The {who} differ so much that their spread has no finite estimate.")
    if not np.isfinite(fit.parameters).all() or np.abs(fit.parameters[: fit.columns]).max() > 20:
        return Undefined("The answers part the images so fully that no finite d-prime fits.")
    if fit.covariance is None:
        return Undefined("The answers do not determine all figures of the model.")
    return None
