"""What only a server of its own can show: it is killed amid answers, and it is timed.

Processes, a database in a file, HTTP and nothing else, as people will run it.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from scipy import stats

from survey.simulated import PROFILES, Ask, Known, Reply, Told, rate
from survey.simulated.browsing import Browser, drive
from survey.simulated.pages import Page
from tests.browser.survey.server import Server, new_server

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def server(migrated_home: Path, tmp_path: Path) -> Iterator[Server]:
    server = new_server(migrated_home, tmp_path / "home")
    yield server
    server.close()


def known_of(server: Server) -> dict[str, Known]:
    rows = server.ask("SELECT served_id, truth FROM survey_stimulus")
    return {sha256: Known(truth) for sha256, truth in rows}


def test_threat_13_a_server_killed_amid_answers_loses_and_doubles_none(server: Server) -> None:
    """SIGKILL of all its processes, twice; clients know only what was confirmed to them."""
    raters, images = 5, 12
    made = server.make(real=6, artificial=6, links=raters)
    known, answers = known_of(server), Counter[int]()

    def take(number: int) -> Told:
        def after(ask: Ask, reply: Reply) -> None:
            answers[number] += ask.what == "answer" and reply.status == 200

        steps = rate(
            PROFILES["skilled"],
            entrance=made["links"][number],
            known=known,
            rng=random.Random(number),
            pace=0.05,
        )
        return drive(steps, Browser(server.url), stop=threading.Event(), after=after)

    with ThreadPoolExecutor(raters) as pool:
        futures = [pool.submit(take, number) for number in range(raters)]
        for share in (0.2, 0.6):
            while answers.total() < share * raters * images:
                time.sleep(0.01)
            server.stop(signal.SIGKILL)
            time.sleep(0.3)
            server.start()
        told = [future.result() for future in futures]

    assert [one.problem for one in told] == [""] * raters
    assert all(one.finished for one in told)
    assert sum(one.retries for one in told) > 0, "nobody noticed that it was killed"
    rows = server.ask("SELECT client_id, presentation_id FROM survey_judgement")
    kept = {str(client_id).replace("-", "") for client_id, _ in rows}
    confirmed = {client_id.replace("-", "") for one in told for client_id in one.confirmed}
    assert kept == confirmed
    assert len(rows) == len({presentation for _, presentation in rows}) == raters * images
    counted = server.ask("SELECT state, answered, total FROM survey_session")
    assert counted == [("finished", images, images)] * raters
    noted = server.ask("SELECT count(*) FROM survey_event WHERE kind = 'answered'")
    assert noted == [(raters * images,)]


def consent(browser: requests.Session, server: Server, link: str, gate: threading.Barrier) -> int:
    """Come by a link and agree at the same moment as all others."""
    form = Page(browser.get(server.url + link).text).way_on
    assert form is not None
    gate.wait(timeout=60)
    sent = browser.post(server.url + form.action, data=form.filled(random.Random(1)))
    return sent.status_code


def test_threat_16_many_at_once_fill_an_open_link_and_nobody_gets_in_beside(server: Server) -> None:
    many, quota = 16, 5
    made = server.make(quota=quota)
    gate = threading.Barrier(many)
    with ThreadPoolExecutor(many) as pool:
        asked = [
            pool.submit(consent, requests.Session(), server, made["open_link"], gate)
            for _ in range(many)
        ]
        statuses = Counter(one.result() for one in asked)
    assert statuses == {200: quota, 403: many - quota}
    assert server.ask("SELECT used, quota FROM survey_invitation") == [(quota, quota)]
    numbers = server.ask("SELECT number FROM survey_session ORDER BY number")
    assert numbers == [(number,) for number in range(quota)], "each has an order of its own"


def test_threat_16_one_browser_that_agrees_many_times_at_once_is_one_rater(server: Server) -> None:
    many = 8
    made = server.make(quota=many)
    first = requests.Session()
    first.get(server.url + made["open_link"])
    gate = threading.Barrier(many)

    def again() -> int:
        browser = requests.Session()
        browser.cookies.update(first.cookies)
        form = Page(browser.get(f"{server.url}/survey/take/{made['code']}/").text).way_on
        assert form is not None
        gate.wait(timeout=60)
        return browser.post(
            server.url + form.action, data=form.filled(random.Random(1))
        ).status_code

    with ThreadPoolExecutor(many) as pool:
        statuses = {one.result() for one in [pool.submit(again) for _ in range(many)]}
    assert statuses == {200}
    assert server.ask("SELECT used FROM survey_invitation") == [(1,)]
    assert server.ask("SELECT count(*) FROM survey_session") == [(1,)]


ROUNDS, TRIES = 150, 3


def test_threat_6_no_latency_and_no_header_tells_real_from_artificial(server: Server) -> None:
    """A rater with a stop watch fetches the same two images again and again, in turn by chance.

    By chance alone a 95 % interval misses 0.5 once in twenty, and what else the machine does comes
    in bursts; so one of three independent tries has to hold it. A true difference of a twentieth of
    the spread of the times would fail them all with so many requests. Both images are open at once:
    the first two of a session's order that differ in kind.
    """
    made = server.make(real=8, artificial=8, links=TRIES)
    known, intervals = known_of(server), []
    for number in range(TRIES):
        times, seen = measured(server, made["links"][number], known, random.Random(number))
        assert len(seen) == 1, f"headers or lengths differ: {seen}"
        intervals.append(auc_interval(times["real"], times["artificial"]))
        if intervals[-1][0] <= 0.5 <= intervals[-1][1]:
            return
    raise AssertionError(f"the time tells which images are real: {intervals}")


def measured(
    server: Server, link: str, known: dict[str, Known], rng: random.Random
) -> tuple[dict[str, list[float]], set[tuple[tuple[str, str], ...]]]:
    """Milliseconds by kind, and the sets of headers that came (but for the date)."""
    from survey.simulated.walking import sha256_of

    browser = requests.Session()
    page = Page(browser.get(server.url + link).text)
    while "plan" not in page.told:
        form = page.way_on
        assert form is not None
        page = Page(browser.post(server.url + form.action, data=form.filled(rng)).text)
    following = browser.get(server.url + page.told["plan"]).json()["next"]
    kinds: dict[str, list[str]] = defaultdict(list)
    for one in following:
        address = server.url + page.told["image"].replace("TOKEN", one["token"])
        kinds[known[sha256_of(browser.get(address).content)].truth].append(address)
    assert set(kinds) == {"real", "artificial"}, "three of a kind in a row; take another seed"
    order = [truth for truth in kinds for _ in range(ROUNDS)]
    rng.shuffle(order)
    times: dict[str, list[float]] = defaultdict(list)
    seen = set()
    for truth in order:
        address = rng.choice(kinds[truth])
        began = time.perf_counter()
        response = browser.get(address)
        times[truth].append(1000 * (time.perf_counter() - began))
        assert response.status_code == 200
        seen.add(tuple(sorted((k, v) for k, v in response.headers.items() if k != "Date")))
    return times, seen


def auc_interval(real: list[float], artificial: list[float]) -> tuple[float, float]:
    """AUC with its 95 % interval by DeLong: the variance of each side's placements."""
    ranks = stats.rankdata([*real, *artificial])
    above = (ranks[: len(real)] - stats.rankdata(real)) / len(artificial)
    below = 1 - (ranks[len(real) :] - stats.rankdata(artificial)) / len(real)
    auc = float(above.mean())
    error = float((above.var(ddof=1) / len(real) + below.var(ddof=1) / len(artificial)) ** 0.5)
    return auc - 1.96 * error, auc + 1.96 * error


def test_the_stop_watch_would_notice_a_difference() -> None:
    rng = random.Random(1)
    real = [rng.gauss(10, 2) for _ in range(ROUNDS)]
    assert auc_interval(real, [rng.gauss(10, 2) for _ in range(ROUNDS)])[0] < 0.5
    low, high = auc_interval([one + 1 for one in real], real)
    assert 0.5 < low < high
