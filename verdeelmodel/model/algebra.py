"""Small dense algebra in a fixed order of operations: no BLAS, so no dependence on its threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: A column is dependent when less than this share of its (weighted) square is left after the columns before it.
DEPENDENCE_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Dependence:
    """Column `column` is, up to rounding, the combination `coefficients` of the columns `others` before it."""

    column: int
    others: tuple[int, ...]
    coefficients: tuple[float, ...]


@dataclass(frozen=True)
class Inverse:
    """The inverse of a symmetric positive matrix; rows and columns of dependent columns are zero in it."""

    matrix: Floats
    dependences: tuple[Dependence, ...]
    log_determinant: float

    @property
    def complete(self) -> bool:
        """Whether no column depends on the columns before it."""
        return not self.dependences


def invert(matrix: Floats, tolerance: float = DEPENDENCE_TOLERANCE) -> Inverse:
    """Inverse of a symmetric positive (p, p) matrix by sweeping its columns in order.

    The matrix is scaled to a unit diagonal first, so that units of measurement do not matter. A column of which
    nothing is left is not swept, and reported with its combination of earlier columns.
    """
    scale = np.sqrt(np.where(np.diag(matrix) > 0, np.diag(matrix), 1.0))
    work = matrix / np.multiply.outer(scale, scale)
    swept: list[int] = []
    dependences: list[Dependence] = []
    log_determinant = 2.0 * float(np.log(scale).sum())
    for k in range(len(work)):
        pivot = work[k, k]
        if not pivot > tolerance:
            dependences.append(_dependence(work, k, swept, scale))
            continue
        column = work[:, k].copy()
        work -= np.multiply.outer(column, column) / pivot
        work[k, :] = work[:, k] = column / pivot
        work[k, k] = -1.0 / pivot
        swept.append(k)
        log_determinant += float(np.log(pivot))
    out = np.zeros_like(work)
    kept = np.ix_(swept, swept)
    out[kept] = -work[kept] / np.multiply.outer(scale[swept], scale[swept])
    return Inverse(out, tuple(dependences), log_determinant)


def _dependence(work: Floats, k: int, swept: list[int], scale: Floats) -> Dependence:
    coefficients = work[swept, k] * scale[k] / scale[swept]
    relevant = [i for i, c in enumerate(coefficients) if abs(c) * scale[swept[i]] > 1e-6 * scale[k]]
    return Dependence(k, tuple(swept[i] for i in relevant), tuple(float(coefficients[i]) for i in relevant))


def product(matrix: Floats, vector: Floats) -> Floats:
    """Matrix (r, c) times vector (c), each row summed in the same order whatever the machine's threads."""
    return np.asarray(np.einsum("rc,c->r", matrix, vector), dtype=np.float64)


def quadratic(left: Floats, middle: Floats) -> Floats:
    """Left (r, p) · middle (p, p) · left', without BLAS."""
    half = np.einsum("rp,pq->rq", left, middle)
    return np.asarray(np.einsum("rq,sq->rs", half, left), dtype=np.float64)


def ordered_sum(parts: Iterable[Floats]) -> Floats:
    """Sum of equally shaped arrays, added one after the other."""
    iterator = iter(parts)
    total = next(iterator).copy()
    for part in iterator:
        total += part
    return total
