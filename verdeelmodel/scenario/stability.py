"""How stable shares are over the years: the mean absolute change of the predicted share from one year to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.scenario.outcome import Outcome
from verdeelmodel.scenario.results import Columns, behind_country
from verdeelmodel.scenario.running import ScenarioRun
from verdeelmodel.table import NotApplicable, Table, format_number
from verdeelmodel.wording import text

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stability:
    """Per pair of years the mean over gemeenten of the absolute change of the predicted share, base and scenario."""

    years: tuple[tuple[int, int], ...]
    base: tuple[float, ...]
    scenario: tuple[float, ...]

    def __str__(self) -> str:
        return text("scenario.stability_line", base=_percent(self.base), scenario=_percent(self.scenario))


def stability(run: ScenarioRun) -> Stability | NotApplicable:
    """The index of base and scenario over all years of the population; each model keeps its weights."""
    years = sorted(run.engine.population.years)
    if len(years) < 2:
        return NotApplicable(text("scenario.one_year"))
    pairs = tuple(pairwise(years))
    base, end = (_changes(run, found, years) for found in (run.base, run.end))
    return Stability(pairs, base, end)


def _changes(run: ScenarioRun, found: Outcome, years: list[int]) -> tuple[float, ...]:
    model = run.engine.model_of(found.setting)
    countries = [run.engine.country(replace(found.setting, years=(year,)), model) for year in years]
    shares = [country.amount.sum(axis=1) / country.amount.sum() for country in countries]
    return tuple(_mean_change(before, after) for before, after in pairwise(shares))


def _mean_change(before: Floats, after: Floats) -> float:
    there = before > 0
    return float(np.abs(after[there] / before[there] - 1).mean())


def _percent(changes: tuple[float, ...]) -> str:
    return format_number(float(np.mean(changes)), "share", 2)


def stability_table(run: ScenarioRun, found: Stability) -> Table:
    """One row per pair of years."""
    c = Columns()
    c.add("years", [f"{first}-{last}" for first, last in found.years], "text")
    c.add("base", list(found.base), "share", 2)
    c.add("scenario", list(found.scenario), "share", 2)
    behind = behind_country(run.end.table.behind, len(found.years))
    return replace(c.table("stability", [text("scenario.note.stability")], behind), synthetic=run.synthetic)
