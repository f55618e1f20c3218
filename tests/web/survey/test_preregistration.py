"""The plan of a study as a text to register."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from survey import services
from survey.export.bundle import bundle_files
from survey.models import Study
from survey.protocol import Settings, settings_json
from survey.report.preregistration import preregistration
from tests.web.survey.closing import analysed, closed_from, matrix
from tests.web.survey.makers import make_draft, make_open

pytestmark = pytest.mark.django_db


def asked_for(study: Study) -> tuple[int, str]:
    client = Client()
    client.force_login(study.owner)
    got = client.get(reverse("survey:preregistration", args=[study.pk]))
    return got.status_code, got.content.decode()


def test_a_draft_says_what_is_planned_and_that_nobody_has_answered() -> None:
    study = make_draft(artificial=5, real=4, name="Of *gold*")
    plan = {
        "margin": 0.1,
        "hypothesis": "Experts cannot tell.",
        "fastest_ms": 300,
        "leave_out_could_know": True,
    }
    Study.objects.filter(pk=study.pk).update(plan=plan)
    status, text = asked_for(study)
    assert status == 200
    for told in (
        "# Preregistration: Of *gold*",
        "5 artificial and 4 real images.",
        "Generators: secret-generator.",
        "**Hypothesis.** Experts cannot tell.",
        "None: the study has not opened",
        "within 0.4 to 0.6",
        "raters whose median response time was below 300 ms",
        "**Authors.** For the authors to fill in.",
    ):
        assert told in text


def test_settings_change_what_is_told() -> None:
    study = make_draft()
    for settings, told in (
        (Settings(exposure_ms=500), "Each image is shown for 500 ms."),
        (Settings(images_per_rater=6), "Each rater judges 6 of the images."),
        (Settings(repeats=3), "3 images come twice"),
        (
            Settings(ask_reason=True),
            "raters may add why, in their own words, whether they had seen",
        ),
        (Settings(task="pairs"), "Of the part of pairs judged rightly: distinguishable where"),
    ):
        assert told not in preregistration(study=study)
        study.settings = settings_json(settings)
        assert told in preregistration(study=study)
        study.settings = settings_json(Settings())


def test_a_study_too_small_for_the_shortcut_audit_says_so_before_and_after_the_tick() -> None:
    told = "the kinds apart is not audited: that needs 5 images of each kind."
    assert told not in preregistration(study=make_draft(real=5, artificial=5))
    study = make_draft(real=4, artificial=6)
    assert told in preregistration(study=study)
    services.study_open(study=study, by=study.owner, unchecked=True)
    assert told in preregistration(study=study)
    opened = "The organiser opens the study all the same, which is frozen and published with it."
    assert opened in preregistration(study=study)


def test_what_keeps_a_study_closed_and_what_is_let_in_is_told() -> None:
    study = make_draft(real=5, artificial=5, settings=Settings(shortcut_limit=0.75))
    text = preregistration(study=study)
    assert (
        "all together; above an AUC of 0.75 the study does not open. Refused: images that look"
        in text
    )
    assert "Let in and marked" not in text
    study.settings = settings_json(
        Settings(shortcut_limit=1.0, near_duplicates="mark", bars="mark")
    )
    text = preregistration(study=study)
    assert "the audit is published and no limit is set." in text
    assert (
        "Refused: images that trained a generator of the study, or look like one. Let in and "
        "marked: images that look the same; images that may show the rest of a data bar." in text
    )


def test_what_the_planner_answered_is_the_rationale_of_the_size() -> None:
    study = make_draft()
    question = {
        "raters": 20, "artificial": 150, "real": 150,
        "d_prime": 0.0, "sd_image": 0.8, "sd_rater_sensitivity": 0.4,
    }  # fmt: skip
    question["margin"] = 0.05
    answer = {
        "runs": 1000,
        "statements": ["It concludes in 72 of 100 studies."],
        "design": {"raters": 20, "artificial": 150, "real": 150},
    }
    study.plan = {"expected": {"question": question, "answer": answer}}
    text = preregistration(study=study)
    assert "20 raters, 150 artificial and 150 real images, by simulation (1000 studies" in text
    assert "It concludes in 72 of 100 studies." in text
    answer["search"] = {"found": {"raters": 31, "artificial": 150, "real": 150}}
    assert "31 raters, 150 artificial" in preregistration(study=study)


def test_a_size_that_the_planner_did_not_simulate_is_marked_beside_its_answer() -> None:
    study = make_draft(artificial=4, real=4)
    design = {"raters": 20, "artificial": 4, "real": 4}
    question = {
        **design, "margin": 0.05, "d_prime": 0.0, "sd_image": 0.8, "sd_rater_sensitivity": 0.4,
    }  # fmt: skip
    answer = {"runs": 1000, "statements": ["It concludes often."], "design": design}
    study.plan = {"expected": {"question": question, "answer": answer}}
    doubt = "The plan holds an answer of the planner."
    assert doubt not in preregistration(study=study)
    for settings, told in (
        (Settings(images_per_rater=6), "in this study each judges 6 of 8"),
        (Settings(task="pairs"), "this study shows pairs"),
    ):
        study.settings = settings_json(settings)
        text = preregistration(study=study)
        assert f"It concludes often. {doubt}" in text
        assert told in text
    study.settings = settings_json(Settings(images_per_rater=8))  # all of them
    assert doubt not in preregistration(study=study)


def test_an_open_study_names_its_commitment_and_no_image() -> None:
    study = make_open()
    _, text = asked_for(study)
    assert study.protocols.get().commitment in text
    assert study.protocols.get().nonce not in text
    assert "secret-real" not in text


def test_the_game_has_nothing_to_register() -> None:
    study = make_draft()
    Study.objects.filter(pk=study.pk).update(use="game")
    assert asked_for(study)[0] == 404


def test_it_is_linked_from_the_study_and_lies_in_the_bundle() -> None:
    draft = make_draft()
    client = Client()
    client.force_login(draft.owner)
    page = client.get(reverse("survey:study", args=[draft.pk])).content.decode()
    assert reverse("survey:preregistration", args=[draft.pk]) in page
    study = closed_from(matrix("some")[:4])
    files = dict(bundle_files(study=study, analysis=analysed(study)))
    assert files["protocol/preregistration.md"].decode() == preregistration(study=study)


def test_opening_changes_only_what_is_said_of_data() -> None:
    study = make_draft()
    before = preregistration(study=study).splitlines()
    services.study_open(study=study, by=study.owner)
    after = preregistration(study=study).splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.split(".")[0] for line in changed] == ["**Existing data"]
