"""What changed since last year, for every gemeente: the bridge between two budgets, and how stable its share is.

found = since_last_year(population, 2020)
print(found.change("GM0014"))
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.errors import VerdeelmodelError
from verdeelmodel.law import budget_rules
from verdeelmodel.scenario.change import change_of
from verdeelmodel.scenario.results import Columns, bridge_table
from verdeelmodel.scenario.years import bridge_years
from verdeelmodel.table import Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from verdeelmodel.model.spec import ModelSpec
    from verdeelmodel.population.population import Population
    from verdeelmodel.scenario.change import BudgetChange
    from verdeelmodel.scenario.running import ScenarioRun

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SinceLastYear:
    """The bridge of all gemeenten from `first` to `year`, and their predicted shares in all years of the population.

    `shares` (years, gemeenten) are those of the model of the bridge. `without` are pools of the macrobudget that count
    as zero because the population has no costs for them.
    """

    first: int
    year: int
    run: ScenarioRun
    years: tuple[int, ...]
    shares: Floats
    without: tuple[str, ...]

    def __str__(self) -> str:
        return str(self.run)

    @cached_property
    def changes(self) -> dict[str, BudgetChange]:
        """The change of every gemeente by code."""
        first, last = (text("scenario.since.computed", year=year) for year in (self.first, self.year))
        found = {code: change_of(self.run, code) for code in self.run.codes}
        return {code: replace(one, start_label=first, end_label=last) for code, one in found.items()}

    def change(self, code: str) -> BudgetChange:
        """The change of this gemeente."""
        return self.changes[code]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Every year with the next."""
        return list(pairwise(self.years))

    @cached_property
    def moves(self) -> Floats:
        """The relative change of each share from year to year, shape (pairs, gemeenten)."""
        before, after = self.shares[:-1], self.shares[1:]
        return np.asarray(np.divide(after, before, out=np.ones_like(after), where=before > 0) - 1)

    @cached_property
    def usual(self) -> Floats:
        """The absolute change of the middle gemeente per pair of years."""
        return np.asarray(np.median(np.abs(self.moves), axis=1))

    def moves_of(self, code: str) -> Floats:
        """The changes of one gemeente, shape (pairs,)."""
        return np.asarray(self.moves[:, self.run.codes.index(code)])

    def stability(self, code: str) -> tuple[float, float]:
        """The mean absolute change of its share from year to year, and that of the middle gemeente."""
        return float(np.abs(self.moves_of(code)).mean()), float(self.usual.mean())

    def tables(self, code: str, budgets: Sequence[tuple[int, float]] = ()) -> list[Table]:
        """From budget to budget, and the stability of the share, of one gemeente.

        `budgets` are the shares in the real macrobudget by year, where they are known.
        """
        change = replace(self.change(code).table(), key="change")
        notes = [text("scenario.since.model", model=self.run.end.setting.model.spec.name), *self.notes]
        return [change.with_notes(*notes), self.stability_table(code, budgets)]

    @property
    def notes(self) -> list[str]:
        """What a reader must know of pools that were left out."""
        return [text("scenario.since.without", pools=", ".join(self.without))] if self.without else []

    def stability_table(self, code: str, budgets: Sequence[tuple[int, float]] = ()) -> Table:
        """A row per pair of years: how the share of this gemeente changed, and that of the middle gemeente."""
        real = dict(budgets)
        unknown = NotApplicable(text("scenario.since.no_budget"))
        c = Columns()
        c.add("years", [f"{a}-{b}" for a, b in self.pairs], "text")
        c.add("share_change", self.moves_of(code), "share", label=text("scenario.since.own"))
        c.add("usual_change", self.usual, "share", label=text("scenario.since.usual"))
        c.add(
            "budget_share_change",
            [real[b] / real[a] - 1 if real.get(a) and b in real else unknown for a, b in self.pairs],
            "share",
            label=text("scenario.since.budget"),
        )
        title = text("scenario.since.stability", name=self.change(code).name)
        behind = [self.change(code).behind or Evidence()] * len(self.pairs)
        return c.table("stability", [text("scenario.since.note")], behind, self.run.synthetic, title)

    def table(self) -> Table:
        """From budget to budget for every gemeente."""
        made = replace(bridge_table(self.run), key="all_changes", synthetic=self.run.synthetic)
        return made.with_notes(*self.notes)


def since_last_year(
    population: Population, year: int, model: str | ModelSpec = "2022", threads: int | None = None
) -> SinceLastYear | NotApplicable:
    """The bridge from the year before to this one, or the reason why there is none.

    Both years use `model`, with weights. A pool of the macrobudget that the population has no costs of counts as zero.
    """
    earlier = [y for y in population.years if y < year]
    if not earlier:
        return NotApplicable(text("scenario.since.first", year=year))
    first = max(earlier)
    try:
        pools = pools_without_costs(population, (first, year))
        run = bridge_years(population, first, year, model=model, pools=pools, threads=threads)
    except VerdeelmodelError as error:
        return NotApplicable(text("scenario.since.not_possible", first=first, year=year, reason=error.summary))
    years = tuple(sorted(population.years))
    shares = np.array([_shares(run, y) for y in years])
    return SinceLastYear(first, year, run, years, shares, tuple(pools))


def pools_without_costs(population: Population, years: Sequence[int]) -> dict[str, float]:
    """The pools of these years whose key the population does not have, each zero."""
    present = set(population.table("gemeenten"))
    keyed = [part for year in years for part in budget_rules(year).keyed]
    return {part.pool: 0.0 for part in keyed if part.column not in present}


def _shares(run: ScenarioRun, year: int) -> Floats:
    setting = replace(run.end.setting, years=(year,))
    amount = run.engine.country(setting, run.engine.model_of(setting)).amount.sum(axis=1)
    return np.asarray(amount / amount.sum())
