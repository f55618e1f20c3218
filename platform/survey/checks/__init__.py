from survey.checks.expectation import (
    Shape,
    answer_does_not_hold,
    expectation_doubts,
    not_simulated,
)
from survey.checks.opening import Checks, counted, opening_checks
from survey.checks.shortcuts import least_to_audit

__all__ = [
    "Checks",
    "Shape",
    "answer_does_not_hold",
    "counted",
    "expectation_doubts",
    "least_to_audit",
    "not_simulated",
    "opening_checks",
]
