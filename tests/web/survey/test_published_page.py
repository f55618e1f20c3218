"""The page that takes a published summary apart."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from tests.web.factories import make_user

pytestmark = pytest.mark.django_db

PAPER: dict[str, str | int] = {
    "n_artificial": 16,
    "n_real": 12,
    "readers": 20,
    "mean_hits": 8,
    "mean_false_alarms": 2,
}


@pytest.fixture
def member() -> Client:
    client = Client()
    client.force_login(make_user(Role.ANALYST))
    return client


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mean_hits": 17}, "There are only 16 artificial images."),
        ({"mean_false_alarms": "12.5"}, "There are only 12 real images."),
        ({"mean_hits": "nan"}, "Enter a number."),
        ({"mean_hits": -1}, "greater than or equal to 0"),
        ({"readers": 0}, "greater than or equal to 1"),
        ({"n_real": ""}, "This field is required."),
        ({"n_artificial": "many"}, "Enter a whole number."),
    ],
)
def test_numbers_that_cannot_be_are_refused_in_place(
    member: Client, wrong: dict[str, str | int], said: str
) -> None:
    response = member.get(reverse("survey:published"), PAPER | wrong)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "What can be said" not in page


def test_it_takes_no_post(member: Client) -> None:
    assert member.post(reverse("survey:published"), PAPER).status_code == 405


def test_the_example_is_filled_in_and_not_yet_answered(member: Client) -> None:
    page = member.get(reverse("survey:published")).content.decode()
    assert 'value="16"' in page
    assert "What can be said" not in page


def test_the_paper_told_them_apart_and_leaned_to_real(member: Client) -> None:
    page = member.get(reverse("survey:published"), PAPER).content.decode()
    for figure in ("50 %", "17 %", "0.967", "0.484", "0.869", "0.435"):
        assert figure in page
    assert "What cannot be said" in page
    assert "No p value and no interval can be given" in page


def test_a_rate_of_one_has_no_plain_d_prime_and_says_why(member: Client) -> None:
    page = member.get(reverse("survey:published"), PAPER | {"mean_hits": 16}).content.decode()
    assert "undefined" in page
    assert "its normal quantile is infinite" in page


def test_the_survey_page_leads_there(member: Client) -> None:
    assert reverse("survey:published") in member.get(reverse("survey:index")).content.decode()
