from survey.checks.expectation import (
    Shape,
    answer_does_not_hold,
    expectation_doubts,
    is_of_pairs,
)
from survey.checks.opening import Checks, counted, opening_checks
from survey.checks.shortcuts import least_to_audit

__all__ = [
    "Checks",
    "Shape",
    "answer_does_not_hold",
    "counted",
    "expectation_doubts",
    "is_of_pairs",
    "least_to_audit",
    "opening_checks",
]
