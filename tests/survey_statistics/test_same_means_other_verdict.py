"""The paper's means with three spreads over images: what the means hide decides the verdict."""

import numpy as np
import pytest

from survey.statistics.arrays import Bools
from survey.statistics.primary import Primary, obuchowski_rockette
from survey.statistics.verdict import Finding, Verdict, verdict_of

TRUTH = np.arange(28) < 16


def dealt(kind: str) -> Bools:
    """20 raters; each calls 8 of 16 artificial images and 2 of 12 real ones artificial."""
    rng = np.random.default_rng(2)
    weight = {"no spread": np.zeros(28), "some": rng.normal(0, 1.2, 28), "all": np.arange(28.0)}
    noise = rng.gumbel(size=(20, 28)) * (kind != "all")
    rank = np.argsort(np.argsort(-(weight[kind] + noise)[:, :16]))
    of_real = np.argsort(np.argsort(-(weight[kind] + noise)[:, 16:]))
    return np.concatenate([rank < 8, of_real < 2], axis=1)


@pytest.mark.parametrize("kind", ["no spread", "some", "all"])
def test_the_means_are_the_papers_whatever_the_spread(kind: str) -> None:
    said = dealt(kind)
    assert said.shape == (20, 28)
    assert (said[:, TRUTH].sum(axis=1) == 8).all()
    assert (said[:, ~TRUTH].sum(axis=1) == 2).all()


def test_the_more_images_differ_the_less_can_be_concluded() -> None:
    found = [obuchowski_rockette(dealt(kind), TRUTH) for kind in ("some", "all")]
    widths, verdicts = [], []
    for one in found:
        assert isinstance(one, Primary)
        assert one.accuracy == pytest.approx(2 / 3)
        widths.append(one.interval95.half_width)
        verdict = verdict_of(one.interval95, one.interval90)
        assert isinstance(verdict, Finding)
        verdicts.append(verdict.verdict)
    assert widths[0] < widths[1]
    # Where all raters fell for the same images, 28 images are too few for any conclusion.
    assert verdicts == [Verdict.DISTINGUISHABLE, Verdict.INCONCLUSIVE]
