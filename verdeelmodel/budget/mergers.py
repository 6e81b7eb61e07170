"""Gemeenten that merge: outcomes are added, in one order or the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.allocation import Allocation, allocate
from verdeelmodel.budget.inputs import CORRECTED, LATE, Amounts, Inputs, counted
from verdeelmodel.errors import DataError, Problem
from verdeelmodel.law.rules import BudgetRules
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Merger:
    """A gemeente, or a share of it, that goes into another."""

    old: str
    new: str
    share: float = 1.0


@dataclass(frozen=True)
class MergedBudgets:
    """Budgets of the new gemeenten in both orders.

    `added_first` adds the outcomes and takes m of the merged inhabitants; `scaled_first` gives every old gemeente its
    own m and adds the budgets. The decree does not say which inhabitants set m; `difference` shows what it matters.
    """

    added_first: Allocation
    scaled_first: NDArray[np.float64]

    def __str__(self) -> str:
        largest = float(np.abs(self.difference).max()) if len(self.scaled_first) else 0.0
        return text("budget.merger_line", euro=largest)

    @property
    def difference(self) -> NDArray[np.float64]:
        """Added first minus scaled first, in unrounded euros."""
        return self.added_first.exact - self.scaled_first

    def to_frame(self) -> pd.DataFrame:
        """One row per new gemeente."""
        import pandas as pd

        return pd.DataFrame(
            {
                "gm_code": list(self.added_first.codes),
                "added_first": self.added_first.exact,
                "scaled_first": self.scaled_first,
                "difference": self.difference,
            }
        )


def fail_if_mergers_do_not_fit(codes: Sequence[str], mergers: Sequence[Merger]) -> None:
    """Refuse mergers of unknown gemeenten and shares of one gemeente that do not add up to one."""
    problems = [Problem(text("budget.merger_unknown", code=m.old)) for m in mergers if m.old not in codes]
    for old in sorted({m.old for m in mergers}):
        total = sum(m.share for m in mergers if m.old == old)
        if abs(total - 1) > 1e-9 or any(m.share < 0 for m in mergers if m.old == old):
            problems.append(Problem(text("budget.merger_shares", code=old, total=total)))
    if problems:
        raise DataError(text("budget.mergers_wrong"), problems)


def merge_matrix(codes: Sequence[str], mergers: Sequence[Merger]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The new codes, sorted, and the matrix (new, old) with the share of each old gemeente in each new one."""
    fail_if_mergers_do_not_fit(codes, mergers)
    moved = {m.old for m in mergers}
    new = tuple(sorted({c for c in codes if c not in moved} | {m.new for m in mergers}))
    place = {code: i for i, code in enumerate(new)}
    matrix = np.zeros((len(new), len(codes)))
    for j, code in enumerate(codes):
        if code not in moved:
            matrix[place[code], j] = 1.0
    for merger in mergers:
        matrix[place[merger.new], list(codes).index(merger.old)] += merger.share
    return new, matrix


def merged_inputs(rules: BudgetRules, inputs: Inputs, mergers: Sequence[Merger]) -> Inputs:
    """The inputs of the new gemeenten: every column added up, boundary changes in proportion.

    Late accounts are corrected per old gemeente, before adding up.
    """
    new, matrix = merge_matrix(inputs.codes, mergers)
    counting = {name: counted(rules, inputs, name) for name in CORRECTED if name in inputs.columns}
    columns = {**inputs.without(*LATE).columns, **counting}
    return Inputs(new, {name: matrix @ values for name, values in columns.items()})


def merged_budgets(rules: BudgetRules, inputs: Inputs, mergers: Sequence[Merger], amounts: Amounts) -> MergedBudgets:
    """The budgets after a merger, in both orders, with the same macrobudget."""
    new, matrix = merge_matrix(inputs.codes, mergers)
    before = allocate(rules, inputs, amounts)
    after = allocate(rules, merged_inputs(rules, inputs, mergers), amounts)
    if after.codes != new:
        raise ValueError("the merged gemeenten differ")
    return MergedBudgets(after, matrix @ before.exact)
