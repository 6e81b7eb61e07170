"""Allocating on a population: the official weights on every household, checked against a dense formula."""

import numpy as np
import pytest

from verdeelmodel.budget.national import NationalOptions, allocate_population
from verdeelmodel.budget.own_weights import fitted_model
from verdeelmodel.budget.request import AllocationOptions
from verdeelmodel.errors import RequestError, UnknownRuleError
from verdeelmodel.kenmerken import compute_households
from verdeelmodel.law import gross_norms, price_weights, volume_weights
from verdeelmodel.model.national import Question, area_values
from verdeelmodel.model.norm import norms_of_households
from verdeelmodel.population import open_population
from verdeelmodel.record import new_run
from verdeelmodel.synthetic import SyntheticOptions, make_population
from verdeelmodel.table import Column, Table

GEMEENTEN = (14, 60, 88, 118, 715)


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    folder = tmp_path_factory.mktemp("national") / "land"
    make_population(folder, SyntheticOptions(scale=0.01, seed=5, gemeenten=GEMEENTEN))
    return open_population(folder)


@pytest.fixture(scope="module")
def answer(population):
    return allocate_population(population, AllocationOptions(), NationalOptions())


def column(found, table, name):
    return np.array(next(t for t in found.tables if t.key == table).values[name])


def test_the_budgets_are_synthetic_and_close_to_the_euro(answer):
    assert all(t.synthetic for t in answer.tables)
    assert int(column(answer, "budgets", "budget").sum()) == answer.budgets.allocation.amounts.macrobudget
    assert answer.budgets.allocation.rules.year == 2020
    assert column(answer, "budgets", "saldo").shape == (len(GEMEENTEN),)


def test_the_objective_amounts_are_the_dense_formula(population, answer):
    total = dict.fromkeys(GEMEENTEN, 0.0)
    tables = {"volume": volume_weights(2020), "prijs": price_weights(2020)}
    keys = tuple(dict.fromkeys(k for t in tables.values() for k in t.kenmerken))
    question = Question(population, (2020,), keys, 2020)
    areas = area_values(question, 2020)
    raw = ("household_type", "age_1", "age_2", "age_youngest_child", "student_level", "kostendelers", "weight")
    for chunk in compute_households(population, 2020, [*question.of_unit("huishouden"), *raw], 2020):

        def values(key, chunk=chunk):
            return np.asarray(chunk[key] if key in chunk else areas[key].loc[chunk["buurt"]].to_numpy(), dtype=float)

        product = np.ones(len(chunk["gemeente"]))
        for table in tables.values():
            dense = np.column_stack([values(k) for k in table.kenmerken])
            eta = dense @ np.array([float(r.published) for r in table.rows]) + float(table.constant.published)
            product = product / (1 + np.exp(-eta))
        product = product * norms_of_households(gross_norms(2020), chunk) * chunk["weight"]
        for gemeente in GEMEENTEN:
            total[gemeente] += float(product[chunk["gemeente"] == gemeente].sum())
    # The official weights by an independent dense formula, to one part in a million million.
    np.testing.assert_allclose(column(answer, "objective", "objective"), [total[g] for g in GEMEENTEN], rtol=1e-12)


def test_the_same_request_gives_the_same_budgets(population, answer):
    again = allocate_population(population, AllocationOptions(), NationalOptions())
    assert np.array_equal(column(again, "budgets", "budget"), column(answer, "budgets", "budget"))


def test_2019_needs_a_national_rate_and_then_meets_it(population):
    asked = AllocationOptions(rules=2019)
    with pytest.raises(UnknownRuleError, match="--calibrate"):
        allocate_population(population, asked, NationalOptions(year=2019))
    found = allocate_population(population, asked, NationalOptions(year=2019, calibrate=0.055))
    rate = column(found, "objective", "expected").sum() / column(found, "objective", "model_households").sum()
    assert rate == pytest.approx(0.055, abs=1e-9)
    assert any("verschuift" in note for note in found.notes)


def test_calibration_reports_what_it_does_to_the_shares(population, answer):
    found = allocate_population(population, AllocationOptions(), NationalOptions(calibrate=0.05))
    assert any("5,00%" in note and "verschuift" in note for note in found.notes)
    assert int(column(found, "budgets", "budget").sum()) == int(column(answer, "budgets", "budget").sum())


def test_a_year_without_weights_names_a_model_to_choose(population):
    with pytest.raises(UnknownRuleError, match="--model 2019"):
        allocate_population(population, AllocationOptions(), NationalOptions(year=2018))
    found = allocate_population(
        population, AllocationOptions(pools={"permit_holders": 0.0}), NationalOptions(year=2018, model="2020")
    )
    assert found.budgets.allocation.rules.year == 2018


def test_corrected_norms_are_used_only_on_request(population):
    asked = AllocationOptions(macrobudget=10**9)
    plain = allocate_population(population, asked, NationalOptions(model="2026"))
    mended = allocate_population(population, asked, NationalOptions(model="2026", corrected_norms=True))
    assert not np.array_equal(column(plain, "objective", "objective"), column(mended, "objective", "objective"))


def write_fit(folder, volume, price=None, rules_year=2020, verb="fit"):
    def coefficients(key, table, constant):
        rows = [("intercept", "Constante", constant), *((r.kenmerk, r.label, r.value) for r in table.rows)]
        columns = (Column("key", "k", "code"), Column("label", "l"), Column("estimate", "e", "number"))
        return Table(key, key, columns, {c.key: [row[i] for row in rows] for i, c in enumerate(columns)})

    with new_run(folder, verb=verb, options={}, inputs={}) as run:
        run.table(coefficients("coefficients", volume, volume.published_constant()))
        if price is not None:
            run.table(coefficients("price_coefficients", price, price.published_constant()))
        run.json("fit.json", {"model": "proef", "rules_year": rules_year, "lineage": []})


def test_own_weights_from_a_run_of_fit_give_the_budgets_of_those_weights(population, answer, tmp_path):
    write_fit(tmp_path / "fit", volume_weights(2020), price_weights(2020))
    found = allocate_population(population, AllocationOptions(), NationalOptions(weights=tmp_path / "fit"))
    assert np.array_equal(column(found, "budgets", "budget"), column(answer, "budgets", "budget"))
    write_fit(tmp_path / "volume", volume_weights(2020))
    # Without an estimated price the published one of the rules year stands.
    price = fitted_model(tmp_path / "volume").price
    assert price.weights() == {r.kenmerk: r.value for r in price_weights(2020).rows}
    assert price.constant == price_weights(2020).published_constant()


def test_a_run_that_is_no_fit_of_a_population_is_refused(population, tmp_path):
    write_fit(tmp_path / "a", volume_weights(2020), verb="demo")
    with pytest.raises(RequestError, match="demo"):
        fitted_model(tmp_path / "a")
    write_fit(tmp_path / "b", volume_weights(2020), rules_year=None)
    with pytest.raises(RequestError, match="eigen tabel"):
        fitted_model(tmp_path / "b")
    with pytest.raises(RequestError, match="--weights"):
        allocate_population(population, AllocationOptions(), NationalOptions(model="2020", weights=tmp_path / "a"))
