"""Who may open what: every page of the survey, by role, on somebody else's study."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from core.access import Visibility
from survey import services
from survey.models import Invitation, Study
from survey.urls import urlpatterns
from tests.web.factories import make_dataset, make_pair, make_user
from tests.web.survey.makers import enter, link_to, make_open

pytestmark = pytest.mark.django_db

READ = ["study", "progress", "results", "results-csv"]
READ += [
    "results-compared",
    "results-progress",
    "results-figure",
    "results-image",
    "results-picture",
]
READ += ["results-height", "results-overlay", "results-json", "results-report", "results-bundle"]
READ += ["results-bundle-progress"]
OWNERS = ["edit", "preregistration", "images", "stimulus", "dry-run", "dry-run-progress"]
OWNERS += ["monitor", "monitor-part", "monitor-csv"]
POSTS = ["open", "close", "preview", "images-add", "images-change", "images-prepare", "invite"]
POSTS += ["images-draw", "images-match", "images-sign-off", "copy"]
POSTS += ["results-again", "results-stop", "results-bundle-make"]
POSTS += ["dry-run-start", "forget-labels", "erase-rater"]
RATERS = ["take-plan", "take-end", "take-own-table", "take-own-data"]
RATERS_POSTS = [
    *("take-begin", "take-answer", "take-slip", "take-withdraw", "take-consent"),
    *("take-questions", "take-afterthoughts", "take-erase", "take-go-on"),
]
ELSEWHERE = {"index", "new", "can-you-tell", "pair-image", "revoke", "join", "take", "take-image"}
ELSEWHERE |= {"commitment", "commitment-document", "commitment-nonce", "commitment-script"}
ELSEWHERE |= {"dry-run-stop", "dry-run-forget", "dry-run-join", "resume"}
ELSEWHERE |= {"planner-start", "planning", "planning-progress", "planning-drawing"}
ELSEWHERE |= {"planning-stop", "planning-take", "planning-search"}
ELSEWHERE |= {"validation-start", "validation-progress", "validation-stop"}
TOOLS = ["planner", "published", "validation"]  # of no study

MORE: dict[str, list[Any]] = {"stimulus": [1], "results-csv": ["answers"]}
MORE |= {"results-figure": ["verdict", "svg"], "results-report": ["pdf"]}
MORE |= {f"results-{one}": [1] for one in ("image", "picture", "height")}
MORE |= {"results-overlay": [1, "marks", "svg"]}
MORE |= {"erase-rater": ["R-BCDFGH"]}


def address(name: str, study: Study) -> str:
    arguments: list[Any] = [study.code] if name.startswith("take") else [study.pk]
    return reverse(f"survey:{name}", args=[*arguments, *MORE.get(name, ())])


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(make_user(*roles))
    return client


def test_every_address_is_in_a_test_of_this_file() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert names == {*READ, *OWNERS, *POSTS, *RATERS, *RATERS_POSTS, *ELSEWHERE, *TOOLS}


@pytest.mark.parametrize("name", [*READ, *OWNERS])
def test_a_visitor_is_sent_to_sign_in(name: str) -> None:
    response = Client().get(address(name, make_open()))
    assert response.status_code == 302
    assert reverse("accounts:sign-in") in response.headers["Location"]


@pytest.mark.parametrize("name", POSTS)
def test_a_visitor_changes_nothing(name: str) -> None:
    study = make_open()
    assert Client().post(address(name, study)).status_code == 302
    study.refresh_from_db()
    assert study.state == "open"


@pytest.mark.parametrize("roles", [(Role.RATER,), ()])
@pytest.mark.parametrize("name", [*READ, *OWNERS])
def test_who_is_no_member_is_refused(name: str, roles: tuple[Role, ...]) -> None:
    assert signed_in(*roles).get(address(name, make_open())).status_code == 403


@pytest.mark.parametrize("name", TOOLS)
def test_the_tools_are_for_members(name: str) -> None:
    where = reverse(f"survey:{name}")
    assert Client().get(where).status_code == 302
    assert signed_in(Role.RATER).get(where).status_code == 403
    assert signed_in(Role.ANALYST).get(where).status_code == 200


@pytest.mark.parametrize("name", READ)
def test_a_foreign_private_study_is_not_there(name: str) -> None:
    study = make_open()
    for role in (Role.CURATOR, Role.ANALYST, Role.REVIEWER, Role.ORGANISER):
        assert signed_in(role).get(address(name, study)).status_code == 404


@pytest.mark.parametrize("name", [*OWNERS, *POSTS])
def test_an_organiser_finds_no_foreign_private_study_to_change(name: str) -> None:
    client, study = signed_in(Role.ORGANISER), make_open()
    send = client.post if name in POSTS else client.get
    assert send(address(name, study)).status_code == 404


@pytest.mark.parametrize("name", [*OWNERS, *POSTS])
def test_an_organiser_may_not_change_a_colleague_s_study(name: str) -> None:
    client, study = signed_in(Role.ORGANISER), make_open(visibility=Visibility.LAB)
    send = client.post if name in POSTS else client.get
    assert send(address(name, study)).status_code == 403
    study.refresh_from_db()
    assert study.state == "open"


@pytest.mark.parametrize("name", [*OWNERS, *POSTS, "new"])
def test_without_the_role_nobody_organises(name: str) -> None:
    study = make_open(visibility=Visibility.LAB)
    where = reverse("survey:new") if name == "new" else address(name, study)
    client = signed_in(Role.CURATOR, Role.ANALYST, Role.REVIEWER)
    send = client.post if name in POSTS else client.get
    assert send(where).status_code == 403


def test_a_colleague_sees_how_far_a_lab_wide_study_is_and_not_what_is_real() -> None:
    study = make_open(visibility=Visibility.LAB, real=3, artificial=5)
    page = signed_in(Role.ANALYST).get(address("study", study)).content.decode()
    assert "Raters" in page
    assert "known to the organiser only" in page
    assert "<b>3</b>" not in page
    assert "secret" not in page


@pytest.mark.parametrize("name", RATERS)
@pytest.mark.parametrize("who", ["visitor", "member", "owner", "other rater"])
def test_a_rater_s_pages_are_not_there_without_their_session(name: str, who: str) -> None:
    study = make_open()
    client = Client()
    if who == "member":
        client = signed_in(Role.ANALYST)
    elif who == "owner":
        client.force_login(study.owner)
    elif who == "other rater":
        client, _ = enter(make_open())
    assert client.get(address(name, study)).status_code == 404


@pytest.mark.parametrize("name", RATERS_POSTS)
def test_nothing_is_answered_without_a_session(name: str) -> None:
    study = make_open()
    assert Client().post(address(name, study), {"agreed": "yes"}).status_code == 404
    assert not study.sessions.exists()


def test_a_study_s_address_alone_lets_nobody_in() -> None:
    study = make_open()
    assert Client().get(address("take", study)).status_code == 404
    assert Client().get(reverse("survey:take", args=["nothing"])).status_code == 404
    assert Client().get(reverse("survey:join", args=["nothing"])).status_code == 404


def test_a_door_of_one_study_does_not_open_another() -> None:
    one, other = make_open(), make_open()
    client = Client()
    client.get(link_to(one))
    client.cookies["survey_door"]["path"] = address("take", other)
    assert client.get(address("take", other)).status_code == 404


def test_a_preview_is_the_owner_s_only() -> None:
    study = make_open()
    owner = Client()
    owner.force_login(study.owner)
    owner.post(address("preview", study))
    owner.logout()
    assert owner.get(address("take", study)).status_code == 404


def test_a_foreign_pair_or_source_is_not_there() -> None:
    pair = make_pair()
    client = signed_in(Role.ORGANISER)
    assert client.get(reverse("survey:pair-image", args=[pair.pk])).status_code == 404
    assert client.get(reverse("survey:pair-image", args=[10**9])).status_code == 404
    user = make_user(Role.ORGANISER)
    client.force_login(user)
    mine = services.study_create(owner=user, name="Mine")
    images = reverse("survey:images", args=[mine.pk])
    for source in (f"run-{pair.run_id}", f"dataset-{make_dataset().pk}", "dataset-x", "nothing"):
        assert client.get(images, {"source": source}).status_code == 404
        sent = {"source": source, "draw": "yes", "count": "5"}
        assert client.post(f"{images}/add", sent).status_code == 404
    assert mine.stimuli.count() == 0


def test_a_foreign_link_cannot_be_taken_back() -> None:
    study, other = make_open(), make_open()
    (invitation, _), *_ = services.invitation_create(study=study, by=study.owner, kind="open")
    client = Client()
    client.force_login(other.owner)
    for pk in (study.pk, other.pk):
        where = reverse("survey:revoke", args=[pk, invitation.pk])
        assert client.post(where).status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_a_rater_who_was_named_finds_the_study_and_takes_it_once() -> None:
    study = make_open(visibility=Visibility.SHARED)
    user = make_user(Role.RATER)
    client = Client()
    client.force_login(user)
    assert "Nothing to judge" in client.get(reverse("survey:index")).content.decode()
    study.shared_with.add(user)
    assert address("take", study) in client.get(reverse("survey:index")).content.decode()
    client.post(address("take-consent", study), {"agreed": "yes"})
    session = study.sessions.get()
    assert session.rater == user
    elsewhere = Client()
    elsewhere.force_login(user)
    elsewhere.post(address("take-consent", study), {"agreed": "yes"})
    assert study.sessions.count() == 1
    assert elsewhere.get(address("take-plan", study)).status_code == 200


@pytest.mark.parametrize("name", [*READ, "images", "index", "new"])
def test_pages_take_no_post_and_posts_no_get(name: str) -> None:
    study = make_open()
    client = Client()
    client.force_login(study.owner)
    where = address(name, study) if name not in ("index", "new") else reverse(f"survey:{name}")
    if name != "new":
        assert client.post(where).status_code == 405
    for post in POSTS:
        assert client.get(address(post, study)).status_code == 405


@pytest.mark.parametrize("query", ["after=x", "before=-1", "after=99999999999999999999"])
def test_an_odd_key_in_the_address_is_the_first_page(query: str) -> None:
    study = make_open()
    client = Client()
    client.force_login(study.owner)
    assert client.get(f"{reverse('survey:index')}?{query}").status_code == 200


@pytest.mark.parametrize("kind", [Invitation.Kind.PERSONAL, Invitation.Kind.OPEN])
def test_a_consent_that_is_sent_twice_makes_one_session(kind: str) -> None:
    """The first reply was lost on its way, or the button was clicked twice."""
    study = make_open()
    client = Client()
    client.get(link_to(study, kind=kind, quota=1))
    door = client.cookies["survey_door"].value
    for _ in range(2):
        again = Client()
        again.cookies["survey_door"] = door
        assert again.post(address("take-consent", study), {"agreed": "yes"}).status_code == 302
        assert again.get(address("take-plan", study)).json()["total"] == 8
    assert study.sessions.count() == 1
    assert study.invitations.get().used == 1
