"""A dry run against a server of its own: processes, a database in a file, HTTP and nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.survey.server import Server, new_server
from tests.homes import ROOT

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def server(migrated_home: Path, tmp_path: Path) -> Iterator[Server]:
    server = new_server(migrated_home, tmp_path / "home")
    yield server
    server.close()


def test_simulated_raters_take_a_draft_and_nothing_is_lost_or_doubled(server: Server) -> None:
    made = server.make(real=6, artificial=6, open=False)
    command = [sys.executable, "manage.py", "survey_dry_run", str(made["pk"])]
    command += ["--raters", "6", "--pace", "0.01", "--seed", "3", "--address", server.url]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "6 of 6 raters finished" in done.stdout
    ((state, report),) = server.ask("SELECT state, report FROM survey_dryrun")
    found = json.loads(report)
    assert (state, found["sent"], found["kept"]) == ("done", 72, 72)
    assert (found["lost"], found["doubled"], found["problems"]) == (0, 0, [])
    assert [one["answers"] for one in found["profiles"]] == [24] * 3
    assert {type(one["d_prime"]) for one in found["profiles"]} == {float}
    kinds = server.ask("SELECT kind, simulated_as, count(*) FROM survey_session GROUP BY 1, 2")
    assert kinds == [("simulated", name, 2) for name in ("biased", "random", "skilled")]
