"""Residuals by group and the spread of gemeenten, against sums and derivatives written out."""

import numpy as np
import pytest

from tests.model.test_prediction import KNOWN, MODEL, YEAR
from tests.small_country import small_country
from verdeelmodel.explain.residual import Spread, residuals, spread_of_gemeenten
from verdeelmodel.model import fit_logit, predict_stored
from verdeelmodel.model.national import Question, national_design
from verdeelmodel.model.prediction import Prediction, predict_chunks

KEYS = ("age_20_to_25", "age_25_to_30", "benefit_unemployment", "buurt_inwoners")


@pytest.fixture(scope="module")
def population():
    return small_country(households=4000)


def test_residuals_by_group_are_sums_over_its_households(population):
    prediction = Prediction(population, YEAR, MODEL, KNOWN)
    more = ("household_type", "age_25_to_30")
    gemeenten = np.sort(population.gemeenten(YEAR)["gemeente"].to_numpy(np.int64))
    found = residuals(predict_chunks(prediction, more), gemeenten, more)
    chunk = next(iter(predict_chunks(prediction, more)))
    kinds, on, place = chunk.columns["household_type"], chunk.columns["bijstand"], chunk.columns["gemeente"]
    chosen = (place == gemeenten[2]) & (kinds == 2)
    column = found["household_type"].groups.index("2")
    assert found["household_type"].actual[2, column] == on[chosen].sum()
    assert found["household_type"].expected[2, column] == pytest.approx(chunk.probability[chosen].sum())
    p = chunk.probability[chosen]
    assert found["household_type"].variance[2, column] == pytest.approx((p * (1 - p)).sum())
    assert found["household_type"].households.sum() == len(on)
    assert found["age_25_to_30"].groups == ("1",)
    assert found["age_25_to_30"].households.sum() == chunk.columns["age_25_to_30"].sum()
    assert found["household_type"].of(int(gemeenten[2]))["actual"].sum() == on[place == gemeenten[2]].sum()


def test_the_spread_by_the_weights_equals_a_numerical_derivative(population):
    design = national_design(Question(population, (YEAR,), KEYS, 2022, known=KNOWN))
    result = fit_logit(design)
    probability = predict_stored(design, result)
    spread = spread_of_gemeenten(design, result, probability)
    x = design.dense(slice(0, design.households))
    gemeente = design.areas.gemeenten[design.areas.gemeente_of[design.area_of_households(slice(0, design.households))]]
    places = [design.position[k] for k in result.keys]
    for row, code in enumerate(spread.gemeenten[:3]):
        inside = gemeente == code
        gradient = []
        for j in range(len(places)):
            step = 1e-6 * max(1.0, abs(result.estimate[j]))
            ends = []
            for sign in (1, -1):
                beta = result.estimate.copy()
                beta[j] += sign * step
                ends.append((1 / (1 + np.exp(-x[inside][:, places] @ beta))).sum())
            gradient.append((ends[0] - ends[1]) / (2 * step))
        expected = np.sqrt(np.array(gradient) @ result.covariance @ np.array(gradient))
        assert spread.model[row] == pytest.approx(expected, rel=1e-5)
        p = probability[inside]
        assert spread.chance[row] == pytest.approx(np.sqrt((p * (1 - p)).sum()), rel=1e-9)
    assert spread.expected.sum() == pytest.approx(spread.actual.sum(), rel=1e-8)


def test_the_gap_is_split_within_chance_within_weights_and_beyond():
    one = np.ones(4)
    spread = Spread(np.arange(4), 100 * one, np.array([101.0, 85.0, 130.0, 100.0]), 5 * one, 12 * one)
    chance, weights, beyond = spread.parts()
    assert chance + weights + beyond == pytest.approx(spread.actual - spread.expected)
    z = 1.959963984540054
    assert chance == pytest.approx([1, -5 * z, 5 * z, 0])
    assert weights == pytest.approx([0, -(15 - 5 * z), (13 - 5) * z, 0])
    assert beyond == pytest.approx([0, 0, 30 - 13 * z, 0])


def test_chance_alone_stays_within_its_spread():
    rng = np.random.default_rng(2)
    p = rng.random((40, 300)) * 0.3
    drawn = (rng.random((2000, 40, 300)) < p).sum(axis=2)
    z = (drawn - p.sum(axis=1)) / np.sqrt((p * (1 - p)).sum(axis=1))
    assert (np.abs(z) < 1.96).mean() == pytest.approx(0.95, abs=0.01)
