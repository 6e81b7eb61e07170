"""From inputs to budgets in whole euros that add up to the macrobudget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.inputs import (
    LATE,
    Amounts,
    Inputs,
    complete_amounts,
    fail_if_amounts_are_impossible,
    fail_if_columns_are_missing,
    fail_if_late_rule_unknown,
    fail_if_rules_are_open,
    fail_if_values_are_impossible,
)
from verdeelmodel.budget.regimes import Parts, base_regime, compartments_regime, parts_regime
from verdeelmodel.budget.rounding import largest_remainder
from verdeelmodel.law.rules import BudgetRules, Family
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
REGIMES: Mapping[Family, Callable[[BudgetRules, Inputs, Amounts], Parts]] = {
    "delen": parts_regime,
    "grondslag": base_regime,
    "compartimenten": compartments_regime,
}
# Parts add up to the macrobudget within this share of it, before rounding to whole euros.
CLOSURE = 1e-9


@dataclass(frozen=True)
class Allocation:
    """The budgets of one year: `parts` in unrounded euros, `budget` in whole euros with the macrobudget as exact sum.

    Refuses to exist when the budgets do not add up to the macrobudget or one differs a euro or more from its parts.
    """

    rules: BudgetRules
    amounts: Amounts
    codes: tuple[str, ...]
    m: Floats
    parts: Mapping[str, Floats]
    objective_pool: float
    budget: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Check closure."""
        if int(self.budget.sum()) != self.amounts.macrobudget:
            raise ValueError("budgets do not add up to the macrobudget")
        if len(self.budget) and float(np.abs(self.budget - self.exact).max()) >= 1:
            raise ValueError("a budget differs a euro or more from its parts")

    def __str__(self) -> str:
        return text("budget.allocated", count=len(self.codes), year=self.rules.year, euro=self.amounts.macrobudget)

    @property
    def exact(self) -> Floats:
        """The grant of each gemeente in unrounded euros, shape (n,)."""
        return np.asarray(np.sum(list(self.parts.values()), axis=0), dtype=np.float64)

    @property
    def share(self) -> Floats:
        """The share of each gemeente in the macrobudget, shape (n,)."""
        return self.exact / self.amounts.macrobudget

    def to_frame(self) -> pd.DataFrame:
        """One row per gemeente: m, the parts, the share and the budget."""
        import pandas as pd

        columns = {"gm_code": list(self.codes), "m": self.m, **self.parts, "share": self.share, "budget": self.budget}
        return pd.DataFrame(columns)


def allocate(rules: BudgetRules, inputs: Inputs, amounts: Amounts) -> Allocation:
    """The budgets under these rules; every precondition is checked first and nothing is guessed.

    UnknownRuleError when an open question of the year matters, RequestError for impossible amounts, DataError for
    missing columns or impossible values.
    """
    complete = complete_amounts(rules, amounts)
    fail_if_rules_are_open(rules, complete)
    fail_if_amounts_are_impossible(rules, complete)
    fail_if_columns_are_missing(rules, inputs, complete)
    fail_if_values_are_impossible(inputs)
    fail_if_late_rule_unknown(rules, inputs)
    found = REGIMES[rules.family](rules, inputs, complete)
    exact = np.asarray(np.sum(list(found.parts.values()), axis=0), dtype=np.float64)
    if abs(float(exact.sum()) - complete.macrobudget) > CLOSURE * complete.macrobudget + CLOSURE:
        raise ValueError("the parts do not add up to the macrobudget")
    budget = largest_remainder(exact, complete.macrobudget, inputs.codes)
    return Allocation(rules, complete, inputs.codes, found.m, found.parts, found.objective_pool, budget)


def without_late_data(inputs: Inputs) -> Inputs:
    """The inputs as if every account had come in time; the safety net is judged against this budget."""
    return inputs.without(*LATE)
