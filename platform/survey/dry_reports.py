"""What a dry run showed: everybody finished, nothing lost or doubled, and the figures come out."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

from survey.models import Answer, DryRun, Judgement, Presentation, Session
from survey.protocol import PAIRS, Settings
from survey.simulated import PROFILES, Told, expected_rates
from survey.statistics import sdt

# So many standard errors from what the profile should give is no accident (3 in 1,000).
_FAR = 3.0


def report_of(
    *,
    dry_run: DryRun,
    told: Sequence[Told],
    times_ms: Mapping[str, Sequence[float]],
    seconds: float,
) -> dict[str, Any]:
    kept = Counter(
        str(client_id)
        for client_id in Judgement.objects.filter(
            presentation__session__dry_run=dry_run
        ).values_list("client_id", flat=True)
    )
    confirmed = Counter(client_id for one in told for client_id in one.confirmed)
    counted = sum(
        dry_run.sessions.values_list("answered", flat=True)  # what the sessions' counters say
    )
    finished = dry_run.sessions.filter(state=Session.State.FINISHED).count()
    found: dict[str, Any] = {
        "raters": len(told),
        "finished": min(finished, sum(one.finished for one in told)),
        "sent": confirmed.total(),
        "kept": kept.total(),
        "lost": (confirmed - kept).total(),
        "doubled": (kept - confirmed).total() + abs(counted - kept.total()),
        "refused": sum(one.refused for one in told),
        "retries": sum(one.retries for one in told),
        "seconds": round(seconds, 1),
        "times": [_times(what, times_ms.get(what, ())) for what in ("page", "image", "answer")],
        "profiles": [_profile(dry_run, name) for name in dry_run.plan["raters"]],
    }
    found["problems"] = list(_problems(found, told))
    return found


def _problems(found: dict[str, Any], told: Sequence[Told]) -> Iterable[str]:
    missing = found["raters"] - found["finished"]
    if missing:
        yield f"{missing} of {found['raters']} simulated raters did not finish."
    if found["lost"]:
        yield f"{found['lost']} answers that were confirmed are not there."
    if found["doubled"]:
        yield f"{found['doubled']} answers are there more often than they were given."
    yield from sorted({one.problem for one in told if one.problem})[:3]


def _times(what: str, values: Sequence[float]) -> dict[str, Any]:
    if len(values) < 2:
        return {"what": what, "count": len(values)}
    parts = statistics.quantiles(values, n=20)
    return {
        "what": what,
        "count": len(values),
        "median_ms": round(statistics.median(values), 1),
        "p95_ms": round(parts[-1], 1),
    }


def _profile(dry_run: DryRun, name: str) -> dict[str, Any]:
    judged = Judgement.objects.filter(
        presentation__session__dry_run=dry_run,
        presentation__session__simulated_as=name,
        presentation__kind=Presentation.Kind.MAIN,
    ).values_list("presentation__stimulus__truth", "decision")
    counts = sdt.count(
        (truth == Answer.ARTIFICIAL, said == Answer.ARTIFICIAL) for truth, said in judged
    )
    mind = PROFILES[name]
    found: dict[str, Any] = {
        "name": name,
        "label": mind.label,
        "answers": counts.total,
        "as_expected": None,
    }
    d_prime, criterion = sdt.d_prime(counts), sdt.criterion(counts)
    if mind.constant:  # "real" to everything: there is no criterion that says so
        found["as_expected"] = counts.hits + counts.false_alarms == 0
    elif isinstance(d_prime, float) and isinstance(criterion, float):
        pairs = Settings.of(dry_run.study).task == PAIRS
        scale = math.sqrt(2) if pairs else 1.0
        error = _error(*expected_rates(mind, pairs=pairs), counts)
        d_prime, error = d_prime / scale, error / scale
        off = max(abs(d_prime - mind.d_prime) / error, abs(criterion - mind.criterion) / error * 2)
        found |= {
            "d_prime": round(d_prime, 2),
            "d_prime_expected": mind.d_prime,
            "d_prime_error": round(error, 2),
            "criterion": round(criterion, 2),
            "criterion_expected": mind.criterion,
            "as_expected": off < _FAR,
        }
    return found


def _error(hits: float, alarms: float, counts: sdt.Counts) -> float:
    """Standard error of d-prime where these rates are true (delta method); half of it is c's."""
    normal = NormalDist()
    return math.sqrt(
        sum(
            rate * (1 - rate) / (count * normal.pdf(normal.inv_cdf(rate)) ** 2)
            for rate, count in ((hits, counts.artificial), (alarms, counts.real))
        )
    )
