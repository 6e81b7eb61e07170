"""Allocating on a population: objective amounts from a model with weights, the rest from its table of gemeenten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.inputs import Inputs
from verdeelmodel.budget.reading import MunicipalTable
from verdeelmodel.budget.request import AllocationAnswer, AllocationOptions, answer
from verdeelmodel.budget.tables import TableBuilder, gemeente_names
from verdeelmodel.budget.vangnet import History
from verdeelmodel.errors import Problem, RequestError, UnknownRuleError
from verdeelmodel.law import gross_norms, model_years
from verdeelmodel.law.facts import unknown_year
from verdeelmodel.law.rules import BudgetRules
from verdeelmodel.model.prediction import PredictedCountry, Prediction, predict_country
from verdeelmodel.model.spec import ModelSpec, read_model
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.table import Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.population.population import Population

Floats = NDArray[np.float64]
# Column of the inputs to column of the table of gemeenten.
COLUMNS = {
    "cost": "cost",
    "homeless_cost": "homeless_cost",
    "lks": "lks_cost",
    "youth": "youth_18_20",
    "households_start": "households",
    "households_end": "households",
}
EARLIER = (1, 2, 3)
TENTH_HIGHER = 1.1


@dataclass(frozen=True)
class NationalOptions:
    """Which households and which weights; `model` is a published year or a file, `weights` a run of fit.

    `year` None means the last of the population, `model` None the model of the year of the rules, and the rules are
    those of `year` when they are not given.
    """

    year: int | None = None
    model: str | None = None
    weights: Path | None = None
    calibrate: float | None = None
    corrected_norms: bool = False


def allocate_population(
    population: Population,
    options: AllocationOptions,
    national: NationalOptions,
    advance: Callable[[float], None] | None = None,
) -> AllocationAnswer:
    """The budgets of the gemeenten of this population by predicted objective amounts."""
    year = max(population.years) if national.year is None else national.year
    chosen = options if options.rules is not None else replace(options, rules=year)
    rules = chosen.budget_rules()
    amounts = chosen.amounts(rules)
    model = model_of(rules.year, national)
    prediction = Prediction(population, year, model, calibrate=national.calibrate)
    if national.corrected_norms:
        prediction = replace(prediction, norms=gross_norms(model.rules_year, corrected=True))
    country = predict_country(prediction, advance)
    more = [objective_table(country)]
    notes = [text("budget.note_model", model=model.name, year=year, constant=country.constant)]
    if national.calibrate is not None:
        effect = calibration_effect(prediction, country)
        notes.append(effect)
    table = table_of_population(population, rules, year, country)
    found = answer(table, rules, amounts, chosen, more)
    tables = tuple(replace(t, synthetic=t.synthetic or population.meta.synthetic) for t in found.tables)
    return replace(found, tables=tables, notes=(*notes, *found.notes))


def model_of(year: int, national: NationalOptions) -> ModelSpec:
    """The model with weights that was asked for; UnknownRuleError when the year of the rules has no published one."""
    if national.weights is not None and national.model is not None:
        raise RequestError(text("budget.model_or_weights"))
    if national.weights is not None:
        from verdeelmodel.budget.own_weights import fitted_model

        return fitted_model(national.weights)
    if national.model is None and year not in model_years():
        nearest = min(model_years(), key=lambda y: (abs(y - year), y))
        error = unknown_year("weights", year, model_years())
        remedy = Problem(text("budget.other_model", model=nearest), remedy=f"--model {nearest}")
        raise UnknownRuleError(error.summary, [*error.problems, remedy])
    return read_model(national.model or str(year))


def calibration_effect(prediction: Prediction, country: PredictedCountry) -> str:
    """A sentence on what the calibrated constant does to the objective shares.

    Against the published constant, or, when there is none, against a national rate that is a tenth higher.
    """
    rate = format_number(float(country.expected.sum() / country.households.sum()), "share", 2)
    unpublished = prediction.model.volume.constant is None or prediction.model.price.constant is None
    other_rate = (prediction.calibrate or 0.0) * TENTH_HIGHER if unpublished else None
    other = predict_country(replace(prediction, calibrate=other_rate))
    shares = [c.amount.sum(axis=1) / c.amount.sum() for c in (other, country)]
    largest = int(np.abs(shares[1] / shares[0] - 1).argmax())
    moved = float(np.abs(shares[1] - shares[0]).sum() / 2)
    return text(
        "budget.calibrated_no_constant" if unpublished else "budget.calibrated",
        rate=rate,
        moved=format_number(moved, "share", 3),
        largest=format_number(float(shares[1][largest] / shares[0][largest] - 1), "share", 2),
        name=gemeente_names([format_gemeente(int(country.gemeenten[largest]))])[0],
    )


def table_of_population(
    population: Population, rules: BudgetRules, year: int, country: PredictedCountry
) -> MunicipalTable:
    """The municipal table of the budget year: money of that year where the population has it, else of `year`."""
    frame = _year(population, rules.year)
    money = frame if frame is not None else population.gemeenten(year)
    before = _year(population, rules.year - 1)
    codes = tuple(str(code) for code in money["code"])
    people = money if before is None or len(before) != len(money) else before
    columns = {"inhabitants": people["inhabitants"].to_numpy(float), "objective": country.amount.sum(axis=1)}
    columns |= {name: money[raw].to_numpy(float) for name, raw in COLUMNS.items() if raw in money}
    net = frame["net_expenditure"].to_numpy(float) if frame is not None and "net_expenditure" in frame else None
    provinces = tuple(str(p) for p in money["province"]) if "province" in money else ()
    return MunicipalTable(
        Inputs(codes, columns),
        net,
        history=_history(population, rules.year, len(codes)) if net is not None else None,
        names=tuple(str(n) for n in money["name"]),
        provinces=provinces,
        division=population.meta.division,
        behind=country.behind(),
    )


def _year(population: Population, year: int) -> pd.DataFrame | None:
    known = set(population.table("gemeenten")["year"])
    return population.gemeenten(year) if year in known else None


def _history(population: Population, year: int, n: int) -> History | None:
    net, budget = (np.full((n, len(EARLIER)), np.nan) for _ in range(2))
    for t in EARLIER:
        frame = _year(population, year - t)
        if frame is not None and len(frame) == n and {"net_expenditure", "budget"} <= set(frame):
            net[:, t - 1] = frame["net_expenditure"].to_numpy(float)
            budget[:, t - 1] = frame["budget"].to_numpy(float)
    return History(net, budget) if np.isfinite(net).any() else None


def objective_table(country: PredictedCountry) -> Table:
    """One row per gemeente: households, expected and actual number on bijstand, objective amount and its share."""
    frame = country.to_frame()
    b = TableBuilder()
    codes = [format_gemeente(int(g)) for g in country.gemeenten]
    b.add("gm_code", codes, "code")
    b.add("name", gemeente_names(codes), "text")
    b.add("model_households", frame["households"].to_numpy(float), "count")
    b.add("expected", frame["expected"].to_numpy(float), "number", 1)
    b.add("actual", frame["actual"].to_numpy(float), "count")
    b.add("objective", frame["amount"].to_numpy(float))
    b.add("objective_share", frame["amount"].to_numpy(float) / float(frame["amount"].sum()), "share", 4)
    return b.table("objective", text("budget.objective_title", year=country.year), behind=country.behind())
