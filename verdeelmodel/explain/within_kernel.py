"""The loop over households behind `within`, compiled; one block of one thread at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.model.compiling import compiled

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@compiled
def add_households(
    predictor: Floats,
    weight: Singles,
    actual: Singles,
    place: NDArray[np.int32],
    terms: Singles,
    first: int,
    chosen: NDArray[np.int64],
    estimate: Floats,
    constants: Floats,
    sums: Floats,
) -> None:
    """Add the households of a block to the sums of their gemeenten, shape (gemeenten, 5 + 2 k + k²).

    A row: expected, variance, missing, slope, likelihood; the terms times missing, and times slope; and the lower half
    of the terms times each other and slope.
    """
    k = len(chosen)
    x = np.empty(k)
    for i in range(len(predictor)):
        eta = predictor[i] + constants[place[i]]
        for j in range(k):
            x[j] = terms[i, chosen[j]]
            eta += estimate[j] * x[j]
        odds = np.exp(-abs(eta))
        p = (1.0 if eta > 0 else odds) / (1.0 + odds)
        w = np.float64(weight[i])
        slope, missing = w * odds / (1.0 + odds) ** 2, w * (actual[i] - p)
        row = sums[place[i] - first]
        row[0] += w * p
        row[1] += w * slope
        row[2] += missing
        row[3] += slope
        row[4] += w * (actual[i] * eta - max(eta, 0.0) - np.log1p(odds))
        for j in range(k):
            if x[j] != 0.0:
                row[5 + j] += missing * x[j]
                row[5 + k + j] += slope * x[j]
                for other in range(j + 1):
                    row[5 + 2 * k + j * k + other] += slope * x[j] * x[other]
