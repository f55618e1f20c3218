"""Simulated raters: they take a study through its addresses, as a browser does.

Nothing here knows Django: a rater is a generator of requests (`walking`), whoever drives it sends
them (`browsing`, or a benchmark). What is true of an image they learn from whoever starts them,
by the SHA-256 of its bytes; the addresses tell it to nobody.
"""

from survey.simulated.minds import PROFILES, Known, Mind, expected_rates
from survey.simulated.walking import Ask, Pause, Reply, Told, rate

__all__ = [
    "PROFILES",
    "Ask",
    "Known",
    "Mind",
    "Pause",
    "Reply",
    "Told",
    "expected_rates",
    "rate",
]
