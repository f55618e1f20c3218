import json
import re
from pathlib import Path

import pytest
from django.test import Client

from core.quickstart import places, record
from core.quickstart.record import Record
from core.templatetags import quantities

pytestmark = pytest.mark.usefixtures("home")

POLLS = 'hx-trigger="every 2s"'


def page(client: Client, address: str = "/", **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_health_answers(client: Client) -> None:
    response = client.get("/health")
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


def test_an_empty_installation_says_what_to_do_first(client: Client) -> None:
    assert "SEMBLANCE_DATA=/path/to/folder make run" in page(client)


def test_a_running_quickstart_shows_how_far_it_is_and_polls(client: Client) -> None:
    running = Record(status="running", run="tio2-0123abcd", images="tio2")
    running.take(
        {
            "event": "progress",
            "phase": "simulate",
            "done": 3,
            "total": 24,
            "unit": "scene",
            "seconds_left": 250.0,
        }
    )
    record.save(running, places.record_path())
    for text in (page(client), page(client, "/quickstart/progress", HX_Request="true")):
        assert "3 of 24 scenes, about 4 min left" in text
        assert POLLS in text


def test_the_page_reloads_itself_without_javascript_while_it_runs(client: Client) -> None:
    record.save(Record(status="running"), places.record_path())
    assert '<noscript><meta http-equiv="refresh"' in page(client)


@pytest.mark.django_db  # the end of a streamed response closes connections
def test_a_finished_quickstart_links_its_report_and_stops_polling(
    client: Client, done: Record
) -> None:
    text = page(client)
    address = f"/quickstart/{done.run}/report.html"
    assert address in text
    assert POLLS not in text
    assert "http-equiv" not in text
    assert client.get(address).getvalue() == b"<h1>Report</h1>"


def test_a_finished_quickstart_shows_its_key_figures(
    client: Client, done: Record, run: Path
) -> None:
    metrics = {"evaluate/f1": 0.61234, "segment-predict/particles": 12345.0, "other": 77.7}
    (run / "result.json").write_text(json.dumps({"metrics": metrics}))
    text = page(client)
    assert "0.612" in text
    assert "12,345" in text
    assert "77.7" not in text


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"metrics": 3}', '{"metrics": {"evaluate/f1": "x"}}']
)
def test_a_result_without_figures_does_no_harm(
    client: Client, done: Record, run: Path, text: str
) -> None:
    (run / "result.json").write_text(text)
    assert "Open the report" in page(client)


def test_a_failed_quickstart_says_what_happened_and_what_to_do(client: Client) -> None:
    failed = Record(status="running", run="tio2-0123abcd")
    failed.end("failed", "The disk is full.")
    record.save(failed, places.record_path())
    text = page(client)
    assert "The disk is full." in text
    assert "make run" in text
    assert POLLS not in text


def test_what_a_stage_says_is_escaped(client: Client) -> None:
    said = Record(status="running", images="<b>x</b>")
    said.take({"event": "log", "level": "warning", "message": "<script>alert(1)</script>"})
    record.save(said, places.record_path())
    assert "<script>alert" not in page(client)
    assert "<b>x</b>" not in page(client)


def test_a_fragment_opened_as_a_page_leads_to_the_page(client: Client) -> None:
    response = client.get("/quickstart/progress")
    assert (response.status_code, response["Location"]) == (302, "/")


def test_a_fragment_is_no_page_and_renews_the_log(client: Client, done: Record) -> None:
    text = page(client, "/quickstart/progress", HX_Request="true")
    assert "<html" not in text
    assert 'id="log-lines" class="log-lines" hx-swap-oob="true"' in text


@pytest.mark.parametrize("address", ["/", "/health"])
def test_nothing_is_changed_by_posting(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


def test_pages_allow_scripts_and_styles_of_our_own_only(client: Client) -> None:
    response = client.get("/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy + ";"
    assert re.search(r"style-src 'self'( 'sha256-[^']+')*(;|$)", policy)
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    text = response.content.decode()
    assert "style=" not in text
    assert "hx-on" not in text
    scripts = re.findall(r"<script[^>]*>.*?</script>", text, re.DOTALL)
    assert scripts and all(re.search(r' src="[^"]+"[^>]*></script>$', tag) for tag in scripts)
    assert "htmx-2.min.js" in text


def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_missing_page_leads_back(client: Client) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


# ---- files of a run -----------------------------------------------------------------------------


@pytest.mark.django_db  # the end of a streamed response closes connections
def test_a_report_may_run_no_script(client: Client, run: Path) -> None:
    response = client.get(f"/quickstart/{run.name}/report.html")
    response.close()
    policy = response["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "style-src 'self'" in policy


@pytest.mark.django_db  # the end of a streamed response closes connections
def test_a_file_is_sent_again_only_when_it_changed(client: Client, run: Path) -> None:
    address = f"/quickstart/{run.name}/report.css"
    first = client.get(address)
    first.close()
    assert first["Content-Type"] == "text/css; charset=utf-8"
    headers = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get(address, headers=headers).status_code == 304


@pytest.mark.parametrize(
    "name",
    [
        "weights.safetensors",  # there, but no part of a report
        "missing.png",
        "../record.json",
        "../../secret.json",
        "%2e%2e/record.json",
        "/etc/passwd",
        "..%2f..%2fsecret.json",
        "link.json",
        "a%00b.png",
    ],
)
def test_other_files_are_not_there(client: Client, run: Path, home: Path, name: str) -> None:
    (home / "secret.json").write_text("{}")
    (run.parent / "record.json").write_text("{}")
    (run / "link.json").symlink_to(home / "secret.json")
    assert client.get(f"/quickstart/{run.name}/{name}").status_code == 404
    assert places.public_file(run.name, "report.html") is not None


@pytest.mark.parametrize("run_name", ["..", ".", "", "tio2-0123abcd/.."])
def test_a_run_is_a_folder_right_below_the_quickstarts(run: Path, run_name: str) -> None:
    (run.parent / "report.html").touch()
    (run.parent.parent / "report.html").touch()
    assert places.public_file(run_name, "report.html") is None


# ---- quantities ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.6, "1 min 00 s"), (421, "7 min 01 s"), (3600, "1 h 00 min"), (-1, "0 s")],
)
def test_a_duration_has_the_digits_that_it_deserves(seconds: float, text: str) -> None:
    assert quantities.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(59, "less than a minute"), (312, "about 5 min"), (7300, "about 2 h 02 min")],
)
def test_time_left_is_told_roughly(seconds: float, text: str) -> None:
    assert quantities.roughly(seconds) == text


def test_one_is_singular() -> None:
    assert [quantities.units("scene", n) for n in (0, 1, 2)] == ["scenes", "scene", "scenes"]
