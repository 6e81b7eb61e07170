"""Least squares for every kenmerk at once: the same numbers as a regression per kenmerk, in one matrix product.

The design of every regression here is: constant, tekort, overschot, controls. Three tests are made of each kenmerk:
the coefficient of tekort, the coefficient of overschot, and their difference (tekort minus overschot). Arrays with a
dimension of length 3 hold them in that order.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TESTS = ("tekort", "overschot", "difference")
FIRST_CONTROL = 3


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates and standard errors (..., 3, kenmerken) and the residual degrees of freedom."""

    estimate: Floats
    error: Floats
    degrees: int

    @property
    def t(self) -> Floats:
        """The t-values (..., 3, kenmerken)."""
        return np.asarray(self.estimate / self.error)

    @property
    def p(self) -> Floats:
        """Two-sided p-values (..., 3, kenmerken) from Student's t."""
        return p_values(self.t, self.degrees)


def one_thread() -> AbstractContextManager[Any]:
    """Keep matrix products on one thread: several threads would add up in another order, and change the last digit."""
    from threadpoolctl import threadpool_limits

    return cast("AbstractContextManager[Any]", threadpool_limits(limits=1, user_api="blas"))


def p_values(t: Floats, degrees: int) -> Floats:
    """Two-sided p-values of t-values."""
    from scipy.stats import t as student

    return np.asarray(2 * student.sf(np.abs(t), degrees))


def design(groups: NDArray[np.int8], controls: Floats) -> Floats:
    """The design (gemeenten, 3 + controls) from group numbers (gemeenten,) and controls (gemeenten, controls)."""
    return np.column_stack([np.ones(len(groups)), groups == 1, groups == 2, controls]).astype(float)


def contrasts(width: int) -> Floats:
    """The three tests as a matrix (3, width) on the coefficients of a design with this many columns."""
    matrix = np.zeros((3, width))
    matrix[0, 1] = matrix[1, 2] = matrix[2, 1] = 1.0
    matrix[2, 2] = -1.0
    return matrix


def full_rank(X: Floats) -> bool:
    """Whether the columns of the design differ enough to be told apart, whatever their units."""
    centred = X[:, 1:] - X[:, 1:].mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    size = np.sqrt((X[:, 1:] ** 2).sum(axis=0))
    if bool((spread <= 1e-10 * np.maximum(size, 1e-300)).any()):
        return False
    return bool(np.linalg.matrix_rank(centred / spread, tol=1e-8) == X.shape[1] - 1)


def unscaled_covariance(X: Floats) -> Floats:
    """The covariance (3, 3) of the three tests for a residual variance of one."""
    R = np.linalg.qr(X)[1]
    half = np.linalg.solve(R.T, contrasts(X.shape[1]).T)
    return np.asarray(half.T @ half)


def estimate(X: Floats, Y: Floats) -> Estimates:
    """The three tests of every column of Y (gemeenten, kenmerken)."""
    Q, R = np.linalg.qr(X)
    C = contrasts(X.shape[1])
    fitted = Q.T @ Y
    degrees = X.shape[0] - X.shape[1]
    residual = Y - Q @ fitted
    variance = (residual**2).sum(axis=0) / degrees
    scale = np.diag(unscaled_covariance(X))
    return Estimates(C @ np.linalg.solve(R, fitted), np.sqrt(np.outer(scale, variance)), degrees)


def estimate_weighted(weights: Floats, X: Floats, Y: Floats) -> Floats:
    """The three tests (draws, 3, kenmerken) when gemeente i counts weights[b, i] times in draw b.

    A draw in which the design cannot be told apart gives NaN in all its tests.
    """
    width = X.shape[1]
    cross = np.einsum("bi,ij,ik->bjk", weights, X, X, optimize=True)
    usable = np.linalg.cond(_scaled(cross)) < 1e12
    right = np.stack([weights @ (X[:, [j]] * Y) for j in range(width)], axis=1)
    result = np.full((len(weights), 3, Y.shape[1]), np.nan)
    result[usable] = contrasts(width) @ np.linalg.solve(cross[usable], right[usable])
    return result


def _scaled(cross: Floats) -> Floats:
    # Units of a control must not decide whether a design counts as singular.
    size = np.sqrt(np.maximum(np.einsum("bjj->bj", cross), 1e-300))
    return np.asarray(cross / size[:, :, None] / size[:, None, :])
