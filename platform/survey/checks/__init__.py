from survey.checks.opening import Checks, counted, opening_checks

__all__ = ["Checks", "counted", "opening_checks"]
