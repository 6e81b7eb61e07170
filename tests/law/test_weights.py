"""Every published weight is loaded with key, source and certainty, and the official prediction is the plain formula."""

import numpy as np
import pytest

from verdeelmodel.errors import RequestError, UnknownRuleError
from verdeelmodel.law import Certainty, model_years, price_weights, sources, volume_weights, weights
from verdeelmodel.law.prediction import (
    calibrated_constant,
    fail_if_kenmerken_unused,
    fraction,
    linear_predictor,
    objective_amount,
    probability,
)

# Rows per published table (Regeling Participatiewet, IOAW en IOAZ, bijlage I), without the constant.
ROWS = {
    (2019, "volume"): 69,
    (2020, "volume"): 69,
    (2022, "volume"): 68,
    (2024, "volume"): 74,
    (2026, "volume"): 77,
    (2019, "prijs"): 29,
    (2020, "prijs"): 29,
    (2022, "prijs"): 30,
    (2024, "prijs"): 29,
    (2026, "prijs"): 29,
}


def test_the_model_years_are_those_published():
    assert model_years() == (2019, 2020, 2022, 2024, 2026)


@pytest.mark.parametrize(("year", "component"), ROWS)
def test_every_published_row_is_loaded_with_source_and_certainty(year, component):
    table = weights(year, component)
    assert len(table.rows) == ROWS[year, component]
    assert len(set(table.kenmerken)) == len(table.rows)
    assert (table.constant is None) == (year == 2019)
    assert len(table.references) == {"volume": 5, "prijs": 4}[component]
    for row in table.rows:
        assert row.source in sources()
        assert row.certainty is Certainty.full
        assert float(row.published) == row.value
        assert row.indicator.block
        assert row.indicator.level in ("huishouden", "gemeente", "buurt")
        assert row.label


@pytest.mark.parametrize(
    ("year", "component", "kenmerk", "published"),
    [
        (2019, "volume", "origin_syrian", "3.2286444"),
        (2020, "volume", "municipality_share_lowest_educated", "0.0"),
        (2022, "volume", "housing_corporation", "1.6348696"),
        (2024, "volume", "age_20_to_25", "1.36670099"),
        (2026, "volume", "origin_ukrainian_recent", "-5.142889"),
        (2022, "prijs", "wage_cost_subsidy_indicator", "-2.0327935"),
        (2026, "prijs", "benefit_unemployment", "-1.9655203"),
    ],
)
def test_published_values(year, component, kenmerk, published):
    assert weights(year, component).by_kenmerk[kenmerk].value == float(published)


@pytest.mark.parametrize(
    ("year", "volume", "price"),
    [
        (2020, 0.0094706, 2.8209278),
        (2022, 0.4605315, 2.5883808),
        (2024, -1.75777808, 1.6201766),
        (2026, -1.9977512, 2.0263536),
    ],
)
def test_published_constants(year, volume, price):
    assert volume_weights(year).published_constant() == volume
    assert price_weights(year).published_constant() == price


def test_a_year_without_weights_names_the_years_that_exist():
    with pytest.raises(UnknownRuleError, match="2021") as caught:
        volume_weights(2021)
    assert "2019, 2020, 2022, 2024, 2026" in str(caught.value)


def test_2019_refuses_to_invent_a_constant():
    with pytest.raises(UnknownRuleError, match="--calibrate"):
        volume_weights(2019).published_constant()


def households(table, n=500, seed=1):
    rng = np.random.default_rng(seed)
    return {
        r.kenmerk: rng.random(n) < 0.2 if r.indicator.unit == "nul_een" else rng.normal(0, 0.1, n) for r in table.rows
    }


@pytest.mark.parametrize("year", [2020, 2022, 2024, 2026])
@pytest.mark.parametrize("component", ["volume", "prijs"])
def test_the_prediction_is_the_dense_formula(year, component):
    table = weights(year, component)
    columns = households(table)
    dense = np.column_stack([np.asarray(columns[k], dtype=float) for k in table.kenmerken])
    eta = np.array([float(r.published) for r in table.rows]) @ dense.T + float(table.constant.published)
    expected = 1 / (1 + np.exp(-eta))
    predict = probability if component == "volume" else fraction
    np.testing.assert_allclose(predict(table, columns), expected, rtol=0, atol=1e-12)


def test_the_objective_amount_is_the_product():
    np.testing.assert_allclose(
        objective_amount(np.array([0.1, 0.5]), np.array([0.9, 1.0]), np.array([10_000.0, 20_000.0])), [900.0, 10_000.0]
    )


def test_missing_kenmerken_are_all_listed():
    table = volume_weights(2022)
    columns = households(table)
    del columns["age_20_to_25"], columns["hci_low"]
    with pytest.raises(RequestError) as caught:
        probability(table, columns)
    assert {p.found.split()[0] for p in caught.value.problems} == {"age_20_to_25", "hci_low"}


def test_an_unused_kenmerk_is_an_error_with_a_suggestion():
    with pytest.raises(RequestError, match="hci_low"):
        fail_if_kenmerken_unused(volume_weights(2022).kenmerken, ["hci_lo"])


@pytest.mark.parametrize("rate", [0.001, 0.054, 0.5, 0.97])
def test_calibration_meets_the_national_rate(rate):
    table = volume_weights(2019)
    eta = linear_predictor(table, households(table), constant=0.0)
    constant = calibrated_constant(eta, rate)
    assert probability(table, households(table), constant).mean() == pytest.approx(rate, abs=1e-10)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, 5.4])
def test_a_rate_that_is_no_rate_is_refused(rate):
    with pytest.raises(RequestError):
        calibrated_constant(np.zeros(3), rate)
