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
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Variants:
    """The outcomes of a scenario with other values: `values` holds what was set, in the order of `outcomes`."""

    scenario: Scenario
    base: Outcome
    values: tuple[Mapping[str, float], ...]
    outcomes: tuple[Outcome, ...]
    synthetic: bool

    def __str__(self) -> str:
        return text("scenario.variants_line", name=self.scenario.name, count=len(self.outcomes))

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
) -> Variants:
    """The scenario for each value of `PATH=FIRST:LAST:STEP`; what a value does not touch is computed once."""
    path, values = parse_over(over)
    return _variants(population, scenario, [{path: value} for value in values], threads, advance)


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
    return _variants(population, scenario, values, None, lambda _steps: None, engine)


def _variants(
    population: Population,
    scenario: Scenario,
    values: Sequence[Mapping[str, float]],
    threads: int | None,
    advance: Callable[[float], None],
    engine: Engine | None = None,
) -> Variants:
    used = engine or Engine(population, threads)
    base, _ = settings_of(scenario, population)
    settings = [settings_of(with_values(scenario, chosen), population)[1] for chosen in values]
    start = outcome(used, base)

    def compute(place: int) -> Outcome:
        found = outcome(used, settings[place])
        advance(1)
        return found

    first = [compute(0)]  # alone, so that what the others share is there before they start
    with Workers(threads) as workers:
        rest = workers.map(compute, range(1, len(settings)))
    return Variants(scenario, start, tuple(values), (*first, *rest), population.meta.synthetic)


def parse_over(over: str) -> tuple[str, list[float]]:
    """`rules.threshold_high=40000:60000:5000` as a path and its values, both ends included."""
    path, _, ends = over.partition("=")
    try:
        first, last, step = (float(part) for part in ends.split(":"))
    except ValueError:
        raise RequestError(text("scenario.over_unreadable", text=over)) from None
    count = (last - first) / step if step else -1.0
    if not path.strip() or not 0 <= count < MOST:
        raise RequestError(text("scenario.over_unreadable", text=over))
    return path.strip(), [round(first + i * step, 10) for i in range(int(count + 1e-9) + 1)]


def sweep_tables(found: Variants) -> tuple[Table, Table]:
    """One row per value with what happens in the country, and one row per gemeente with its budget for each value."""
    path = next(iter(found.values[0]))
    values = [chosen[path] for chosen in found.values]
    c = Columns()
    c.add("value", values, "number", label=path)
    start = found.base.allocation.budget.astype(float)
    same = [o.codes == found.base.codes for o in found.outcomes]
    mergers = NotApplicable(text("scenario.other_gemeenten"))
    c.add("moved", [_moved(start, o) if s else mergers for o, s in zip(found.outcomes, same, strict=True)])
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
    c = Columns()
    c.add("gm_code", list(first.codes), "code")
    c.add("name", [str(n) for n in (first.table.names or first.codes)], "text")
    for place, value in enumerate(values):
        row = dict(zip(found.outcomes[place].codes, found.outcomes[place].allocation.budget.tolist(), strict=True))
        c.add(f"budget_{place + 1}", [row[code] for code in first.codes], label=format_number(value, "number"))
    return _marked(c.table("sweep_budgets", behind=first.table.behind), found)


def ranges_table(found: Variants) -> Table:
    """The middle 95% of the budget of each gemeente over the draws."""
    first = found.outcomes[0]
    low, high = found.interval()
    c = Columns()
    c.add("gm_code", list(first.codes), "code")
    c.add("name", [str(n) for n in (first.table.names or first.codes)], "text")
    c.add("budget_low", low)
    c.add("budget_middle", np.median(found.budgets, axis=0))
    c.add("budget_high", high)
    note = text(
        "scenario.note.ranges", count=len(found.outcomes), paths=", ".join(p for p, *_ in found.scenario.ranges)
    )
    return _marked(c.table("ranges", [note], first.table.behind), found)


def _moved(start: Floats, found: Outcome) -> float:
    budget = found.allocation.budget
    return float(np.abs(budget - start / start.sum() * budget.sum()).sum()) / 2


def _marked(table: Table, found: Variants) -> Table:
    from dataclasses import replace

    return replace(table, synthetic=found.synthetic)
