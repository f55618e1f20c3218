"""Logs tell neither the keys of links nor network addresses (threat 18)."""

import io
import logging

import pytest

from core.discreet import DiscreetFormatter, discreet


@pytest.mark.parametrize(
    "part", ["survey/join", "survey/resume", "survey/simulated", "accounts/invitation"]
)
def test_threat_18_the_key_of_a_link_is_left_out_of_a_line(part: str) -> None:
    assert discreet(f"Not Found: /{part}/s3cr3t-k3y") == f"Not Found: /{part}/(left out)"


def test_threat_18_a_network_address_is_left_out_of_a_line() -> None:
    said = discreet("Invalid request from ip=203.0.113.77: Invalid HTTP method")
    assert said == "Invalid request from ip=(left out): Invalid HTTP method"
    assert "2001" not in discreet("Invalid request from ip=2001:db8::7: odd")


def test_threat_18_a_traceback_is_discreet_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter())
    logger = logging.getLogger("discreet")
    logger.addHandler(handler)
    try:
        raise ValueError("/survey/resume/s3cr3t")
    except ValueError:
        logger.exception("It failed")
    finally:
        logger.removeHandler(handler)
    assert "s3cr3t" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_what_is_no_key_stays_in_the_line() -> None:
    assert discreet("Not Found: /survey/7/results") == "Not Found: /survey/7/results"
