"""The one table of a study's transitions; a closed study does not open again."""

from survey.models import State

ALLOWED: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.OPEN}),
    State.OPEN: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}
