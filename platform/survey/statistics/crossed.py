"""Linear systems of crossed random effects: H = I + A' W A, with A one entry a row and term.

The block of the last (largest) term is diagonal, for a row has one level of it. It is eliminated
by its Schur complement, so that only a matrix of the size of the other terms is factored: 400 x 400
for two effects of each of 200 raters, however many images they saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from survey.statistics.arrays import Floats, Ints


def tally(places: Ints, values: Floats, count: int) -> Floats:
    """Add up `values` (n,) by place: (count,)."""
    sums: Floats = np.bincount(places, weights=values, minlength=count).astype(np.float64)
    return sums


@dataclass(frozen=True, slots=True)
class Term:
    """Random effects of one grouping: `level` (n,) intp, `covariate` (n,) float64."""

    name: str
    level: Ints
    covariate: Floats
    count: int  # of levels

    def sums(self, rows: Floats) -> Floats:
        """Add up `rows` (n,) within each level: (count,)."""
        return tally(self.level, rows, self.count)


def predict(terms: Sequence[Term], designs: Sequence[Floats], b: Sequence[Floats]) -> Floats:
    """Give A b (n,): the part of the predictor that the random effects make."""
    parts = [a * part[term.level] for term, a, part in zip(terms, designs, b, strict=True)]
    return np.sum(parts, axis=0) if parts else np.zeros(())


@dataclass(frozen=True, slots=True)
class Inverse:
    """Those parts of H^-1 that rows touch: `first` (q, q), `cross` (q, m), `diagonals` a term."""

    first: Floats
    cross: Floats
    diagonals: tuple[Floats, ...]
    starts: tuple[int, ...]

    def leverage(self, terms: Sequence[Term], designs: Sequence[Floats]) -> Floats:
        """Give a_i' H^-1 a_i (n,)."""
        total = designs[-1] ** 2 * self.diagonals[-1][terms[-1].level]
        places = [start + term.level for start, term in zip(self.starts, terms[:-1], strict=True)]
        for number, (row, a) in enumerate(zip(places, designs[:-1], strict=True)):
            total += a**2 * self.diagonals[number][terms[number].level]
            total += 2 * a * designs[-1] * self.cross[row, terms[-1].level]
            for column, other in zip(places[:number], designs[:number], strict=True):
                total += 2 * a * other * self.first[row, column]
        return total


@dataclass(frozen=True, slots=True)
class System:
    """H, factored. `weight` (n,) are the W of the rows."""

    weight: Floats
    factor: tuple[Floats, bool] | None  # of the Schur complement; None where there is one term only
    cross: Floats  # (q, m)
    diagonal: Floats  # (m,) of the last term
    starts: tuple[int, ...]  # of the other terms, in the q

    @classmethod
    def of(cls, terms: Sequence[Term], designs: Sequence[Floats], weight: Floats) -> System:
        *others, last = terms
        starts = tuple(int(n) for n in np.cumsum([0, *(term.count for term in others)]))
        size = starts[-1]
        diagonal = 1 + last.sums(weight * designs[-1] ** 2)
        first, cross = np.eye(size), np.zeros((size, last.count))
        for number, (term, a) in enumerate(zip(others, designs, strict=False)):
            rows = slice(starts[number], starts[number + 1])
            cross[rows] = _block(term, last, weight * a * designs[-1])
            for second in range(number + 1):
                columns = slice(starts[second], starts[second + 1])
                block = _block(term, others[second], weight * a * designs[second])
                first[rows, columns] += block
                if second < number:
                    first[columns, rows] += block.T
        factor = None
        if size:
            factor = cho_factor(first - (cross / diagonal) @ cross.T, lower=True)
        return cls(weight, factor, cross, diagonal, starts[:-1])

    @property
    def log_determinant(self) -> float:
        total = float(np.log(self.diagonal).sum())
        if self.factor is not None:
            total += 2 * float(np.log(np.diag(self.factor[0])).sum())
        return total

    def solve(self, right: Sequence[Floats]) -> list[Floats]:
        """Give H^-1 times `right`, one part (levels,) a term."""
        *others, last = right
        if self.factor is None:
            return [last / self.diagonal]
        top = np.concatenate(others) - self.cross @ (last / self.diagonal)
        found = cho_solve(self.factor, top)
        bottom = (last - self.cross.T @ found) / self.diagonal
        return [*np.split(found, self.starts[1:]), bottom]

    def inverse(self) -> Inverse:
        if self.factor is None:
            return Inverse(np.zeros((0, 0)), self.cross, (1 / self.diagonal,), ())
        first = cho_solve(self.factor, np.eye(len(self.cross)))
        scaled = self.cross / self.diagonal
        product = first @ scaled  # (q, m)
        last = 1 / self.diagonal + np.einsum("qm,qm->m", scaled, product)
        return Inverse(
            first, -product, (*np.split(np.diag(first), self.starts[1:]), last), self.starts
        )


def _block(rows: Term, columns: Term, values: Floats) -> Floats:
    """Add up `values` (n,) by pair of levels: (rows.count, columns.count)."""
    place = rows.level * columns.count + columns.level
    return tally(place, values, rows.count * columns.count).reshape(rows.count, columns.count)
