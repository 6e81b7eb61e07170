"""Permutation p-values after Freedman and Lane, for every kenmerk of a block in a few matrix products.

For each of the three tests the residuals of the model without that test are shuffled over the gemeenten, and the
t-value is computed anew. What a shuffle adds to the fit needs only the projection of the shuffled residuals on the
design, so 9,999 shuffles of 120 kenmerken are one product of a tall and a narrow matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space

from verdeelmodel.compare.least_squares import Floats, contrasts
from verdeelmodel.compare.sample import Block, Sample

CHUNK = 2_000
# Shuffles that equal the observed value up to rounding count as at least as extreme.
TOLERANCE = 1e-9


def permutation_p(sample: Sample, draws: int, seed: int) -> Floats:
    """Permutation p-values (3, kenmerken); NaN for kenmerken that are not in the sample.

    The same seed gives the same shuffles, whatever the other kenmerken in the table are.
    """
    result = np.full((3, len(sample.standardised.kenmerken)), np.nan)
    orders = {n: shuffles(n, draws, seed) for n in {len(block.rows) for block in sample.blocks}}
    for block in sample.blocks:
        result[:, block.columns] = block_p(block, orders[len(block.rows)])
    return result


def shuffles(n: int, draws: int, seed: int) -> NDArray[np.intp]:
    """The shuffles (draws, n) of n gemeenten for this seed."""
    return np.argsort(np.random.default_rng([seed, n]).random((draws, n)), axis=1)


def block_p(block: Block, orders: NDArray[np.intp]) -> Floats:
    """Permutation p-values (3, kenmerken of the block) for these shuffles (draws, gemeenten)."""
    result = np.empty((3, block.Y.shape[1]))
    for test in range(3):
        direction, nuisance = _basis(block.X, test)
        residual = block.Y - nuisance @ (nuisance.T @ block.Y)
        result[test] = _exceeding(direction, nuisance[:, 1:], residual, orders)
    return result


def _basis(X: Floats, test: int) -> tuple[Floats, Floats]:
    """The unit direction (n,) that a test looks along, and an orthonormal basis of the design without it.

    The first column of the basis is the constant: shuffled residuals have no part in it.
    """
    contrast = contrasts(X.shape[1])[test]
    Q, R = np.linalg.qr(X)
    direction = Q @ np.linalg.solve(R.T, contrast)
    # Coefficients orthogonal to the contrast span the restricted model, in which the difference tested is zero.
    restricted = X[:, 1:] @ null_space(contrast[None, 1:])
    others, _ = np.linalg.qr(restricted - restricted.mean(axis=0))
    constant = np.full((len(X), 1), 1 / np.sqrt(len(X)))
    return direction / np.linalg.norm(direction), np.hstack([constant, others])


def _exceeding(direction: Floats, others: Floats, residual: Floats, orders: NDArray[np.intp]) -> Floats:
    size = (residual**2).sum(axis=0)
    basis = np.column_stack([direction, others])
    limit = _strength(basis.T @ residual, size) * (1 - TOLERANCE)
    count = np.ones(residual.shape[1])
    for start in range(0, len(orders), CHUNK):
        part = orders[start : start + CHUNK]
        # Shuffling the basis instead of the residuals keeps the kenmerken in one product.
        shuffled = basis[part].transpose(0, 2, 1).reshape(-1, len(direction)) @ residual
        strength = _strength(shuffled.reshape(len(part), basis.shape[1], -1).transpose(1, 0, 2), size)
        count += (strength >= limit).sum(axis=0)
    return np.asarray(count / (len(orders) + 1))


def _strength(projected: Floats, size: Floats) -> Floats:
    """The squared t-value up to a constant: explained by the test over what remains unexplained."""
    explained = projected[0] ** 2
    unexplained = size - (projected**2).sum(axis=0)
    return np.asarray(explained / np.maximum(unexplained, 1e-15 * size))
