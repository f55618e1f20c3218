"""An interval that leaves images out says so: raters' means do not hold for other images."""

import pytest
from django.test import Client
from django.urls import reverse

from survey.report.results import result_sections
from tests.web.survey.closing import analysed
from tests.web.survey.everything import closed_with_everything

pytestmark = pytest.mark.django_db


def test_a_mean_of_raters_that_excludes_guessing_is_not_said_to_hold_for_new_images() -> None:
    """Here the verdict is inconclusive and the raters' mean d-prime has 0 outside its interval."""
    study = closed_with_everything()
    document = analysed(study).figures
    assert document["primary"]["finding"]["verdict"] == "inconclusive"
    assert document["figures"]["rates"]["mean_d_prime"]["interval"]["low"] > 0
    (table,) = result_sections(document, {})[0].tables
    rows = [row[0] for row in table.rows if "mean of the raters" in row[0]]
    assert len(rows) == 2
    assert all("interval for these images only" in row for row in rows)
    client = Client()
    client.force_login(study.owner)
    page = client.get(reverse("survey:results", args=[study.pk])).content.decode()
    assert page.count("interval for these images only") == 2
