from survey.checks.expectation import Shape, expectation_doubts, not_simulated, other_part
from survey.checks.opening import Checks, counted, opening_checks

__all__ = [
    "Checks",
    "Shape",
    "counted",
    "expectation_doubts",
    "not_simulated",
    "opening_checks",
    "other_part",
]
