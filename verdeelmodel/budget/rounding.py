"""Whole euros that add up exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def largest_remainder(amounts: NDArray[np.float64], total: int, names: Sequence[str]) -> NDArray[np.int64]:
    """Whole euros close to `amounts` whose sum is exactly `total`; each differs less than one euro from its amount.

    The euros that are left after rounding down go to the largest fractions; equal fractions are decided by name, so
    the order of the rows does not matter. `amounts` must add up to `total` apart from rounding noise.
    """
    floors = np.floor(amounts).astype(np.int64)
    left = total - int(floors.sum())
    if left == 0:
        return floors
    if abs(left) > len(amounts):
        raise ValueError(f"amounts differ {left} from the total {total}")
    remainder = amounts - floors
    # Fractions are compared to a ten-thousandth, so that noise of the sums does not decide between equal ones.
    shown = np.round(remainder, 4)
    by_name = np.argsort(np.argsort(np.array(names, dtype=object).astype(str), kind="stable"), kind="stable")
    order = np.lexsort((by_name, -shown if left > 0 else shown))
    floors[order[: abs(left)]] += 1 if left > 0 else -1
    return floors
