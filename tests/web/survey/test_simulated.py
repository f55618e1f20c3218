"""How simulated raters decide, and what they do when the network fails."""

import hashlib
import json
import random
from typing import Any

import pytest

from survey.simulated import PROFILES, Ask, Known, Mind, Pause, Reply, Told, expected_rates, rate
from survey.simulated.pages import Page

IMAGES = {"a": b"first", "b": b"second"}
KNOWN = {
    hashlib.sha256(IMAGES["a"]).hexdigest(): Known("real"),
    hashlib.sha256(IMAGES["b"]).hexdigest(): Known("artificial"),
}


@pytest.mark.parametrize("name", ["random", "biased", "skilled", "fast", "constant"])
@pytest.mark.parametrize("pairs", [False, True])
def test_minds_answer_at_the_rates_that_they_should(name: str, pairs: bool) -> None:
    mind, rng = PROFILES[name], random.Random(1)
    other = Known("real") if pairs else None
    many = 20_000

    def part(truth: str) -> float:
        said = [mind.decide(Known(truth), other, rng)[0] for _ in range(many)]
        return said.count("artificial") / many

    expected = expected_rates(mind, pairs=pairs)
    assert (part("artificial"), part("real")) == pytest.approx(expected, abs=0.015)


def test_whoever_reads_does_what_an_attention_item_asks() -> None:
    rng = random.Random(1)
    asked = [PROFILES["random"].decide(Known("real", asks=True), None, rng) for _ in range(9)]
    assert asked == [("real", 3)] * 9
    said = {PROFILES["fast"].decide(Known("real", asks=True), None, rng)[0] for _ in range(50)}
    assert said == {"real", "artificial"}


def test_the_mean_time_is_the_one_asked_for() -> None:
    rng, mind = random.Random(2), Mind(name="slow", thinking_ms=3000)
    times = [mind.think_ms(rng) for _ in range(20_000)]
    assert sum(times) / len(times) == pytest.approx(3000, rel=0.03)
    assert min(times) >= mind.least_ms


def test_forms_are_filled_in_as_a_person_would() -> None:
    page = Page(
        '<form method="get"><button class="primary">Search</button></form>'
        '<form method="post" action="/no"><button class="danger">Withdraw</button></form>'
        '<form method="post" action="/go"><input type="hidden" name="csrf" value="x">'
        '<input type="radio" name="q" value="1"><input type="radio" name="q" value="2">'
        '<select name="s"><option value="">-</option><option value="u">U</option></select>'
        '<input type="number" name="n" min="5" max="6"><textarea name="t"></textarea>'
        '<button class="primary" name="agreed" value="yes">On</button></form>'
    )
    assert page.way_on is not None
    assert page.way_on.action == "/go"
    sent = page.way_on.filled(random.Random(3))
    assert sent.pop("q") in {"1", "2"}
    assert sent.pop("n") in {"5", "6"}
    assert sent == {"csrf": "x", "s": "u", "t": "", "agreed": "yes"}


class Server:
    """Two images; `failing` answers that get no reply although they are kept."""

    def __init__(self, failing: int = 0) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.failing, self.tries = failing, 0

    def answer(self, ask: Ask) -> Reply:
        if ask.what == "page":
            page = b'<main data-plan="/plan" data-image="/TOKEN" data-answer="/answer"'
            return Reply(200, page + b' data-csrf="c" data-end="/end">', ask.path)
        if ask.what == "image":
            return Reply(200, IMAGES[ask.path.strip("/")])
        if ask.sent is not None:
            self.tries += 1
            self.kept[ask.sent["client_id"]] = ask.sent
            if self.failing:
                self.failing -= 1
                return Reply(0)
        said = {sent["token"] for sent in self.kept.values()}
        left = [{"token": token, "position": 1} for token in IMAGES if token not in said]
        return Reply(200, json.dumps({"next": left}).encode())


def walk(server: Server, seed: int = 1) -> tuple[Told, float]:
    steps = rate(PROFILES["skilled"], entrance="/", known=KNOWN, rng=random.Random(seed))
    waited, reply = 0.0, None
    try:
        step = next(steps)
        while True:
            if isinstance(step, Pause):
                waited, reply = waited + step.seconds, None
            else:
                reply = server.answer(step)
            step = steps.send(reply)
    except StopIteration as end:
        return end.value, waited


def test_an_answer_whose_reply_was_lost_is_sent_again_under_its_id() -> None:
    told, _ = walk(server := Server(failing=3))
    assert (server.tries, len(server.kept)) == (5, 2)
    assert told.confirmed.keys() == server.kept.keys()
    assert (told.finished, told.retries, told.problem) == (True, 3, "")


def test_a_seed_gives_the_same_answers_and_times_again() -> None:
    one, other = Server(), Server()
    first, second = walk(one, seed=5), walk(other, seed=5)
    assert first == second
    assert one.kept == other.kept
    assert walk(Server(), seed=6) != first


def test_an_image_that_nobody_knows_ends_the_way() -> None:
    steps = rate(PROFILES["random"], entrance="/", known={}, rng=random.Random(1))
    server, reply = Server(), None
    with pytest.raises(StopIteration) as end:
        step = next(steps)
        while True:
            reply = server.answer(step) if isinstance(step, Ask) else None
            step = steps.send(reply)
    assert "belongs to no stimulus" in end.value.value.problem
