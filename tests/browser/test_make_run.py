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
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.backing import Files
from tests.browser.checks import assert_it_fits, shoot
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
def fresh(checkout: Path, tmp_path: Path, port: int) -> Iterator[Lab]:
    """An installation where nobody has started anything yet, with micrographs at hand."""
    home = checkout / "var"
    home.mkdir()
    lab = Lab(
        home,
        backing=Files(home),
        PORT=str(port),
        SEMBLANCE_DATA=str(micrographs(tmp_path / "powder")),
        SEMBLANCE_STAGE_COMMAND=shlex.join([sys.executable, str(small_stage.__file__)]),
    )
    for name in ("SEMBLANCE_HOME", "PYTHONPATH", "DJANGO_SETTINGS_MODULE"):
        lab.environment.pop(name)  # a new user has set none
    yield lab
    lab.close()


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

    page.goto(f"http://127.0.0.1:{port}/")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Choose a password of your own")).to_be_visible()
    page.get_by_label("Old password").fill(password)
    for label in ("New password", "New password confirmation"):
        page.get_by_label(label, exact=True).fill("bright grains on carbon")
    page.get_by_role("button", name="Change the password").click()

    page.get_by_role("button", name="Run the tour").click()
    checklist = page.locator("#checklist")
    expect(checklist.locator("li").first).to_be_visible()
    # It asks again and again until every step is done or failed.
    until(lambda: checklist.get_attribute("hx-trigger") is None, seconds=TOUR_S, what=fresh)
    states = checklist.locator(".badge").all_inner_texts()
    assert {state.split()[-1] for state in states} == {"Ready"}, (states, fresh.log())

    # What else the page shows has followed.
    expect(page.locator("#newest")).to_contain_text("Micrographs at hand 4 images")
    expect(page.locator("#newest .badge").filter(has_not_text="Succeeded")).to_have_count(0)

    addresses = [link.get_attribute("href") for link in checklist.get_by_role("link").all()]
    assert len(addresses) >= len(states)
    shoot(page, "make-run-tour")
    for address in addresses:
        answer = page.goto(f"http://127.0.0.1:{port}{address}")
        assert answer is not None and answer.status == 200, address
        page.wait_for_load_state("networkidle")
        assert_it_fits(page)

    # And by hand: a rater takes the study, the owner corrects and accepts a mask.
    here = {
        str(address).split("/")[1]: f"http://127.0.0.1:{port}{address}"
        for address in addresses
        if re.search(r"/(survey|review)/\d+", str(address))
    }
    answered = take_by_keys(chromium, link_of(page, here["survey"]), complaints)
    assert answered == fresh.sql("SELECT count(*) FROM survey_judgement")[0][0]
    correct_and_accept(page, here["review"])

    page.goto("about:blank")
    crew = descendants(make.pid)
    assert any(str(checkout / "manage.py") in command_of(pid) for pid in crew)
    os.killpg(make.pid, signal.SIGINT)  # as a terminal does
    make.wait(timeout=20)
    assert [pid for pid in crew if alive(pid)] == []
    assert "Traceback" not in fresh.log()
