"""What a setting leads to: objective amounts, budgets, saldo and safety net. Nothing is computed twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget import Allocation, Amounts, Inputs, Merger, Saldo, VangnetGrant, allocate, saldo, vangnet
from verdeelmodel.budget.inputs import POOL_COLUMNS
from verdeelmodel.budget.mergers import merge_matrix, merged_inputs
from verdeelmodel.budget.national import table_of_population
from verdeelmodel.budget.reading import MunicipalTable
from verdeelmodel.budget.vangnet import History
from verdeelmodel.errors import UnknownRuleError
from verdeelmodel.law import budget_rules
from verdeelmodel.model.fitting import Fitting, estimated_model
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.prediction import PredictedCountry, Prediction, predict_country
from verdeelmodel.model.spec import ModelSpec, Part, Term
from verdeelmodel.scenario.parsing import ACTUAL, REALISED
from verdeelmodel.scenario.setting import Model, Setting, population_of
from verdeelmodel.table import together

if TYPE_CHECKING:
    from verdeelmodel.law.rules import BudgetRules
    from verdeelmodel.population.population import Population
    from verdeelmodel.scenario.definition import Merging

Floats = NDArray[np.float64]
NET = "net_expenditure"


@dataclass(frozen=True, eq=False)
class Outcome:
    """The budgets of one setting with what was behind them; `saldo` and `grant` are None when they are not known."""

    setting: Setting
    table: MunicipalTable
    country: PredictedCountry
    allocation: Allocation
    saldo: Saldo | None
    grant: VangnetGrant | None

    @property
    def codes(self) -> tuple[str, ...]:
        """The gemeenten, in order."""
        return self.allocation.codes

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [str(name) for name in (self.table.names or self.codes)]


@dataclass(eq=False)
class Engine:
    """A population with what was computed on it: models that were fitted, and countries that were predicted.

    Results never depend on the number of `threads` (None: all processors).
    """

    population: Population
    threads: int | None = None
    advance: Callable[[float], None] | None = None
    _memory: dict[Any, Any] = field(default_factory=dict)

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What was made under this key before, or now."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def population_of(self, setting: Setting) -> Population:
        """The population with the changes of the setting."""
        if not setting.population:
            return self.population
        key = ("population", repr(setting.population), setting.seed, setting.model.spec.rules_year)
        made: Population = self.remembered(key, lambda: population_of(self.population, setting))
        return made

    def model_of(self, setting: Setting) -> Model:
        """The model with weights: its own, or those estimated on the population of the setting."""
        if not setting.model.refit:
            return setting.model
        measured = repr(setting.model.measured)
        key = ("fit", spec_key(setting.model.spec), measured, population_key(setting), setting.years)
        spec = self.remembered(key, lambda: self._fitted(setting))
        return replace(setting.model, spec=spec)

    def _fitted(self, setting: Setting) -> ModelSpec:
        population = self.population_of(setting)
        options, known = FitOptions(threads=self.threads), setting.model.known
        return estimated_model(Fitting(population, setting.years, setting.model.spec, options, known))

    def country(self, setting: Setting, model: Model) -> PredictedCountry:
        """The predicted sums of the population of the setting by a model with weights."""
        calibrate = setting_rate(model, self, setting)
        norms = (setting.norms.year, setting.norms.corrected, getattr(setting.norms, "factors", ()))
        used = (spec_key(model.spec, weights=True), repr(model.measured), calibrate, norms)
        key = ("country", used, population_key(setting), setting.year)
        if key not in self._memory:
            self._memory[key] = self._predicted(setting, model, calibrate)
        found: PredictedCountry = self._memory[key]
        return found

    def _predicted(self, setting: Setting, model: Model, calibrate: float | None) -> PredictedCountry:
        population = self.population_of(setting)
        prediction = Prediction(population, setting.year, model.spec, model.known, setting.norms, calibrate)
        return predict_country(prediction, self.advance, self.threads)


def population_key(setting: Setting) -> Any:
    """What tells one changed population from another."""
    return (repr(setting.population), setting.seed) if setting.population else ()


def spec_key(spec: ModelSpec, weights: bool = False) -> str:
    """What tells one model from another; with `weights` also by its weights."""
    parts = [
        ([(t.kenmerk, t.weight if weights else None) for t in part.terms], part.constant if weights else None)
        for part in (spec.volume, spec.price)
    ]
    return repr((spec.rules_year, parts))


def setting_rate(model: Model, engine: Engine, setting: Setting) -> float | None:
    """The national rate to which the constant is set, or None."""
    if model.rate != ACTUAL:
        return None if model.rate is None else float(model.rate)
    key = ("rate", population_key(setting), setting.year)
    return float(engine.remembered(key, lambda: actual_rate(engine.population_of(setting), setting.year)))


def actual_rate(population: Population, year: int) -> float:
    """The share of households on bijstand."""
    names = ["bijstand", *(["weight"] if "weight" in population.columns(year) else [])]
    found = population.households(year, names)
    weight = found.get("weight", np.ones(len(found["bijstand"])))
    return float(np.average(found["bijstand"], weights=weight))


def outcome(engine: Engine, setting: Setting, model: Model | None = None) -> Outcome:
    """Everything one setting leads to; `model` replaces its model (with weights)."""
    used = engine.model_of(setting) if model is None else model
    country = engine.country(setting, used)
    table = municipal_table(engine, setting, country)
    allocation = allocate(replace(setting.rules, scale=setting.scale), table.inputs, amounts_of(setting, table.inputs))
    if table.net is None:
        return Outcome(setting, table, country, allocation, None, None)
    grant = granted(setting, table, allocation)
    balance = saldo(allocation.budget, table.net, table.inputs.codes, None if grant is None else grant.grant)
    return Outcome(setting, table, country, allocation, balance, grant)


def granted(setting: Setting, table: MunicipalTable, allocation: Allocation) -> VangnetGrant | None:
    """The safety net, when its rules are known."""
    if setting.vangnet is None or table.net is None:
        return None
    try:
        return vangnet(setting.vangnet, table.net, allocation.budget.astype(float), table.history)
    except UnknownRuleError:
        return None


def amounts_of(setting: Setting, inputs: Inputs) -> Amounts:
    """The macrobudget and its pools in euros."""
    columns = {k.pool: k.column for k in setting.rules.keyed} | dict(POOL_COLUMNS)
    pools = {}
    for name, amount in setting.pools.items():
        if name not in columns:
            continue
        realised = float(inputs.get(columns[name]).sum())
        pools[name] = realised if amount == REALISED or isinstance(amount, str) else amount.applied(realised)
    return Amounts(setting.macrobudget, pools)


def municipal_table(engine: Engine, setting: Setting, country: PredictedCountry) -> MunicipalTable:
    """The municipal table of a setting: money of the year of the data, corrected and merged as the setting says."""
    population = engine.population_of(setting)
    key = ("table", population_key(setting), setting.year, setting.money_year)
    year_rules = budget_rules(setting.money_year)
    start: MunicipalTable = engine.remembered(
        key, lambda: table_of_population(population, year_rules, setting.year, country)
    )
    table = replace(
        start,
        inputs=start.inputs.with_columns({"objective": country.amount.sum(axis=1)}),
        behind=country.behind(),
    )
    if setting.expenditure == "follows" and setting.population and table.net is not None:
        table = replace(table, net=table.net * growth_of_payments(engine, setting, country))
    table = corrected(table, setting)
    for merging in setting.mergings:
        table = merged_table(setting.rules, table, merging)
    return table


def growth_of_payments(engine: Engine, setting: Setting, country: PredictedCountry) -> Floats:
    """What recipients are paid in the changed population over what they are paid in the unchanged one, shape (n,)."""
    unchanged = replace(setting, population=())
    before = engine.country(unchanged, engine.model_of(unchanged)).paid.sum(axis=1)
    after = country.paid.sum(axis=1)
    return np.asarray(np.divide(after, before, out=np.ones_like(after), where=before > 0))


def corrected(table: MunicipalTable, setting: Setting) -> MunicipalTable:
    """The table with the corrected figures."""
    columns = {name: values.copy() for name, values in table.inputs.columns.items()}
    net = None if table.net is None else table.net.copy()
    for change in setting.corrections:
        row = table.inputs.codes.index(change.code)
        values = net if change.column == NET else columns.get(change.column)
        if values is not None:
            values[row] = change.amount.applied(float(values[row]))
    return replace(table, inputs=Inputs(table.inputs.codes, columns), net=net)


def mergers_of(merging: Merging) -> list[Merger]:
    """A merger as the budget room knows it."""
    return [Merger(code, merging.new) for code in merging.old]


def merged_table(rules: BudgetRules, table: MunicipalTable, merging: Merging) -> MunicipalTable:
    """The table with one gemeente for several: outcomes are added, and m follows from the inhabitants together."""
    mergers = mergers_of(merging)
    codes, matrix = merge_matrix(table.inputs.codes, mergers)
    largest = matrix * table.inputs["inhabitants"]
    place = largest.argmax(axis=1)
    history = table.history
    return replace(
        table,
        inputs=merged_inputs(rules, table.inputs, mergers),
        net=None if table.net is None else matrix @ table.net,
        history=None if history is None else History(matrix @ history.net, matrix @ history.budget),
        names=merged_names(table, codes, matrix),
        provinces=tuple(table.provinces[i] for i in place) if table.provinces else (),
        division=None,
        behind=tuple(together(table.behind, np.flatnonzero(row)) for row in matrix) if table.behind else (),
    )


def merged_names(table: MunicipalTable, codes: tuple[str, ...], matrix: Floats) -> tuple[str, ...]:
    """The name of each gemeente; a new one is called after its parts."""
    names = table.names or table.inputs.codes
    return tuple(" + ".join(str(names[j]) for j in np.flatnonzero(row)) for row in matrix)


def mixed_model(base: Model, other: Model, terms: bool, weights: bool) -> Model:
    """Kenmerken of `other` when `terms`, weights of `other` when `weights`; each lends what the other one lacks."""
    if terms == weights:
        return other if terms else base
    having, weighing = (other, base) if terms else (base, other)
    spec = replace(
        having.spec,
        volume=mixed_part(having.spec.volume, weighing.spec.volume),
        price=mixed_part(having.spec.price, weighing.spec.price),
    )
    return replace(having, spec=spec, calibrate=weighing.calibrate)


def mixed_part(having: Part, weighing: Part) -> Part:
    """The kenmerken of one component with the weights of another, where that has them."""
    known: Mapping[str, float | None] = {t.kenmerk: t.weight for t in weighing.terms}
    known = {**known, **dict.fromkeys((r for r in weighing.references.values()), 0.0)}
    terms = tuple(Term(t.kenmerk, t.label, known.get(t.kenmerk, t.weight)) for t in having.terms)
    return replace(having, terms=terms, constant=weighing.constant)
