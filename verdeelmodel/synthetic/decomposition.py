"""Which part of the planted saldo of a municipality is omitted kenmerken, policy or chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.frame import TREND, YEARS, Frame, frame
from verdeelmodel.synthetic.saldi import luck, planted_saldi

PARTS = ("saldo_weglating", "saldo_beleid", "saldo_toeval", "saldo_overig")


def truth_of_gemeenten(rows: Sequence[Mapping[str, Any]]) -> Frame:
    """A row per municipality and year with the planted saldo and its parts, which add up to it exactly.

    Expenditure over budget is a product: what the official model omits, what the municipality does, chance, and what is
    left (price, and households drawn differently than the calibration expects). The parts of the saldo share it out in
    proportion to their logarithms.
    """
    import pandas as pd

    table = pd.DataFrame(rows).sort_values(["year", "gemeente"], ignore_index=True)
    place = {int(g): i for i, g in enumerate(frame().index)}
    at = np.array([place[g] for g in table.gemeente]), np.array([YEARS.index(y) for y in table.year])
    saldo, chance = planted_saldi()[at], luck()[at]
    trend = np.log(np.asarray(TREND))[at[1]]
    logs = {
        "saldo_weglating": log_ratio(table.expected_omitted, table.expected_official),
        "saldo_beleid": log_ratio(table.expected_policy, table.expected_omitted) - chance - trend,
        "saldo_toeval": chance,
    }
    whole = np.log1p(-saldo)
    logs["saldo_overig"] = whole - sum(logs.values())
    per_log = np.divide(saldo, whole, out=np.full(len(whole), -1.0), where=np.abs(whole) > 1e-12)
    parts = {name: per_log * value for name, value in logs.items()}
    return table.assign(saldo=saldo, **parts)


def log_ratio(top: Any, bottom: Any) -> NDArray[np.float64]:
    """The logarithm of a ratio of expected numbers, shape of both; zero where there is nobody."""
    above, below = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    there = (above > 0) & (below > 0)
    return np.log(np.where(there, above, 1.0) / np.where(there, below, 1.0))
