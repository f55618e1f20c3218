import re

import pytest
from django.test import Client

from core.templatetags import quantities

pytestmark = pytest.mark.django_db


def test_health_answers(client: Client) -> None:
    response = client.get("/health")
    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]


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
