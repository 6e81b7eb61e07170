"""Many variants of one scenario: one value that runs through a range, or inputs that are not known, drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import RequestError
from verdeelmodel.model.workers import Workers
from verdeelmodel.scenario.definition import Scenario
from verdeelmodel.scenario.outcome import Engine, Outcome, outcome
from verdeelmodel.scenario.reading import with_values
from verdeelmodel.scenario.results import Columns, behind_country
from verdeelmodel.scenario.setting import settings_of
from verdeelmodel.table import NotApplicable, Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population

Floats = NDArray[np.float64]
MOST = 1000
# Inputs that are a name rather than an amount.
NUMBERED = ("year", "years", "seed")
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Variants:
    """The outcomes of a scenario with other values, each with its base: `values` holds what was set, in that order."""

    scenario: Scenario
    values: tuple[Mapping[str, float], ...]
    bases: tuple[Outcome, ...]
    outcomes: tuple[Outcome, ...]
    synthetic: bool

    def __str__(self) -> str:
        name, count = self.scenario.name, len(self.outcomes)
        if not self.scenario.ranges:
            return text("scenario.variants_line", name=name, count=count)
        low, high = self.interval()
        largest = int(np.argmax((high - low) / np.maximum(low, 1.0)))
        return text(
            "scenario.ranges_line",
            count=count,
            width=float(np.median(high - low)),
            name=self.outcomes[0].names[largest],
            low=low[largest],
            high=high[largest],
        )

    @cached_property
    def budgets(self) -> Floats:
        """The budget of each gemeente in each variant, shape (variants, gemeenten)."""
        return np.array([found.allocation.budget for found in self.outcomes], dtype=np.float64)

    def interval(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """The middle part of the budgets of each gemeente over the variants."""
        low, high = np.quantile(self.budgets, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low, high


def sweep_scenario(
    population: Population,
    scenario: Scenario,
    over: str,
    *,
    threads: int | None = None,
    advance: Callable[[float], None] = lambda _steps: None,
    engine: Engine | None = None,
) -> Variants:
    """The scenario for each value of `PATH=FIRST:LAST:STEP`; what a value does not touch is computed once.

    With an `engine` of an earlier run on the same population, what did not change is not computed again.
    """
    path, values = parse_over(over)
    used = engine or Engine(population, threads)
    return _variants(used, scenario, [{path: value} for value in values], advance)


def monte_carlo(
    population: Population, scenario: Scenario, draws: int = 200, *, engine: Engine | None = None
) -> Variants:
    """The scenario with its unknown inputs drawn evenly from their ranges; the seed of the scenario decides."""
    if not scenario.ranges:
        raise RequestError(text("scenario.no_ranges", name=scenario.name))
    drawn = np.random.default_rng(scenario.seed).random((draws, len(scenario.ranges)))
    values = [
        {path: float(low + (high - low) * u) for (path, low, high), u in zip(scenario.ranges, row, strict=True)}
        for row in drawn
    ]
    return _variants(engine or Engine(population), scenario, values)


def _variants(
    used: Engine,
    scenario: Scenario,
    values: Sequence[Mapping[str, float]],
    advance: Callable[[float], None] = lambda _steps: None,
) -> Variants:
    population = used.population
    settings = [settings_of(with_values(scenario, chosen), population, used.population_of) for chosen in values]

    def compute(place: int) -> tuple[Outcome, Outcome]:
        base, end = (outcome(used, setting) for setting in settings[place])
        advance(1)
        return base, end

    first = [compute(0)]  # alone, so that what the others share is there before they start
    with Workers(used.threads) as workers:
        rest = workers.map(compute, range(1, len(settings)))
    bases, outcomes = zip(*first, *rest, strict=True)
    return Variants(scenario, tuple(values), bases, outcomes, population.meta.synthetic)


def parse_over(over: str) -> tuple[str, list[float]]:
    """`rules.threshold_high=40000:60000:5000` as a path and its values, both ends included."""
    path, _, ends = over.partition("=")
    try:
        first, last, step = (float(part) for part in ends.split(":"))
    except ValueError:
        raise RequestError(text("scenario.over_unreadable", text=over, most=MOST)) from None
    count = (last - first) / step if step else -1.0
    if not path.strip() or not 0 <= count < MOST:
        raise RequestError(text("scenario.over_unreadable", text=over, most=MOST))
    return path.strip(), [round(first + i * step, 10) for i in range(int(count + 1e-9) + 1)]


def sweep_tables(found: Variants) -> tuple[Table, Table]:
    """One row per value with what happens in the country, and one row per gemeente with its budget for each value."""
    path = next(iter(found.values[0]))
    values = [chosen[path] for chosen in found.values]
    c = Columns()
    if path.split(".")[-1] in NUMBERED:
        c.add("value", [f"{value:.0f}" for value in values], "code", label=path)
    else:
        c.add("value", values, "number", decimals_of(values), path)
    mergers = NotApplicable(text("scenario.other_gemeenten"))
    pairs = list(zip(found.bases, found.outcomes, strict=True))
    c.add("moved", [_moved(base, end) if base.codes == end.codes else mergers for base, end in pairs])
    saldi = [None if o.saldo is None else o.saldo for o in found.outcomes]
    unknown = NotApplicable(text("scenario.net_unknown"))
    c.add("spread", [unknown if s is None else float(s.saldo.std()) for s in saldi], "share", 2)
    grants = [o.grant for o in found.outcomes]
    c.add("vangnet", [unknown if g is None else float(g.grant.sum()) for g in grants])
    c.add("vangnet_users", [unknown if g is None else int((g.grant > 0).sum()) for g in grants], "count")
    behind = behind_country(found.outcomes[0].table.behind, len(values))
    table = _marked(c.table("sweep", behind=behind), found).public("settings", ("value",))
    return table, budgets_by_value(found, values)


def budgets_by_value(found: Variants, values: Sequence[float]) -> Table:
    """The budget of each gemeente for each value."""
    first = found.outcomes[0]
    decimals = decimals_of(values)
    c = Columns()
    c.add("gm_code", list(first.codes), "code")
    c.add("name", first.names, "text")
    for place, value in enumerate(values):
        row = dict(zip(found.outcomes[place].codes, found.outcomes[place].allocation.budget.tolist(), strict=True))
        c.add(
            f"budget_{place + 1}", [row[code] for code in first.codes], label=format_number(value, "number", decimals)
        )
    return _marked(c.table("sweep_budgets", behind=first.table.behind), found)


def ranges_table(found: Variants) -> Table:
    """The middle 95% of the budget of each gemeente over the draws."""
    first = found.outcomes[0]
    low, high = found.interval()
    c = Columns()
    c.add("gm_code", list(first.codes), "code")
    c.add("name", first.names, "text")
    c.add("budget_low", low)
    c.add("budget_middle", np.median(found.budgets, axis=0))
    c.add("budget_high", high)
    note = text(
        "scenario.note.ranges", count=len(found.outcomes), paths=", ".join(p for p, *_ in found.scenario.ranges)
    )
    return _marked(c.table("ranges", [note], first.table.behind), found)


def decimals_of(values: Sequence[float]) -> int:
    """How many decimals tell these values apart, at most six."""
    return next((places for places in range(6) if all(round(v, places) == v for v in values)), 6)


def _moved(base: Outcome, found: Outcome) -> float:
    start, budget = base.allocation.budget.astype(float), found.allocation.budget
    return float(np.abs(budget - start / start.sum() * budget.sum()).sum()) / 2


def _marked(table: Table, found: Variants) -> Table:
    from dataclasses import replace

    return replace(table, synthetic=found.synthetic)
