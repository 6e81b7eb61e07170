"""Saldi, budgets and the planted truth: what must add up, and what the published tables say."""

import io
import tomllib

import numpy as np
import pandas as pd
import pytest

from verdeelmodel.budget import Amounts, Inputs, allocate
from verdeelmodel.kenmerken import compute_gemeenten
from verdeelmodel.law import macrobudget
from verdeelmodel.law.rules import budget_rules
from verdeelmodel.synthetic.areas import gemeenten_table
from verdeelmodel.synthetic.decomposition import PARTS
from verdeelmodel.synthetic.decoys import REASONS, with_decoys
from verdeelmodel.synthetic.divisions import accounts_by_division
from verdeelmodel.synthetic.frame import YEARS, as_published, frame, published_differences
from verdeelmodel.synthetic.saldi import accounts, enforcement, luck, planted_saldi, wage_subsidies


def test_the_mean_saldi_of_the_study_are_the_published_ones():
    mean = 100 * planted_saldi().mean(axis=1)
    published = frame().gepubliceerd_saldo.to_numpy()
    known = ~np.isnan(published)
    assert known.sum() == 30
    assert np.abs(mean[known] - published[known]).max() < 0.5


def test_the_comparison_group_is_closest_to_zero_in_every_size_class():
    f = frame()
    total = pd.Series(np.abs(planted_saldi()).sum(axis=1), index=f.index)
    people = f.inwoners_2020
    for low, high in ((40_000, 100_000), (100_000, 250_000), (250_000, np.inf)):
        inside = (people > low) & (people <= high)
        group = inside & (f.groep == "vergelijking")
        others = inside & (f.groep == "")
        assert total[group].max() < total[others].min()


def test_no_other_municipality_has_a_larger_mean_saldo_than_the_groups():
    f = frame()
    mean = pd.Series(planted_saldi().mean(axis=1), index=f.index)[f.inwoners_2020 > 40_000]
    group = f.groep[mean.index]
    assert mean[group == "tekort"].max() < mean[group != "tekort"].min()
    assert mean[group == "overschot"].min() > mean[group != "overschot"].max()


def test_budgets_add_up_to_the_macrobudget_and_give_the_saldi():
    a = accounts()
    for i, year in enumerate(YEARS):
        assert a.budget[:, i].sum() == pytest.approx(macrobudget(year).euro, abs=len(frame()))
    assert np.allclose((a.budget - a.expenditure) / a.budget, a.saldo, atol=1e-4)


def test_chance_is_about_zero_over_the_years():
    assert np.abs(luck().mean(axis=1)).max() < 0.01


def test_policy_shows_in_subsidies_and_enforcement():
    mean = planted_saldi().mean(axis=1)
    assert np.corrcoef(np.log(wage_subsidies()), mean)[0, 1] > 0.1
    assert np.corrcoef(np.log(enforcement()), mean)[0, 1] > 0.1


def test_groups_are_moved_to_the_published_distance():
    values = np.random.default_rng(2).normal(size=len(frame()))
    moved = as_published(values, "mental_care_use")
    groups = frame().groep.to_numpy()
    comparison = moved[groups == "vergelijking"]
    published = published_differences().loc["mental_care_use"]
    for group in ("tekort", "overschot"):
        distance = (moved[groups == group].mean() - comparison.mean()) / comparison.std(ddof=1)
        assert distance == pytest.approx(published[group])
    assert np.array_equal(moved[groups == ""], values[groups == ""])


def test_the_truth_stands_in_the_folder(some):
    folder = some.folder
    truth = tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8"))
    assert truth["synthetisch"] is True
    assert {"schulden_en_gezondheid", "uitval_psychisch", "segregatie_buurt", "gescheiden"} <= set(truth["volume"])
    table = pd.read_parquet(io.BytesIO((folder / "truth_gemeenten.parquet").read_bytes()))
    assert set(table.year) == set(YEARS)
    assert np.allclose(table[list(PARTS)].sum(axis=1), table.saldo)


def test_the_saldo_of_the_gemeenten_table_is_the_planted_one(some):
    places = [list(frame().index).index(g) for g in some.gemeenten(2020)["gemeente"]]
    for i, year in enumerate(YEARS):
        g = some.gemeenten(year)
        saldo = (g.budget - g.net_expenditure) / g.budget
        assert np.allclose(saldo, planted_saldi()[places, i], atol=1e-4)


def test_decoys_are_kenmerken_with_a_reason_to_fail(some):
    known = with_decoys()
    assert set(REASONS) <= set(known)
    shares = compute_gemeenten(some, list(REASONS), [2020], known=known)
    assert ((shares >= 0) & (shares < 1)).to_numpy().all()
    assert (shares.mean() > 0.0005).all()
    assert known["lokvogel_stuurbaar"].beinvloedbaar == "ja"


def test_accounts_in_the_division_of_each_year_add_up_to_those_of_2020():
    table = accounts_by_division()
    assert table.groupby("jaar").gm_code.nunique().to_dict() == {2017: 388, 2018: 380, 2019: 355, 2020: 355}
    a = accounts()
    for i, year in enumerate(YEARS):
        own = table[table.jaar == year]
        assert own.budget.sum() == a.budget[:, i].sum()
        assert own.uitgaven.sum() == a.expenditure[:, i].sum()
        assert own.inwoners.sum() == pytest.approx(frame()[f"inwoners_{year}"].sum(), abs=5)
    groningen = table[(table.jaar == 2018) & table.gm_code.isin(["GM0014", "GM0009", "GM0017"])]
    assert groningen.budget.sum() == a.budget[list(frame().index).index(14), YEARS.index(2018)]


@pytest.mark.parametrize("year", YEARS)
def test_the_rules_of_the_decree_give_the_budgets(year):
    table = gemeenten_table((year,), np.arange(len(frame())))
    names = {"inhabitants": "inhabitants", "objective": "objective_amount", "cost": "cost"}
    names |= {"homeless_cost": "homeless_cost", "households_start": "households", "households_end": "households"}
    columns = {name: table[raw].to_numpy(float) for name, raw in names.items()}
    amounts = Amounts(int(macrobudget(year).euro), {"permit_holders": 0}, total_cost=float(table.cost.sum()))
    found = allocate(budget_rules(year), Inputs(tuple(table.code), columns), amounts)
    assert np.abs(found.budget / table.budget - 1).max() < 1e-4
