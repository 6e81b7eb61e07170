"""How long 120 kenmerken with 9,999 permutations each take, without and with control, beside a loop over statsmodels.

Run: python -m benchmarks.compare
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import statsmodels.api as sm

from verdeelmodel.compare.groups import Groups, gemeente_table
from verdeelmodel.compare.permutation import permutation_p
from verdeelmodel.compare.regressions import regress
from verdeelmodel.compare.resampling import bootstrap_intervals
from verdeelmodel.compare.sample import Sample, sample, standardise

KENMERKEN, PERMUTATIONS, DRAWS, LIMIT = 120, 9_999, 1_999, 5.0
LOOPED = 200


def samples(missing: float) -> tuple[Sample, Sample]:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(60, KENMERKEN)) + rng.normal(size=(60, 1))
    values[:, :-1][rng.random((60, KENMERKEN - 1)) < missing] = np.nan
    codes = [f"GM{i:04d}" for i in range(1, 61)]
    keys = [*(f"k{i}" for i in range(KENMERKEN - 1)), "control"]
    table = gemeente_table(pd.DataFrame(values, index=codes, columns=keys))
    groups = Groups(tuple(codes[:15]), tuple(codes[15:30]), tuple(codes[30:]))
    standardised = standardise(table, groups)
    return sample(standardised), sample(standardised, ("control",))


def timed(label: str, action) -> float:
    start = time.perf_counter()
    action()
    seconds = time.perf_counter() - start
    print(f"{label:<72} {seconds:8.2f} s")
    return seconds


def loop(chosen: Sample, fits: int) -> None:
    """Freedman and Lane for the first test of one kenmerk, the usual way: an OLS fit per shuffle."""
    block = chosen.blocks[0]
    restricted = np.delete(block.X, 1, axis=1)
    y = block.Y[:, 0]
    fit = sm.OLS(y, restricted).fit()
    rng = np.random.default_rng(1)
    for _ in range(fits):
        _ = sm.OLS(fit.fittedvalues + rng.permutation(fit.resid), block.X).fit().tvalues[1]


def main() -> None:
    both = samples(missing=0.0)
    regress(both[0])
    total = timed("statsmodels regressions, HC1-HC3, p of any, q: 2 x 120", lambda: [regress(s) for s in both])
    total += timed(
        f"{PERMUTATIONS:,} permutations of three tests: 2 x 120",
        lambda: [permutation_p(s, PERMUTATIONS, 1) for s in both],
    )
    print(f"{'together':<72} {total:8.2f} s  (wanted: under {LIMIT:.0f} s)")
    timed(f"{DRAWS:,} bootstrap draws: 2 x 120", lambda: [bootstrap_intervals(s, DRAWS, 1) for s in both])
    scattered = samples(missing=0.02)
    timed(
        f"permutations with values missing here and there ({len(scattered[0].blocks)} patterns)",
        lambda: [permutation_p(s, PERMUTATIONS, 1) for s in scattered],
    )
    part = timed(f"loop over statsmodels: {LOOPED} of the fits", lambda: loop(both[1], LOOPED))
    whole = part / LOOPED * PERMUTATIONS * 3 * KENMERKEN * 2
    print(
        f"{'loop over statsmodels: everything, extrapolated':<72} {whole:8.0f} s  ({whole / total:,.0f} times as long)"
    )


if __name__ == "__main__":
    main()
