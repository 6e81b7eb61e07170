"""What a candidate would do to the budgets and to the saldi of the groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.compare.groups import OVERSCHOT, TEKORT
from verdeelmodel.law import budget_rules
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Country
    from verdeelmodel.assess.refit import Predicted
    from verdeelmodel.compare.groups import Groups

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

BANDS = (0.01, 0.025, 0.05, 0.10)


@dataclass(frozen=True)
class BudgetEffect:
    """The change of the budgets: euros moved between gemeenten, mean absolute change, gemeenten beyond each band.

    `tekort` and `overschot` are the changes of the mean saldo of those groups, as a fraction of the budget. `changes`
    has the name of every gemeente with the change of its budget as a fraction, largest loss first.
    """

    moved: float
    mean_change: float
    beyond: tuple[int, ...]
    tekort: float | NotApplicable
    overschot: float | NotApplicable
    changes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Yardstick:
    """The budgets of the last year and the groups, against which every candidate is held.

    A gemeente shares in the objective budget by m times its objective amount; its historical part does not move.
    """

    gemeenten: Longs
    budget: Floats
    net: Floats | None
    m: Floats
    objective: Floats
    groups: dict[str, Longs]
    names: tuple[str, ...] = ()

    def effect(self, objective: Floats) -> BudgetEffect | NotApplicable:
        """The effect of other objective amounts (g,), with the same pool for the objective budgets."""
        if not (float(self.m @ self.objective) > 0 and float(self.m @ objective) > 0 and np.isfinite(self.pool)):
            return NotApplicable(text("assess.no_objective_budgets"))
        before, after = (self.m * o / float(self.m @ o) for o in (self.objective, objective))
        change = self.pool * (after - before)
        share = np.divide(change, self.budget, out=np.zeros(len(change)), where=self.budget > 0)
        moved = self.m > 0
        saldo = self._saldo_change(change)
        return BudgetEffect(
            moved=float(np.abs(change).sum() / 2),
            mean_change=float(np.abs(share[moved]).mean()) if moved.any() else 0.0,
            beyond=tuple(int((np.abs(share) > band).sum()) for band in BANDS),
            tekort=saldo[TEKORT],
            overschot=saldo[OVERSCHOT],
            changes=tuple(sorted(zip(self.names, share.tolist(), strict=False), key=lambda one: (one[1], one[0]))),
        )

    @cached_property
    def pool(self) -> float:
        """The objective budgets together: each budget counts for its share m."""
        return float(self.m @ self.budget)

    def _saldo_change(self, change: Floats) -> dict[str, float | NotApplicable]:
        if self.net is None or not self.groups:
            reason = NotApplicable(text("assess.no_groups"))
            return {TEKORT: reason, OVERSCHOT: reason}
        after = self.budget + change
        before_saldo, after_saldo = (self.budget - self.net) / self.budget, (after - self.net) / after
        moved = after_saldo - before_saldo
        return {name: float(moved[np.isin(self.gemeenten, codes)].mean()) for name, codes in self.groups.items()}


def objective_amounts(country: Country, predicted: Predicted, gemeenten: Longs) -> Floats:
    """Objective amount per gemeente (g,) in the last year, in the order of these codes."""
    place = np.searchsorted(gemeenten, country.gemeenten)
    there = (place < len(gemeenten)) & (gemeenten[np.minimum(place, len(gemeenten) - 1)] == country.gemeenten)
    return np.bincount(place[there], predicted.objective[there], len(gemeenten)).astype(np.float64)


def make_yardstick(country: Country, base: Predicted, groups: Groups | None) -> Yardstick:
    """Budgets and groups of the population; a population without budgets is measured with equal budgets per euro."""
    population, last = country.request.population, max(country.request.years)
    table = population.gemeenten(last).sort_values("gemeente")
    gemeenten = table["gemeente"].to_numpy(np.int64)
    objective = objective_amounts(country, base, gemeenten)
    people = table["inhabitants"].to_numpy(float)
    scale = budget_rules(country.request.model.rules_year).scale
    has_budget = "budget" in table and bool(table["budget"].notna().all())
    return Yardstick(
        gemeenten=gemeenten,
        budget=table["budget"].to_numpy(float) if has_budget else objective,
        net=table["net_expenditure"].to_numpy(float) if has_budget and "net_expenditure" in table else None,
        m=np.asarray(scale.m(people), dtype=float),
        objective=objective,
        groups={} if groups is None else {TEKORT: _codes(groups.tekort), OVERSCHOT: _codes(groups.overschot)},
        names=tuple(table["name"].astype(str)) if "name" in table else tuple(f"GM{code:04d}" for code in gemeenten),
    )


def _codes(members: Sequence[str]) -> Longs:
    return np.array([int(code.removeprefix("GM")) for code in members], dtype=np.int64)
