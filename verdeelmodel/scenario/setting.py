"""From a scenario to two settings, base and scenario: everything a run needs, in groups that can go on and off."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import Problem, RequestError, UnknownRuleError, VerdeelmodelError
from verdeelmodel.kenmerken import Registry, registry
from verdeelmodel.law import KINDS, Norms, Scale, budget_rules, gross_norms, macrobudget, vangnet_rules
from verdeelmodel.law.rules import BudgetRules
from verdeelmodel.law.vangnet import VangnetRules
from verdeelmodel.model.spec import ModelSpec, published_model
from verdeelmodel.scenario.applying import changed_population, every
from verdeelmodel.scenario.checks import bounds_in_words
from verdeelmodel.scenario.definition import (
    Amount,
    Correction,
    Layer,
    Merging,
    NormsChange,
    RulesChange,
    Scenario,
    Step,
    VangnetChange,
)
from verdeelmodel.scenario.parsing import ACTUAL, FIXED, changed
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.population.population import Population


@dataclass(frozen=True)
class ChangedNorms(Norms):
    """Norms of which the amounts of each kind (in the order of KINDS) are multiplied by a factor."""

    factors: tuple[float, ...] = ()

    def table(self) -> NDArray[np.float64]:
        """Euros by kind and number of kostendelers, shape (kinds, 10)."""
        return np.asarray(super().table() * np.array(self.factors)[:, None])


@dataclass(frozen=True)
class Model:
    """The model of a setting: what is in it, whether its weights are estimated, and how the constant is set."""

    spec: ModelSpec
    refit: bool = False
    calibrate: float | str | None = None
    measured: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def rate(self) -> float | str | None:
        """The rate that the constant must meet; that of the population where no constant was published."""
        unpublished = self.spec.volume.constant is None and not self.refit
        return ACTUAL if unpublished and self.calibrate is None else self.calibrate

    @property
    def known(self) -> Registry:
        """The kenmerken, those that are measured in fixed years with these years."""
        every = registry()
        fixed = {key: replace(every[key], jaren=years) for key, years in self.measured.items()}
        return Registry({**every.kenmerken, **fixed}) if fixed else every


@dataclass(frozen=True)
class Setting:
    """One world: model, norms, rules, money and population. Each field is a group that a bridge can switch."""

    model: Model
    norms: Norms
    rules: BudgetRules
    scale: Scale
    pools: Mapping[str, Amount | str]
    vangnet: VangnetRules | None
    macrobudget: int
    population: tuple[Step, ...] = ()
    mergings: tuple[Merging, ...] = ()
    corrections: tuple[Correction, ...] = ()
    expenditure: str = FIXED
    seed: int = 1
    years: tuple[int, ...] = ()
    money_year: int = 0
    assume: Mapping[str, str] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The year of the households the model is applied to."""
        return max(self.years)


def settings_of(
    scenario: Scenario, population: Population, changed_to: Callable[[Setting], Population] | None = None
) -> tuple[Setting, Setting]:
    """Base and scenario; RequestError with every problem that can be seen before anything is computed.

    `changed_to` gives the population of a setting, where it was made before.
    """
    base, end, problems = examined_settings(scenario, population, changed_to)
    if base is None or end is None or problems:
        raise RequestError(text("scenario.wrong", file=scenario.name, count=len(problems)), problems)
    return base, end


def examined_settings(
    scenario: Scenario, population: Population, changed_to: Callable[[Setting], Population] | None = None
) -> tuple[Setting | None, Setting | None, list[Problem]]:
    """Base and scenario as far as they could be made, and everything that is wrong with them."""
    problems: list[Problem] = []
    asked = next((layer.years for layer in (scenario.layer, *reversed(scenario.below)) if layer.years), ())
    absent = [y for y in asked if y not in population.years]
    have = ", ".join(map(str, population.years))
    problems += [Problem(str(y), f"{scenario.layer.name}: years", have) for y in absent]
    try:
        base = base_setting(scenario, population, tuple(y for y in asked if y not in absent))
    except VerdeelmodelError as error:
        return None, None, [*problems, *every(error)]
    for layer in scenario.below:
        base = examined_layer(base, layer, problems)
    end = examined_layer(base, scenario.layer, problems)
    problems += unknown_gemeenten(scenario, population, base.year)
    problems += unmeasured(scenario, population)
    problems += without_weight(end, scenario.layer)
    wanting = missing_columns(base, population, scenario.layer, base=True)
    problems += wanting or missing_columns(end, population, scenario.layer, base=False)
    problems += impossible_population(population, end, problems, changed_to)
    return replace(base, years=end.years, seed=end.seed), end, problems


def examined_layer(setting: Setting, layer: Layer, problems: list[Problem]) -> Setting:
    """The setting after the differences of one layer; unchanged when they cannot be."""
    try:
        return with_layer(setting, layer, problems)
    except VerdeelmodelError as error:
        problems += every(error)
        return setting


def without_weight(setting: Setting, layer: Layer) -> list[Problem]:
    """The kenmerken of a model that is not estimated and that have no weight."""
    spec = setting.model.spec
    if setting.model.refit:
        return []
    names = [t.kenmerk for part in (spec.volume, spec.price) for t in part.terms if t.weight is None]
    return [Problem(n, f"{layer.name}: model", text("scenario.expected.weight"), "model: {refit: true}") for n in names]


def impossible_population(
    population: Population,
    setting: Setting,
    known: Sequence[Problem],
    changed_to: Callable[[Setting], Population] | None,
) -> tuple[Problem, ...]:
    """What is wrong with the steps of the population, apart from those about which something is known to be wrong."""
    wrong = {problem.where for problem in known}
    sound = tuple(s for s in setting.population if not (s.place and any(w.startswith(s.place) for w in wrong)))
    try:
        (changed_to or partial(population_of, population))(replace(setting, population=sound))
    except VerdeelmodelError as error:
        return every(error)
    return ()


def population_of(population: Population, setting: Setting) -> Population:
    """The population with the changes of the setting; DataError with everything that cannot be done."""
    if not setting.population:
        return population
    return changed_population(population, setting.population, setting.seed, setting.model.spec.rules_year, setting.year)


def base_setting(scenario: Scenario, population: Population, years: tuple[int, ...]) -> Setting:
    """The published model of the base year, with the rules and the definitive macrobudget of the year of the data."""
    used = years or (max(population.years),)
    layers = (*scenario.below, scenario.layer)
    rules_year = max(used)
    assume = {k: v for layer in layers for k, v in layer.rules.assume.items()}
    spec = published_model(scenario.base_year)
    amounts = [layer.macrobudget for layer in layers if layer.macrobudget and not layer.macrobudget.relative]
    rules = budget_rules(rules_year)
    return Setting(
        model=Model(spec),
        norms=gross_norms(spec.rules_year),
        rules=rules,
        scale=rules.scale,
        pools={},
        vangnet=vangnet_of(rules_year),
        macrobudget=published_macrobudget(rules_year, amounts[0] if amounts else None),
        years=used,
        money_year=rules_year,
        seed=scenario.seed,
        assume=assume,
    )


def published_macrobudget(year: int, given: Amount | None) -> int:
    """The definitive macrobudget of a year; where it is not published, the first amount the scenario itself gives."""
    try:
        return round(macrobudget(year).euro or 0)
    except UnknownRuleError:
        if given is None:
            raise
        return round(given.value)


def vangnet_of(year: int) -> VangnetRules | None:
    """The safety net of a year, or None when its rules are not known."""
    try:
        return vangnet_rules(year)
    except UnknownRuleError:
        return None


def missing_columns(setting: Setting, population: Population, layer: Layer, base: bool) -> list[Problem]:
    """The columns of gemeenten that the rules distribute a pool on, and that the population does not have."""
    from verdeelmodel.budget.inputs import Amounts, complete_amounts, needed_columns
    from verdeelmodel.budget.national import COLUMNS

    frame = population.gemeenten(setting.year)
    have = {"inhabitants", "objective", *(name for name, raw in COLUMNS.items() if raw in frame)}
    given = {n: 0.0 if isinstance(a, Amount) and not (a.relative or a.value) else 1.0 for n, a in setting.pools.items()}
    needed = needed_columns(setting.rules, complete_amounts(setting.rules, Amounts(setting.macrobudget, given)))
    pool_of = {part.column: part.pool for part in setting.rules.keyed}
    expected = text("scenario.expected.pool_of_base" if base else "scenario.expected.pool")
    return [
        Problem(
            text("budget.column_missing", column=name, meaning=text(f"budget.column.{name}")),
            f"{layer.name}: {'base' if base else 'rules.pools'}",
            expected,
            f"rules: {{pools: {{{pool_of[name]}: 0}}}}",
        )
        for name in needed
        if name not in have and name in pool_of
    ]


def with_layer(setting: Setting, layer: Layer, problems: list[Problem]) -> Setting:
    """The setting after the differences of one layer."""
    spec = changed(setting.model.spec, layer.model, layer.name, problems)
    refit = setting.model.refit if layer.model.refit is None else layer.model.refit
    calibrate = setting.model.calibrate if layer.model.calibrate is None else layer.model.calibrate
    if refit and weights_given(layer.model.changes):
        problems.append(Problem("refit + set", f"{layer.name}: model", text("scenario.expected.one_of_two")))
    problems += parts_merged_alone(setting.mergings, layer)
    single: list[Problem] = []
    rules, scale = with_rules(setting, layer.rules, single)
    norms, vangnet = (
        with_norms(setting.norms, layer.norms, single),
        with_vangnet(setting.vangnet, layer.rules.vangnet, single),
    )
    problems += [replace(problem, where=f"{layer.name}: {problem.where}") for problem in single]
    macro = setting.macrobudget if layer.macrobudget is None else round(layer.macrobudget.applied(setting.macrobudget))
    if macro < 1:
        problems.append(Problem(str(macro), f"{layer.name}: macrobudget", bounds_in_words(1, math.inf)))
    return replace(
        setting,
        model=Model(spec, refit, calibrate, {**setting.model.measured, **layer.model.measured}),
        norms=norms,
        rules=rules,
        scale=scale,
        pools={**setting.pools, **layer.rules.pools},
        vangnet=vangnet,
        macrobudget=macro,
        population=(*setting.population, *layer.population),
        mergings=(*setting.mergings, *layer.mergings),
        corrections=(*setting.corrections, *layer.corrections),
        expenditure=layer.expenditure or setting.expenditure,
        seed=setting.seed if layer.seed is None else layer.seed,
    )


def weights_given(changes: Mapping[str, Any]) -> bool:
    """Whether a change of the model gives weights, of the volume or of the price."""
    price = changes.get("price")
    return bool(changes.get("set") or (isinstance(price, dict) and price.get("set")))


def parts_merged_alone(before: tuple[Merging, ...], layer: Layer) -> list[Problem]:
    """The gemeenten of a layer that went up in another one before: that one can merge again, but no part of it."""
    taken = {code for merging in before for code in merging.old} - {merging.new for merging in before}
    return [
        Problem(code, f"{layer.name}: gemeenten.merge.{merging.new}", text("scenario.expected.one_merger"))
        for merging in layer.mergings
        for code in merging.old
        if code in taken
    ]


def with_rules(setting: Setting, change: RulesChange, problems: list[Problem]) -> tuple[BudgetRules, Scale]:
    """The rules of another year, and single values of them."""
    rules, scale = setting.rules, setting.scale
    if change.year is not None or change.assume:
        year = change.year or rules.year
        asked = {q.key for q in budget_rules(year).open}
        rules = budget_rules(year, {k: v for k, v in setting.assume.items() if k in asked})
        scale = rules.scale if change.year is not None else scale
    low = change.threshold_low.applied(scale.lower) if change.threshold_low else scale.lower
    high = change.threshold_high.applied(scale.upper) if change.threshold_high else scale.upper
    if low >= high:
        problems.append(Problem(f"{low:g} ≥ {high:g}", "rules.threshold_low", text("scenario.expected.rising")))
        return rules, scale
    if change.transition is not None:
        rules = replace(rules, transition=change.transition)
    wrong = [pool for pool in change.pools if pool not in rules.pools]
    for pool in wrong:
        remedy = text("scenario.expected.pool_year", pools=", ".join(rules.pools) or "-", year=rules.year)
        problems.append(Problem(pool, "rules.pools", remedy))
    return rules, Scale(low, high)


def with_vangnet(rules: VangnetRules | None, change: VangnetChange, problems: list[Problem]) -> VangnetRules | None:
    """The safety net of another year, and single values of its variants."""
    found = rules if change.year is None else vangnet_of(change.year)
    for name, values in change.variants.items():
        if found is None or name not in {v.variant for v in found.variants}:
            problems.append(Problem(name, "rules.vangnet", text("scenario.expected.variant")))
            continue
        variants = tuple(replace(v, **dict(values)) if v.variant == name else v for v in found.variants)
        found = replace(found, variants=variants)
    return found


def with_norms(norms: Norms, change: NormsChange, problems: list[Problem]) -> Norms:
    """The norms of another year, with printing errors mended, and with amounts changed."""
    found = norms
    if change.year is not None or change.corrected is not None:
        corrected = norms.corrected if change.corrected is None else change.corrected
        found = gross_norms(change.year or norms.year, corrected)
    if change.every is None and not change.kinds:
        return found
    factors = np.array(found.factors) if isinstance(found, ChangedNorms) else np.ones(len(KINDS))
    if change.every is not None:
        factors = factors * (1 + change.every.value)
    for kind, amount in change.kinds.items():
        now = found.amount(kind)
        if now == 0:
            problems.append(Problem(kind, "norms.kinds", text("scenario.expected.norm")))
            continue
        factors[KINDS.index(kind)] *= amount.applied(now) / now
    return ChangedNorms(found.year, found.rows, found.corrected, tuple(float(f) for f in factors))


def unmeasured(scenario: Scenario, population: Population) -> list[Problem]:
    """The years in which a kenmerk should be measured that the population does not have."""
    have = ", ".join(map(str, population.years))
    return [
        Problem(str(year), f"{layer.name}: model.measured.{kenmerk}", have)
        for layer in (*scenario.below, scenario.layer)
        for kenmerk, years in layer.model.measured.items()
        for year in years
        if year not in population.years
    ]


def unknown_gemeenten(scenario: Scenario, population: Population, year: int) -> list[Problem]:
    """The codes that are named somewhere in the scenario and are not in the population."""
    from verdeelmodel.population.municipalities import unknown_gemeente

    known = {int(g) for g in population.gemeenten(year)["gemeente"]}
    problems, made = [], set[str]()
    for layer in (*scenario.below, scenario.layer):
        named: list[tuple[int, str]] = []
        for step in layer.population:
            where: Any = getattr(step, "where", None)
            named += [(g, step.place) for g in (where.gemeenten if where else ())]
            named += [(step.to, f"{step.place}.to")] if hasattr(step, "to") else []
        named += [
            (int(code[2:]), f"{layer.name}: gemeenten.merge")
            for m in layer.mergings
            for code in m.old
            if code not in made
        ]
        made |= {m.new for m in layer.mergings}
        named += [(int(c.code[2:]), f"{layer.name}: gemeenten.correct") for c in layer.corrections]
        division = population.meta.division
        problems += [unknown_gemeente(g, division, at) for g, at in dict.fromkeys(named) if g not in known]
    return problems
