"""How much hangs on the gemeenten that happen to be in the groups: bootstrap intervals and leaving one out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.compare.least_squares import Estimates, Floats, estimate, estimate_weighted, one_thread
from verdeelmodel.compare.sample import Block, Sample

CHUNK = 500
FEWEST_DRAWS = 0.9


def resampled_counts(groups: NDArray[np.int8], draws: int, seed: int) -> Floats:
    """How often each gemeente is drawn (draws, gemeenten), drawing with replacement within each group."""
    random = np.random.default_rng([seed, len(groups)])
    counts = np.zeros((draws, len(groups)))
    for number in (0, 1, 2):
        members = np.flatnonzero(groups == number)
        chance = np.full(len(members), 1 / len(members))
        counts[:, members] = random.multinomial(len(members), chance, size=draws)
    return counts


def bootstrap_intervals(sample: Sample, draws: int, seed: int, level: float = 0.95) -> Floats:
    """Percentile intervals (2, 3, kenmerken): lower and upper bound of the three tests.

    Each draw standardises anew by the comparison group as drawn, so that its spread counts as uncertain too. NaN for
    kenmerken outside the sample, and where more than a tenth of the draws cannot be computed.
    """
    result = np.full((2, 3, len(sample.standardised.kenmerken)), np.nan)
    tails = [(1 - level) / 2, (1 + level) / 2]
    for block in sample.blocks:
        counts = resampled_counts(block.groups, draws, seed)
        with one_thread():
            drawn = np.concatenate([restandardised(block, counts[i : i + CHUNK]) for i in range(0, draws, CHUNK)])
        usable = np.isfinite(drawn).mean(axis=0) >= FEWEST_DRAWS
        bounds = np.full((2, *usable.shape), np.nan)
        bounds[:, usable] = np.nanquantile(drawn[:, usable], tails, axis=0)
        result[:, :, block.columns] = bounds
    return result


def restandardised(block: Block, counts: Floats) -> Floats:
    """The three tests (draws, 3, kenmerken) with each gemeente counted as often as drawn, standardised anew."""
    compared = counts * (block.groups == 0)
    size = compared.sum(axis=1, keepdims=True)
    mean = compared @ block.Y / size
    variance = (compared @ block.Y**2 - size * mean**2) / (size - 1)
    deviation = np.sqrt(np.where(variance > 1e-12, variance, np.nan))
    return np.asarray(estimate_weighted(counts, block.X, block.Y) / deviation[:, None, :])


@dataclass(frozen=True, eq=False)
class LeftOut:
    """The three tests of the kenmerken of a block when gemeente i is left out: (gemeenten, 3, kenmerken)."""

    block: Block
    estimates: Floats
    p: Floats
    everyone: Estimates


def leave_one_out(block: Block) -> LeftOut:
    """Leave out every gemeente of the block in turn, standardise anew by those that remain, and estimate again.

    NaN where the sample without that gemeente cannot be estimated.
    """
    n = len(block.rows)
    estimates = np.full((n, 3, block.Y.shape[1]), np.nan)
    p = np.full_like(estimates, np.nan)
    for i in range(n):
        stay = np.arange(n) != i
        groups = block.groups[stay]
        if min((groups == g).sum() for g in (0, 1, 2)) == 0 or stay.sum() <= block.X.shape[1]:
            continue
        without = _estimate_without(block, stay)
        estimates[i], p[i] = without.estimate, without.p
    return LeftOut(block, estimates, p, estimate(block.X, block.Y))


def _estimate_without(block: Block, stay: NDArray[np.bool_]) -> Estimates:
    Y = block.Y[stay]
    compared = Y[block.groups[stay] == 0]
    spread = compared.std(axis=0, ddof=1) if len(compared) > 1 else np.full(Y.shape[1], np.nan)
    found = estimate(block.X[stay], Y)
    deviation = np.where(spread > 1e-12, spread, np.nan)
    return Estimates(found.estimate / deviation, found.error / deviation, found.degrees)
