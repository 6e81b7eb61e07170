"""How stable shares are over the years: the mean absolute change of a share from one year to the next.

For the share in the budgets this is the figure that the ministry publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.scenario.outcome import Outcome, outcome
from verdeelmodel.scenario.results import Columns, behind_country
from verdeelmodel.scenario.running import ScenarioRun
from verdeelmodel.table import NotApplicable, Table
from verdeelmodel.wording import text

Floats = NDArray[np.float64]
MEASURES = ("budget_base", "budget_scenario", "objective_base", "objective_scenario")


@dataclass(frozen=True)
class Stability:
    """Per pair of years the mean over gemeenten of the absolute change of a share, for each of MEASURES.

    Budgets of every year are those of its own households and figures, by the rules and weights of base or scenario.
    """

    years: tuple[tuple[int, int], ...]
    changes: Mapping[str, tuple[float, ...]]

    def __str__(self) -> str:
        means: dict[str, Any] = {name: float(np.mean(self.changes[name])) for name in MEASURES}
        return text("scenario.stability_line", **means)


def stability(run: ScenarioRun) -> Stability | NotApplicable:
    """The index of base and scenario over all years of the population; each model keeps its weights."""
    years = sorted(run.engine.population.years)
    if len(years) < 2:
        return NotApplicable(text("scenario.one_year"))
    changes = {}
    for side, found in (("base", run.base), ("scenario", run.end)):
        yearly = [_in_year(run, found, year) for year in years]
        budgets = [o.allocation.budget.astype(float) for o in yearly]
        changes[f"budget_{side}"] = _changes(budgets)
        changes[f"objective_{side}"] = _changes([o.table.inputs["objective"] for o in yearly])
    return Stability(tuple(pairwise(years)), changes)


def _in_year(run: ScenarioRun, found: Outcome, year: int) -> Outcome:
    setting = replace(found.setting, years=(year,), money_year=year)
    return outcome(run.engine, setting, run.engine.model_of(found.setting))


def _changes(amounts: list[Floats]) -> tuple[float, ...]:
    shares = [a / a.sum() for a in amounts]
    return tuple(_mean_change(before, after) for before, after in pairwise(shares))


def _mean_change(before: Floats, after: Floats) -> float:
    there = before > 0
    return float(np.abs(after[there] / before[there] - 1).mean())


def stability_table(run: ScenarioRun, found: Stability) -> Table:
    """One row per pair of years."""
    c = Columns()
    c.add("years", [f"{first}-{last}" for first, last in found.years], "text")
    for name in MEASURES:
        c.add(name, list(found.changes[name]), "share", 2, text(f"scenario.stability.{name}"))
    behind = behind_country(run.end.table.behind, len(found.years))
    return replace(c.table("stability", [text("scenario.note.stability")], behind), synthetic=run.synthetic)
