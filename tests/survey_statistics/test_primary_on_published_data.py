"""Van Dyke's readers of MRI, as the package MRMCaov reports them (oracle 17)."""

import pytest

from survey.statistics.primary import Primary, obuchowski_rockette
from survey.statistics.reference_data import van_dyke
from tests.survey_statistics.data import published


def test_oracle_17_is_matched_to_every_digit() -> None:
    scores, truth = van_dyke(published("VanDyke.xlsx"))
    found = obuchowski_rockette(scores, truth)
    assert isinstance(found, Primary)
    aucs = (0.919646, 0.858776, 0.903865, 0.973108, 0.829791)
    assert found.per_reader == pytest.approx(aucs, abs=5e-7)
    assert found.accuracy == pytest.approx(0.8970370, abs=5e-8)
    assert found.ms == pytest.approx(0.003082629, abs=5e-10)
    assert found.cov2 == pytest.approx(0.0004775239, abs=5e-11)
    assert found.se == pytest.approx(0.03307642, abs=5e-9)
    assert found.df == pytest.approx(12.59597, abs=5e-6)
    assert found.interval(0.95) == pytest.approx((0.8253461, 0.9687280), abs=5e-8)
