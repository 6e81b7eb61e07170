"""Which kenmerken account for the gap in saldo between the groups: Gelbach's decomposition, free of order.

The gap without kenmerken minus the gap with all of them is the sum of one part per kenmerk: how much the kenmerk
differs between the groups, times how saldo hangs together with it when all others are held equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.groups import KenmerkLabel
from verdeelmodel.compare.least_squares import FIRST_CONTROL, TESTS, Floats, contrasts, design, full_rank, one_thread
from verdeelmodel.compare.resampling import resampled_counts
from verdeelmodel.compare.sample import Standardised
from verdeelmodel.table import Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text

CLOSURE = 1e-9


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Gaps in saldo (3,) and their parts (kenmerken + 1, 3), the last part being what no kenmerk accounts for.

    The gaps are tekort and overschot against the comparison group, and tekort against overschot. `low` and `high`
    bound the parts at 95%. The parts add up to the gaps, or the object refuses to exist.
    """

    kenmerken: tuple[KenmerkLabel, ...]
    gemeenten: int
    gaps: Floats
    parts: Floats
    low: Floats
    high: Floats
    draws: int
    synthetic: bool = False

    def __post_init__(self) -> None:
        """Refuse parts that do not add up."""
        off = np.abs(self.parts.sum(axis=0) - self.gaps).max()
        if not off <= CLOSURE * max(1.0, float(np.abs(self.gaps).max())):
            raise ValueError(f"the parts of the gap in saldo differ from the gap by {off}")

    def __str__(self) -> str:
        shares = 1 - self.parts[-1] / self.gaps
        return ", ".join(f"{name}: {share:.0%}" for name, share in zip(TESTS, shares, strict=True))


def decompose(
    standardised: Standardised, saldo: Floats, keys: Sequence[str], draws: int, seed: int
) -> Decomposition | str:
    """Gelbach's decomposition of the gaps in saldo (gemeenten,) over these kenmerken, or the reason why not."""
    columns = [standardised.table.keys.index(key) for key in keys if key not in standardised.reasons]
    known: NDArray[np.bool_] = np.isfinite(standardised.values[:, columns]).all(axis=1) & np.isfinite(saldo)
    groups, Z, y = standardised.groups[known], standardised.values[known][:, columns], saldo[known]
    if not columns:
        return text("compare.reason.no_kenmerken")
    if min(int((groups == g).sum()) for g in (0, 1, 2)) < 2 or len(y) <= 2 * (len(columns) + 3):
        return text("compare.reason.too_many_kenmerken", kenmerken=len(columns), gemeenten=len(y))
    if not full_rank(design(groups, Z)):
        return text("compare.reason.kenmerken_collinear")
    once = np.ones((1, len(y)))
    with one_thread():
        gaps, parts = weighted_parts(once, groups, Z, y)
        drawn = weighted_parts(resampled_counts(groups, draws, seed), groups, Z, y)[1]
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    kenmerken = tuple(standardised.kenmerken[j] for j in columns)
    return Decomposition(kenmerken, len(y), gaps[0], parts[0], low, high, draws, standardised.table.synthetic)


def weighted_parts(counts: Floats, groups: NDArray[np.int8], Z: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Gaps (draws, 3) and parts (draws, kenmerken + 1, 3) with gemeente i counted counts[b, i] times."""
    base = design(groups, np.empty((len(y), 0)))
    full = np.column_stack([base, Z])
    C = contrasts(3)
    on_base = _solve(counts, base, np.column_stack([y, Z]))
    on_full = _solve(counts, full, y[:, None])[:, :, 0]
    gaps = on_base[:, :, 0] @ C.T
    # (draws, kenmerken, 3): how a kenmerk differs between the groups, times its coefficient in the full model.
    differs = np.einsum("tj,bjk->bkt", C, on_base[:, :, 1:])
    parts = differs * on_full[:, 3:, None]
    remaining = on_full[:, :3] @ C.T
    return gaps, np.concatenate([parts, remaining[:, None, :]], axis=1)


def _solve(counts: Floats, X: Floats, Y: Floats) -> Floats:
    cross = np.einsum("bi,ij,ik->bjk", counts, X, X, optimize=True)
    right = np.einsum("bi,ij,ik->bjk", counts, X, Y, optimize=True)
    usable = np.linalg.cond(cross) < 1e12
    result = np.full(right.shape, np.nan)
    result[usable] = np.linalg.solve(cross[usable], right[usable])
    return result


def decomposition_table(found: Decomposition) -> Table:
    """Per kenmerk its part of each gap in saldo, with intervals; the rows add up to the gap in the last row."""
    labels = [k.label for k in found.kenmerken]
    keys = [k.key for k in found.kenmerken]
    values: dict[str, list[Cell]] = {
        "kenmerk": [*keys, "", ""],
        "label": [*labels, text("compare.decomposition.remaining"), text("compare.decomposition.gap")],
    }
    given = NotApplicable(text("compare.decomposition.given"))
    for t, name in enumerate(TESTS):
        values[name] = [*(float(v) for v in found.parts[:, t]), float(found.gaps[t])]
        for side, bounds in (("low", found.low), ("high", found.high)):
            values[f"{name}_{side}"] = [*(float(v) for v in bounds[:, t]), given]
    kinds = {"kenmerk": "code", "label": "text"}
    columns = tuple(
        Column(k, text(f"compare.decomposition.column.{k}"), kinds.get(k, "percentage_points"))  # type: ignore[arg-type]
        for k in values
    )
    note = text("compare.decomposition.note", gemeenten=found.gemeenten, draws=found.draws)
    notes = (note, text("compare.note.not_causal"))
    table = Table("decomposition", text("compare.decomposition.title"), columns, values, found.synthetic, notes)
    free = found.gemeenten - FIRST_CONTROL - len(found.kenmerken)
    return with_degrees(table, [free] * len(table))
