"""`make run` in a fresh checkout, as a new user meets it: the printed password, the tour, Ctrl-C.

The environment is the one that these tests run in: making it is what `make test` did before.

Pages, workers, Blender and training are all real; `small_stage.py` gives the stages less to do.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.backing import ON_SERVERS, Backing, Files
from tests.browser.checks import assert_it_fits_and_is_accessible
from tests.browser.tour_by_hand import correct_and_accept, link_of, take_by_keys
from tests.homes import ROOT
from tests.web.runs.conftest import port
from tests.web.runs.lab import Lab, alive, descendants, healthy, until
from tests.web.tour import small_stage
from tests.web.tour.at_hand import micrographs

__all__ = ["port"]

# Twelve steps, five of them stages that load torch or Blender, on a machine that does other things.
TOUR_S = 300


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files of the project in an empty folder, with what `make` makes of them beside them."""
    folder = tmp_path / "semblance"
    kept = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(kept, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)  # with its time: `make` compares times
    for made in (".venv", "static_vendor"):
        (folder / made).symlink_to(ROOT / made)
    return folder


@pytest.fixture
def fresh(
    checkout: Path, tmp_path: Path, port: int, new_backing: Callable[[Path], Backing]
) -> Iterator[Lab]:
    """An installation where nobody has started anything yet, with micrographs at hand.

    By itself it has not even tables. On servers they are those that others copy, too.
    """
    home = checkout / "var"
    if ON_SERVERS:
        backing = new_backing(home)
    else:
        home.mkdir()
        backing = Files(home)
    lab = Lab(
        home,
        backing=backing,
        PORT=str(port),
        SEMBLANCE_DATA=str(micrographs(tmp_path / "powder")),
        SEMBLANCE_STAGE_COMMAND=shlex.join([sys.executable, str(small_stage.__file__)]),
    )
    for name in ("SEMBLANCE_HOME", "PYTHONPATH", "DJANGO_SETTINGS_MODULE"):
        lab.environment.pop(name)  # a new user has set none
    yield lab
    lab.close()


def it_is_filled(lab: Lab) -> None:
    """Every step of the tour left what it promised, once."""
    assert lab.sql("SELECT DISTINCT status FROM runs_run") == [("succeeded",)]
    counts = lab.sql("SELECT kind, image_count FROM catalog_dataset ORDER BY kind")
    assert counts == [("artificial", 3), ("real", 4)]
    assert lab.sql("SELECT use, state FROM survey_study") == [("study", "open")]
    truths = lab.sql("SELECT truth, count(*) FROM survey_stimulus GROUP BY truth ORDER BY truth")
    assert truths == [("artificial", 3), ("real", 4)]
    assert lab.sql("SELECT count(*) FROM review_reviewitem") == [(4,)]
    [[metrics]] = lab.sql("SELECT metrics FROM runs_run WHERE stage = 'evaluate'")
    assert "foreground_iou" in str(metrics)


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


@pytest.mark.slow
@pytest.mark.blender
def test_from_an_empty_folder_to_all_that_the_tour_fills(
    fresh: Lab, checkout: Path, port: int, page: Page, chromium: Browser, complaints: list[str]
) -> None:
    make = fresh.spawn("make", "run", cwd=checkout)
    until(lambda: healthy(port), what=fresh)
    [password] = until(lambda: re.findall(r"as admin with the password (\S+)", fresh.log()))

    here = f"http://127.0.0.1:{port}"

    page.goto(here)
    assert_it_fits_and_is_accessible(page, "tour-welcome")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Choose a password of your own")).to_be_visible()
    page.get_by_label("Old password").fill(password)
    for label in ("New password", "New password confirmation"):
        page.get_by_label(label, exact=True).fill("bright grains on carbon")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("button", name="Run the tour")).to_be_visible()
    page.wait_for_load_state()
    assert_it_fits_and_is_accessible(page, "tour-before")

    page.get_by_role("button", name="Run the tour").click()
    expect(page.get_by_text("The tour has begun")).to_be_visible()
    checklist = page.locator("#checklist")
    expect(checklist.locator("li").first).to_be_visible()
    # It asks again and again until every step is done or failed.
    until(lambda: checklist.get_attribute("hx-trigger") is None, seconds=TOUR_S, what=fresh)
    states = checklist.locator(".badge").all_inner_texts()
    assert {state.split()[-1] for state in states} == {"Ready"}, (states, fresh.log())
    it_is_filled(fresh)

    # What else the page shows has followed.
    expect(page.locator("#newest")).to_contain_text("Micrographs at hand 4 images")
    expect(page.locator("#newest .badge").filter(has_not_text="Succeeded")).to_have_count(0)
    assert_it_fits_and_is_accessible(page, "tour-after")

    addresses = [str(link.get_attribute("href")) for link in checklist.get_by_role("link").all()]
    assert len(addresses) >= len(states)
    [[pair]] = fresh.sql("SELECT min(id) FROM runs_pair")
    for address in (*addresses, f"/compare/{pair}/", "/survey/can-you-tell", "/"):
        answer = page.goto(here + address)
        assert answer is not None and answer.status == 200, address
        page.wait_for_load_state("networkidle")
        name = re.sub(r"\W+", "-", address.partition("?")[0]).strip("-")
        assert_it_fits_and_is_accessible(page, f"tour-{name or 'again'}")
    it_is_filled(fresh)  # however often it is looked at

    # And by hand: a rater takes the study, the owner corrects and accepts a mask.
    of_part = {address.split("/")[1]: here + address for address in addresses}
    answered = take_by_keys(chromium, link_of(page, of_part["survey"]), complaints)
    assert answered == fresh.sql("SELECT count(*) FROM survey_judgement")[0][0]
    correct_and_accept(page, of_part["review"])

    page.goto("about:blank")
    crew = descendants(make.pid)
    assert any(str(checkout / "manage.py") in command_of(pid) for pid in crew)
    os.killpg(make.pid, signal.SIGINT)  # as a terminal does
    make.wait(timeout=20)
    assert [pid for pid in crew if alive(pid)] == []
    assert "Traceback" not in fresh.log()
