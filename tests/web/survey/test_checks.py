"""What keeps a study closed until it is mended: threats 4, 5, 10 and 17 of the method."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from accounts.models import Role, User
from catalog.models import Image, Kind, Version
from catalog.services import version_freeze
from core.files import bytes_store
from runs.local import run_here
from runs.models import ImageOrigin, Run, RunInput
from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.models import Presentation, State, Stimulus, Study, Use
from survey.protocol import Settings
from survey.report.facts import facts_of
from survey.report.methods import methods_paragraphs
from survey.urls import urlpatterns
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_user
from tests.web.survey.closing import analysed
from tests.web.survey.makers import enter, finish, make_draft, make_open

pytestmark = pytest.mark.django_db
SIDE = 128
Pixels = Any


@pytest.fixture
def organiser() -> User:
    return make_user(Role.ORGANISER, Role.CURATOR)


@pytest.fixture
def owner(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def discs(seed: int) -> Pixels:
    """Grey discs on dark noise; no two seeds look the same."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((SIDE, SIDE))
    picture = rng.normal(60, 6, (SIDE, SIDE))
    for row, column, radius in rng.uniform((0, 0, 8), (SIDE, SIDE, 24), (6, 3)):
        picture[(rows - row) ** 2 + (columns - column) ** 2 < radius**2] += 60
    return picture.clip(0, 235)


def stored(picture: Pixels) -> Any:
    stream = io.BytesIO()
    Picture.fromarray(np.rint(picture).astype(np.uint8)).save(stream, "PNG")
    return bytes_store(stream.getvalue(), media_type="image/png")


def make_prepared(
    owner: User,
    *,
    real: int = 6,
    artificial: int = 6,
    look: Callable[[int, bool], Pixels] = lambda seed, artificial: discs(seed),
    **settings: Any,
) -> Study:
    """A draft whose images went through the stage itself."""
    study = services.study_create(owner=owner, name="Real run", settings=Settings(**settings))
    size: dict[str, Any] = {"width_px": SIDE, "height_px": SIDE}
    dataset, run = make_dataset(owner=owner), make_run(owner=owner)
    images = [
        make_image(dataset=dataset, name=f"r{n}.png", file=stored(look(n, False)), **size)
        for n in range(real)
    ]
    pairs = [
        make_pair(run=run, image=stored(look(50 + n, True)), **size) for n in range(artificial)
    ]
    services.stimuli_add(study=study, by=owner, images=images, pairs=pairs)
    done = run_here(services.stimuli_prepare(study=study, by=owner))
    assert done.status == "succeeded", done.problem
    study.refresh_from_db()
    return study


# ---- threat 4: bars -----------------------------------------------------------------------------


def with_a_bar(seed: int, artificial: bool) -> Pixels:
    picture = discs(seed)
    if seed == 0 and not artificial:
        picture[110:114, 80:120] = 255
    return picture


def test_threat_04_an_image_with_a_bar_that_nobody_confirmed_keeps_the_study_closed(
    owner: Client, organiser: User
) -> None:
    study = make_prepared(organiser, look=with_a_bar)
    with pytest.raises(StudyRefused, match=r"r0\.png: there is a straight white line at row 110"):
        services.study_open(study=study, by=organiser)
    page = owner.get(reverse("survey:images", args=[study.pk])).content.decode()
    assert "Is anything of a bar left?" in page
    owner.post(reverse("survey:images-sign-off", args=[study.pk]), {"pick": ["1"]})
    row = study.stimuli.get(number=1)
    assert row.bar_signed_off_by == organiser
    frozen = services.study_open(study=study, by=organiser)
    assert [s["number"] for s in frozen.document["stimuli"] if s["bar_signed_off"]] == [1]


def test_threat_04_the_word_of_the_dataset_s_curator_counts(organiser: User) -> None:
    study = make_prepared(organiser, look=with_a_bar)
    assert len(opening_checks(study=study).doubtful) == 1
    Image.objects.filter(name="r0.png").update(data_bar_confirmed=True)
    assert opening_checks(study=study).doubtful == []


def test_threat_04_a_bar_in_doubt_may_be_let_in_and_is_then_on_record(organiser: User) -> None:
    study = make_prepared(organiser, look=with_a_bar, bars="mark")
    assert "like a scale bar" in " ".join(opening_checks(study=study).warnings)
    frozen = services.study_open(study=study, by=organiser)
    assert frozen.document["bars_in_doubt"] == [1]


def test_threat_04_another_preparation_asks_for_another_look(organiser: User) -> None:
    study = make_prepared(organiser, look=with_a_bar)
    services.bars_sign_off(study=study, by=organiser, numbers=[1])
    services.stimuli_prepare(study=study, by=organiser)
    assert not study.stimuli.filter(bar_signed_off_at__isnull=False).exists()


# ---- threat 5: shortcuts ------------------------------------------------------------------------


def smoother(seed: int, artificial: bool) -> Pixels:
    """Artificial images of the same discs with a third of the noise: a give-away."""
    rng = np.random.default_rng(1000 + seed)
    return (discs(seed) + rng.normal(0, 2 if artificial else 12, (SIDE, SIDE))).clip(0, 235)


def test_threat_05_images_that_noise_tells_apart_keep_the_study_closed(
    owner: Client, organiser: User
) -> None:
    study = make_prepared(organiser, look=smoother)
    with pytest.raises(StudyRefused) as refused:
        services.study_open(study=study, by=organiser)
    assert "Trivial figures all together tell real from artificial" in refused.value.reason
    assert "“noise” (0.00, less in artificial images)" in refused.value.reason
    assert "allow a higher limit" in refused.value.reason
    page = owner.get(reverse("survey:study", args=[study.pk])).content.decode()
    assert "Shortcut audit" in page
    assert "beyond the limit" in page
    assert "Open the study" not in page
    assert study.state == State.DRAFT


def test_threat_05_the_audit_is_frozen_and_published_whatever_the_limit(organiser: User) -> None:
    study = make_prepared(organiser, look=smoother, shortcut_limit=1.0)
    shown = opening_checks(study=study).shortcuts
    assert shown is not None
    services.study_open(study=study, by=organiser)
    services.study_close(study=study, by=organiser)
    where = reverse("survey:commitment-document", args=[study.code])
    told = json.loads(Client().get(where).content)["shortcuts"]
    assert told["auc"]["noise_grey"][0] == 0.0
    assert told["auc"]["combined"][0] == 1.0
    assert (told["limit"], told["real"], told["artificial"]) == (1.0, 6, 6)
    assert told == shown.json | {"auc": {k: list(v) for k, v in shown.json["auc"].items()}}


def test_threat_05_images_alike_in_trivial_figures_open(organiser: User) -> None:
    study = make_prepared(organiser, real=8, artificial=8)
    found = opening_checks(study=study)
    assert found.shortcuts is not None
    assert found.shortcuts.combined is not None
    assert not [row.words for row in found.shortcuts.rows if row.above]
    frozen = services.study_open(study=study, by=organiser, unchecked=True)
    assert frozen.document["unchecked"] == "", "there was an audit, whatever was ticked"


def test_threat_05_an_open_study_s_audit_is_shown_to_nobody_who_might_rate(
    organiser: User,
) -> None:
    study = make_prepared(organiser, shortcut_limit=1.0)
    services.study_update(study=study, by=organiser, visibility="lab")
    services.study_open(study=study, by=organiser)
    colleague = Client()
    colleague.force_login(make_user(Role.ANALYST))
    where = reverse("survey:study", args=[study.pk])
    assert "Shortcut audit" not in colleague.get(where).content.decode()
    services.study_close(study=study, by=organiser)
    assert "Shortcut audit" in colleague.get(where).content.decode()


@pytest.mark.parametrize("limit", [0.8, 1.0])
def test_threat_05_with_too_few_images_to_audit_it_opens_by_a_tick_only_which_is_frozen(
    owner: Client, organiser: User, limit: float
) -> None:
    study = make_prepared(organiser, real=4, artificial=6, shortcut_limit=limit)
    address, opening = (reverse(f"survey:{name}", args=[study.pk]) for name in ("study", "open"))
    page = owner.get(address).content.decode()
    assert "tell real from artificial was not checked. It needs 5 images of each kind" in page
    assert "Open it without the shortcut audit" in page
    refused = owner.post(opening, follow=True).content.decode()
    assert "It is not open yet. Whether trivial figures" in refused
    study.refresh_from_db()
    assert study.state == "draft"
    owner.post(opening, {"unchecked": "yes"})
    study.refresh_from_db()
    assert study.state == "open"
    document = study.protocols.get().document
    assert "was not checked. It needs 5 images of each kind" in document["unchecked"]
    assert "The organiser opened the study all the same" in owner.get(address).content.decode()
    services.study_close(study=study, by=organiser)
    told = " ".join(methods_paragraphs(facts_of(study=study)))
    assert "was not audited: there were too few images" in told


def test_methods_claim_no_missing_audit_where_there_was_one(organiser: User) -> None:
    study = make_prepared(organiser)
    services.study_open(study=study, by=organiser)
    services.study_close(study=study, by=organiser)
    assert "audited" not in " ".join(methods_paragraphs(facts_of(study=study)))


def test_threat_05_a_tick_does_not_stand_for_an_audit_that_fails(organiser: User) -> None:
    study = make_prepared(
        organiser, look=lambda seed, artificial: discs(seed) * (0.6 + 0.4 * artificial)
    )
    with pytest.raises(StudyRefused, match="It cannot open yet"):
        services.study_open(study=study, by=organiser, unchecked=True)


def test_threat_05_figures_that_are_missing_are_asked_for(organiser: User) -> None:
    study = make_prepared(organiser)
    study.stimuli.update(figures={})
    assert "There is no shortcut audit. Prepare the images again" in " ".join(
        opening_checks(study=study).problems
    )


# ---- threat 10: duplicates and training images --------------------------------------------------


def test_threat_10_images_that_look_the_same_keep_the_study_closed(organiser: User) -> None:
    study = make_draft(owner=organiser)
    study.stimuli.filter(number__in=[1, 6]).update(figures={"phash": "00ff00ff00ff00ff"})
    study.stimuli.filter(number=6).update(figures={"phash": "00ff00ff00ff00fe"})
    with pytest.raises(StudyRefused, match=r"secret-real-0\.png and .* look the same"):
        services.study_open(study=study, by=organiser)
    settings = Settings(near_duplicates="mark")
    services.study_update(study=study, by=organiser, settings=settings)
    assert "look the same" in " ".join(opening_checks(study=study).warnings)
    frozen = services.study_open(study=study, by=organiser)
    assert frozen.document["alike"] == [[1, 6]]


def trained_on(images: list[Image], *, split: str = "") -> Run:
    """A run that generates with a network whose training read these images."""
    owner = images[0].dataset.owner
    version: Version = version_freeze(dataset=images[0].dataset, by=owner)
    training = make_run(owner=owner, stage="cyclegan-train")
    RunInput.objects.create(run=training, field="real", version=version, split=split)
    generating = make_run(owner=owner, stage="cyclegan-generate")
    RunInput.objects.create(run=generating, field="generator", source_run=training)
    return generating


def make_with_generator(owner: User, **settings: Any) -> tuple[Study, list[Image]]:
    """Images 1 to 3 real: the first trained the generator, the second looks like it; 4, 5 made."""
    known = make_dataset(owner=owner, name="Training")
    first = make_image(dataset=known, name="trained.png", phash="00ff00ff00ff00ff", split="train")
    make_image(dataset=known, name="test.png", phash="123456789abcdef0", split="test")
    other = make_dataset(owner=owner, name="Others")
    alike = make_image(dataset=other, name="alike.png", phash="00ff00ff00ff00f0")
    unknown = make_image(dataset=other, name="unlike.png", phash="ffff0000ffff0000")
    run = trained_on([first], split="train")
    study = services.study_create(owner=owner, name="Trained", settings=Settings(**settings))
    pairs = [make_pair(run=run, generator="gan") for _ in range(2)]
    images = [first, alike, unknown]
    services.stimuli_add(study=study, by=owner, images=images, pairs=pairs)
    for stimulus in study.stimuli.all():
        stimulus.served = stimulus.source
        stimulus.width_px, stimulus.height_px = 16, 12
        stimulus.save()
    return study, images


def test_threat_10_images_that_trained_the_generator_keep_the_study_closed(
    organiser: User,
) -> None:
    study, _ = make_with_generator(organiser)
    found = opening_checks(study=study)
    assert found.trained is not None
    assert [(s.source_name, same) for s, same in found.trained.seen] == [
        ("trained.png", True),
        ("alike.png", False),
    ]
    with pytest.raises(StudyRefused, match=r"trained\.png trained a generator of this study"):
        services.study_open(study=study, by=organiser)


def test_threat_10_training_images_may_be_let_in_and_are_marked(organiser: User) -> None:
    study, _ = make_with_generator(organiser, trained_images="mark")
    frozen = services.study_open(study=study, by=organiser)
    marked = [one["number"] for one in frozen.document["stimuli"] if one["trained_on"]]
    assert marked == [1, 2]
    rows = study.stimuli.filter(trained_on=True).order_by("number")
    assert list(rows.values_list("number", flat=True)) == [1, 2]


def test_threat_10_an_artificial_image_that_copies_a_training_image_is_named(
    organiser: User,
) -> None:
    study, _ = make_with_generator(organiser)
    study.stimuli.filter(number=4).update(figures={"whole_phash": "00ff00ff00ff00ff"})
    sentences = opening_checks(study=study).problems
    assert any("the generator may have copied it" in sentence for sentence in sentences)


def test_threat_10_a_generator_of_unknown_training_is_said_to_be_so(organiser: User) -> None:
    study = make_draft(owner=organiser)
    made = make_dataset(owner=organiser, kind=Kind.ARTIFICIAL, name="Diffusion")
    origin = make_image(dataset=made)
    run = make_run(owner=organiser, stage="cyclegan-generate")
    ImageOrigin.objects.create(image=origin, run=run)
    images = [make_image(dataset=made), origin]
    services.stimuli_add(study=study, by=organiser, images=images)
    study.stimuli.update(served_id=study.stimuli.first().source_id)  # type: ignore[union-attr]
    warnings = " ".join(opening_checks(study=study).warnings)
    assert "Nobody can say which images trained “Diffusion”" in warnings
    assert "secret-generator" not in warnings, "the renderer is not trained at all"


def test_threat_10_what_trained_a_generator_is_not_told_of_foreign_datasets(
    organiser: User,
) -> None:
    study, images = make_with_generator(organiser)
    sentences = " ".join(opening_checks(study=study).problems)
    assert "Training" not in sentences
    assert images[0].name in sentences, "only the study's own image is named"


# ---- threat 17: who is left out, is planned -----------------------------------------------------


def test_threat_17_the_plan_is_frozen_when_the_study_opens(owner: Client, organiser: User) -> None:
    study = make_open(owner=organiser)
    before = study.protocols.get().document["plan"]
    where = reverse("survey:edit", args=[study.pk])
    form = owner.get(where).context["form"]
    own = {name: form[name].value() for name in form.fields}
    sent = {k: v for k, v in own.items() if v not in (None, False)}
    refused = owner.post(where, sent | {"fastest_ms": 900, "leave_out_constant": "on"})
    assert refused.status_code == 422
    assert "are fixed" in refused.content.decode()
    study.refresh_from_db()
    assert study.plan == before == study.protocols.get().document["plan"]
    assert study.plan["fastest_ms"] == 0


def test_threat_17_no_address_leaves_out_a_rater_or_an_answer(
    owner: Client, organiser: User
) -> None:
    """Whatever an owner posts to an open study's addresses, all answers stay."""
    study = make_open(owner=organiser)
    client, session = enter(study)
    finish(client, study)
    answers = Presentation.objects.filter(session=session, judgement__isnull=False).count()
    for pattern in urlpatterns:
        keys: dict[str, Any] = {"pk": study.pk, "number": 1, "dry_run": 1, "invitation": 1}
        names = set(pattern.pattern.converters)
        if not names <= set(keys) or pattern.name == "close":
            continue
        address = reverse(f"survey:{pattern.name}", kwargs={name: keys[name] for name in names})
        sent = {"pick": [str(session.pk), "1"], "session": session.pk, "exclude": "yes"}
        owner.post(address, sent).close()
    session.refresh_from_db()
    assert session.state == "finished"
    kept = Presentation.objects.filter(session=session, judgement__isnull=False).count()
    assert kept == answers == 8
    assert Stimulus.objects.filter(study=study).count() == 8


def test_threat_17_a_closed_study_shows_its_figures_with_and_without_those_left_out(
    owner: Client, organiser: User
) -> None:
    study = make_open(owner=organiser)
    for client in (Client(), owner):  # the owner could know the images
        enter(study, client=client)
        finish(client, study)
    services.study_close(study=study, by=organiser)
    analysed(study)
    page = owner.get(reverse("survey:results", args=[study.pk])).content.decode()
    assert "With everybody it would read" in page
    assert "could see the images elsewhere" in page
    assert study.sessions.filter(saw_images_possible=True).count() == 1


def test_threat_10_images_whose_truth_was_told_are_named_or_refused() -> None:
    study = make_open()
    copy = services.study_copy(study=study, by=study.owner)
    assert not any("truth" in one for one in opening_checks(study=copy).warnings)
    services.study_close(study=study, by=study.owner)
    found = opening_checks(study=copy)
    said = next(one for one in found.warnings if "truth" in one)
    assert said.startswith(f"The truth of 8 images of it is public since “{study.name}” has closed")
    assert not any("truth" in one for one in found.problems)

    shown = copy.stimuli.order_by("number").first()
    assert shown is not None
    game = make_open(use=Use.GAME, real=5, artificial=5)
    told = game.stimuli.order_by("number")[:1].get()
    Stimulus.objects.filter(pk=told.pk).update(source=shown.source)
    refused = next(one for one in opening_checks(study=copy).problems if "truth" in one)
    assert refused == f"“{game.name}” tells its players the truth of 1 image of it; take others."
    assert not any("truth" in one for one in opening_checks(study=game).problems)
