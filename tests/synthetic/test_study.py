"""The whole country at one twentieth: the study comes out as published, and the published weights are recovered."""

import numpy as np
import pandas as pd
import pytest

from verdeelmodel.kenmerken import registry
from verdeelmodel.law import price_weights, volume_weights
from verdeelmodel.model.fitting import Fitting, fit_model
from verdeelmodel.model.prediction import Prediction, predict_country
from verdeelmodel.model.spec import published_model
from verdeelmodel.population import open_population
from verdeelmodel.population.check import check_population
from verdeelmodel.synthetic import SyntheticOptions, make_population
from verdeelmodel.synthetic.diagnostics import compared_differences, compared_margins
from verdeelmodel.synthetic.frame import NATIONAL_RATE, frame, packaged
from verdeelmodel.synthetic.saldi import accounts
from verdeelmodel.synthetic.truth import planted

pytestmark = pytest.mark.slow
WEIGHTS = 2022


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetisch") / "land"
    return open_population(make_population(folder, SyntheticOptions(scale=0.05, years=(2019, 2020)), workers=2))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetisch") / "zonder"
    options = SyntheticOptions(scale=0.1, years=(2020,), effects=False, seed=11)
    return open_population(make_population(folder, options, workers=2))


def test_the_check_finds_no_errors(country):
    found = check_population(country)
    assert found.ok, [str(f) for f in found.errors]


def test_margins_are_met(country):
    for margin in compared_margins(country):
        assert margin.mean_error < 0.005, margin.name
    bijstand = compared_margins(country)[-1]
    assert np.average(bijstand.made, weights=bijstand.households) == pytest.approx(NATIONAL_RATE, abs=0.001)


def test_every_published_difference_is_of_a_kenmerk_that_exists():
    assert set(packaged("verschillen.csv").kenmerk) <= set(registry())


def test_the_groups_differ_as_published(country):
    found = compared_differences(country, WEIGHTS)
    starred = found[found.starred]
    assert (np.sign(starred.published) == np.sign(starred.made)).mean() >= 0.9
    assert np.corrcoef(found.published, found.made)[0, 1] > 0.8


def test_bijstand_per_inhabitant_ranks_as_published(country):
    households = country.households(2020, ["gemeente", "bijstand", "weight"])
    weighted = pd.Series(households["bijstand"] * households["weight"]).groupby(households["gemeente"]).sum()
    density = (weighted / frame().inwoners_2020).rank()
    assert np.corrcoef(density, frame().bijstand_per_1000.rank())[0, 1] > 0.97


def test_the_official_model_predicts_the_planted_saldi(country):
    f = frame()
    predicted = predict_country(Prediction(country, 2020, published_model(WEIGHTS), calibrate=NATIONAL_RATE)).to_frame()
    share = predicted.amount / predicted.amount.sum()
    spent = pd.Series(accounts().expenditure[:, -1] / accounts().budget[:, -1].sum(), index=f.index)
    saldo = 1 - spent / share
    study = f.groep.isin(["tekort", "overschot"])
    assert np.corrcoef(saldo[study], f.gepubliceerd_saldo[study])[0, 1] > 0.75
    assert saldo[f.groep == "tekort"].mean() == pytest.approx(-0.10, abs=0.04)
    assert saldo[f.groep == "overschot"].mean() == pytest.approx(0.16, abs=0.04)


def test_without_effects_the_published_weights_are_recovered(plain):
    fit = fit_model(Fitting(plain, (2020,), published_model(WEIGHTS)))
    truth = dict(zip(volume_weights(WEIGHTS).kenmerken, volume_weights(WEIGHTS).vector(), strict=True))
    distance = standard_distances(fit.volume, truth | {"intercept": planted().constant})
    assert (np.abs(distance) < 1.96).mean() >= 0.90
    assert np.abs(distance).max() < 5
    paid = dict(zip(price_weights(WEIGHTS).kenmerken, price_weights(WEIGHTS).vector(), strict=True))
    distance = standard_distances(fit.price, paid | {"intercept": planted().price_constant})
    assert (np.abs(distance) < 1.96).mean() >= 0.85
    assert np.abs(distance).max() < 5


def standard_distances(result, truth):
    table = result.to_frame().set_index("key")
    known = pd.Series(truth)
    return ((table.estimate - known[table.index]) / table.se).to_numpy()
