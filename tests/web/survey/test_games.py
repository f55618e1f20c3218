"""The front page's game under load, without keeping who plays."""

from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from survey import receivers
from survey.models import Session, Use
from survey.protocol import PAIRS, Settings
from survey.services import games
from tests.web.survey.makers import enter, make_open

pytestmark = pytest.mark.django_db


@time_machine.travel("2030-01-01 12:00:30Z", tick=False)
def test_more_games_than_a_minute_takes_are_refused_in_a_sentence() -> None:
    cache.clear()
    make_open(use=Use.GAME, real=6, artificial=6, visitors_allowed=True)
    address = reverse("survey:can-you-tell")
    with patch.object(games, "MOST_A_MINUTE", 2):
        statuses = [Client().post(address).status_code for _ in range(3)]
        refused = Client().post(address)
    assert statuses[:2] == [302, 302]
    assert refused.status_code == 403
    assert "Try again in a minute" in refused.content.decode()
    assert Session.objects.count() == 2
    cache.clear()


def test_games_of_yesterday_go_when_a_worker_looks_round() -> None:
    study = make_open(use=Use.GAME, real=5, artificial=5)
    kept = [games.game_start(study=study, user=None, user_agent="x")[0] for _ in range(2)]
    yesterday = timezone.now() - games.KEPT_FOR - timedelta(minutes=1)
    Session.objects.filter(pk=kept[0].pk).update(consented_at=yesterday)
    rater = enter(make_open())[1]
    Session.objects.filter(pk=rater.pk).update(consented_at=yesterday)
    receivers.sweep(queues=(), idle=False)
    assert set(Session.objects.values_list("pk", flat=True)) == {kept[1].pk, rater.pk}


def test_a_game_shows_one_image_at_a_time_though_its_settings_say_pairs() -> None:
    """As a copy that was changed into a game had it: two frames, and one image for them."""
    settings = Settings(task=PAIRS)
    study = make_open(use=Use.GAME, real=5, artificial=5, visitors_allowed=True, settings=settings)
    client = Client()
    client.post(reverse("survey:can-you-tell"))
    page = client.get(reverse("survey:take", args=[study.code])).content.decode()
    assert 'data-task="yes-no"' in page
    assert page.count('class="view"') == 1
