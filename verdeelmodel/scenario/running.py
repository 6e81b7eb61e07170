"""Running a scenario: base and scenario beside each other, and the change of every budget split over its causes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.mergers import merge_matrix
from verdeelmodel.explain.bridge import Bridge, bridge, round_parts
from verdeelmodel.scenario.definition import Scenario
from verdeelmodel.scenario.outcome import Engine, Outcome, mergers_of, mixed_model, outcome
from verdeelmodel.scenario.setting import Model, Setting, settings_of
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population

Floats = NDArray[np.float64]
ROUNDING = "rounding"
# A difference of at most this many euros is rounding: who has it neither gains nor loses.
ROUNDED = 1.0
# Cause to the fields of a setting that go on or off with it; kenmerken and weights are both in the model.
FIELDS: dict[str, tuple[str, ...]] = {
    "macrobudget": ("macrobudget",),
    "rules": ("rules", "pools"),
    "scale": ("scale",),
    "norms": ("norms",),
    "population": ("population", "expenditure", "years"),
    "figures": ("money_year",),
    "gemeenten": ("mergings", "corrections"),
}
MODEL, WEIGHTS = "model", "weights"
CAUSES = ("macrobudget", "rules", "scale", MODEL, WEIGHTS, "norms", "population", "figures", "gemeenten")


@dataclass(frozen=True, eq=False)
class ScenarioRun:
    """Base and scenario, and the bridge between their budgets in whole euros.

    Where gemeenten merge, the base is added up to the new gemeenten, so that `before`, `end` and the bridge have the
    same rows. `labels` are the years of base and scenario when they differ.
    """

    scenario: Scenario
    engine: Engine
    base: Outcome
    end: Outcome
    bridge: Bridge
    synthetic: bool
    labels: tuple[str, str] | None = None

    def __str__(self) -> str:
        change = self.after - self.before
        return text(
            "scenario.run_line",
            name=self.scenario.name,
            winners=int((change > ROUNDED).sum()),
            losers=int((change < -ROUNDED).sum()),
            moved=float(self.moved),
            total=float(change.sum()),
        )

    @property
    def moved(self) -> float:
        """The euros that go to another gemeente than when every budget had changed by the same percentage."""
        share = self.before / self.before.sum()
        return float(np.abs(self.after - share * self.after.sum()).sum()) / 2

    @property
    def budget_labels(self) -> tuple[str, str]:
        """What the budgets of base and scenario are called."""
        if self.labels is None:
            return text("scenario.label.budget_base"), text("scenario.label.budget_scenario")
        first, last = (text("scenario.years.of", year=year) for year in self.labels)
        return first, last

    @property
    def codes(self) -> tuple[str, ...]:
        """The gemeenten of the scenario."""
        return self.end.codes

    @property
    def before(self) -> Floats:
        """The budgets of the base in whole euros, shape (n,)."""
        return self.bridge.start

    @property
    def after(self) -> Floats:
        """The budgets of the scenario in whole euros, shape (n,)."""
        return self.bridge.end

    @cached_property
    def net_before(self) -> Floats | None:
        """Net expenditure of the base, shape (n,)."""
        return None if self.base.table.net is None else self.on_codes(self.base.table.net)

    @cached_property
    def vangnet_before(self) -> Floats | None:
        """The safety net of the base, shape (n,)."""
        return None if self.base.grant is None else self.on_codes(self.base.grant.grant)

    def on_codes(self, values: Floats) -> Floats:
        """Values of the gemeenten of the base, added up to those of the scenario."""
        return onto(self.base.codes, self.end, np.asarray(values, dtype=float))


def run_scenario(
    population: Population,
    scenario: Scenario,
    *,
    threads: int | None = None,
    advance: Callable[[float], None] | None = None,
    engine: Engine | None = None,
) -> ScenarioRun:
    """Run a scenario on a population. Same population, scenario and seed give the same numbers.

    With an `engine` of an earlier run on the same population, what did not change is not computed again.
    """
    used = engine or Engine(population, threads, advance)
    base, end = settings_of(scenario, population, used.population_of)
    return run_settings(used, scenario, base, end)


def run_settings(
    engine: Engine, scenario: Scenario, base: Setting, end: Setting, labels: tuple[str, str] | None = None
) -> ScenarioRun:
    """Two settings beside each other, with the bridge between their budgets."""
    start, finish = outcome(engine, base), outcome(engine, end)
    found = budget_bridge(engine, start, finish, causes_between(engine, base, end))
    return ScenarioRun(scenario, engine, start, finish, found, engine.population.meta.synthetic, labels)


def causes_between(engine: Engine, base: Setting, end: Setting) -> tuple[str, ...]:
    """The causes that differ between two settings, in a fixed order."""
    found = {cause for cause, names in FIELDS.items() if any(getattr(base, n) != getattr(end, n) for n in names)}
    first, last = engine.model_of(base), engine.model_of(replace(end, population=base.population))
    if kenmerken_of(first) != kenmerken_of(last):
        found.add(MODEL)
    if weights_differ(first, last) and not (MODEL in found and weights_follow(first, last)):
        found.add(WEIGHTS)
    return tuple(cause for cause in CAUSES if cause in found)


def weights_follow(first: Model, last: Model) -> bool:
    """Whether both are estimated: weights then follow from the kenmerken, and are no cause of their own."""
    return first.refit and last.refit


def kenmerken_of(model: Model) -> object:
    """What is in a model: its kenmerken, its references and the year of their definitions."""
    spec = model.spec
    parts = [(frozenset(part.kenmerken), dict(part.references)) for part in (spec.volume, spec.price)]
    return spec.rules_year, parts, dict(model.measured)


def weights_differ(first: Model, last: Model) -> bool:
    """Whether the constant or the weight of a kenmerk in both models differs."""
    if first.rate != last.rate:
        return True
    for one, other in ((first.spec.volume, last.spec.volume), (first.spec.price, last.spec.price)):
        known = {t.kenmerk: t.weight for t in other.terms}
        same = all(known.get(t.kenmerk, t.weight) == t.weight for t in one.terms)
        if not same or one.constant != other.constant:
            return True
    return False


def mixed(base: Setting, end: Setting, on: frozenset[str]) -> Setting:
    """The base with the groups of these causes taken from the scenario."""
    fields = {name: getattr(end, name) for cause in on if cause in FIELDS for name in FIELDS[cause]}
    return replace(base, **fields)


def budget_bridge(engine: Engine, start: Outcome, finish: Outcome, causes: tuple[str, ...]) -> Bridge:
    """The change of each budget over its causes in whole euros; what rounding to whole euros did stands apart."""

    def exact(on: frozenset[str]) -> Floats:
        if on == frozenset(causes):
            return finish.allocation.exact
        setting = mixed(start.setting, finish.setting, on)
        found = (
            start if not on else outcome(engine, setting, model_on(engine, start.setting, finish.setting, setting, on))
        )
        return onto(found.codes, finish, found.allocation.exact)

    before = onto(start.codes, finish, start.allocation.budget.astype(float))
    after = finish.allocation.budget.astype(float)
    if not causes:
        return Bridge((), before, after, np.zeros((0, len(after))), whole=True)
    unrounded = bridge(exact, causes, whole=False)
    parts = round_parts(unrounded.parts, np.rint(unrounded.parts.sum(axis=0)))
    rest = after - before - parts.sum(axis=0)
    return Bridge((*causes, ROUNDING), before, after, np.vstack([parts, rest]), whole=True)


def model_on(engine: Engine, base: Setting, end: Setting, setting: Setting, on: frozenset[str]) -> Model:
    """The model with the kenmerken and the weights that are on, estimated on the population that is on."""
    first = engine.model_of(replace(base, population=setting.population))
    last = engine.model_of(replace(end, population=setting.population))
    return mixed_model(first, last, MODEL in on, (MODEL if weights_follow(first, last) else WEIGHTS) in on)


def onto(codes: tuple[str, ...], finish: Outcome, values: Floats) -> Floats:
    """Values of these gemeenten added up to those of the scenario, where gemeenten merge."""
    for merging in finish.setting.mergings:
        mergers = [merger for merger in mergers_of(merging) if merger.old in codes]
        if mergers:
            codes, matrix = merge_matrix(codes, mergers)
            values = np.asarray(matrix @ values)
    return values
