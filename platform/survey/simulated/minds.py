"""How simulated raters decide: equal-variance signal detection, "artificial" being the signal."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from statistics import NormalDist

REAL, ARTIFICIAL = "real", "artificial"
_FAIRLY_SURE, _SURE = 0.5, 1.2  # distances from the criterion, in standard deviations


@dataclass(frozen=True, slots=True)
class Known:
    """What whoever starts the raters tells them of an image."""

    truth: str
    asks: bool = False  # an attention item, whose truth is what it asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """One way to rate; `criterion` above 0 leans to "real" (of pairs: to "real" on the left)."""

    name: str
    label: str = ""  # in words, for people
    d_prime: float = 0.0
    criterion: float = 0.0
    constant: bool = False  # one and the same answer, whatever is shown
    reads: bool = True  # does what attention items ask for
    thinking_ms: float = 3000.0  # in the mean; exponential
    least_ms: float = 350.0  # nobody answers faster than they see

    def think_ms(self, rng: random.Random) -> float:
        more = max(0.0, self.thinking_ms - self.least_ms)
        return self.least_ms + (rng.expovariate(1 / more) if more else 0.0)

    def decide(self, left: Known, other: Known | None, rng: random.Random) -> tuple[str, int]:
        """Decision and confidence about an image, or about the left one of a pair."""
        if left.asks and self.reads:
            return left.truth, 3
        if self.constant:
            return REAL, 2
        apart = self.d_prime / math.sqrt(2) if other is not None else self.d_prime / 2
        signal = apart if left.truth == ARTIFICIAL else -apart
        beyond = rng.gauss(signal, 1.0) - self.criterion
        sure = 1 + (abs(beyond) > _FAIRLY_SURE) + (abs(beyond) > _SURE)
        return (ARTIFICIAL if beyond > 0 else REAL), sure


PROFILES = {
    mind.name: mind
    for mind in (
        Mind(name="random", label="Guessing"),
        Mind(name="biased", label="Leaning to “real”", criterion=0.8),
        Mind(name="skilled", label="Skilled", d_prime=1.5),
        Mind(name="constant", label="One answer to everything", constant=True, reads=False),
        Mind(name="fast", label="Too fast", reads=False, thinking_ms=180, least_ms=120),
    )
}


def expected_rates(mind: Mind, *, pairs: bool = False) -> tuple[float, float]:
    """Hit rate and false-alarm rate that such a mind has over many images."""
    if mind.constant:
        return 0.0, 0.0
    apart = mind.d_prime / math.sqrt(2) if pairs else mind.d_prime / 2
    normal = NormalDist()
    return normal.cdf(apart - mind.criterion), normal.cdf(-apart - mind.criterion)
