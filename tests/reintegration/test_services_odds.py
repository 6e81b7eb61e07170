"""Odds ratios are those of statsmodels, tests too, and a cell that is empty says so without spoiling the rest."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reintegration.services_clients import random_rows, study, synthetic_study
from verdeelmodel.reintegration.odds import Factor, NotEstimable, OddsModel, fit_odds

COLOUR = Factor("colour", "Kleur", {"red": "Rood", "blue": "Blauw", "green": "Groen"}, "red")
SHAPE = Factor("shape", "Vorm", {"round": "Rond", "square": "Vierkant"}, "round")


def sample(seed, n=600):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"colour": rng.choice(list(COLOUR.categories), n), "shape": rng.choice(["round", "square"], n)}
    )
    score = -0.5 + 0.8 * (frame["colour"] == "blue") - 0.6 * (frame["shape"] == "square")
    return frame, rng.random(n) < 1 / (1 + np.exp(-score.to_numpy()))


def reference(frame, y):
    data = frame.assign(y=y.astype(float))
    formula = "y ~ C(colour, Treatment('red')) + C(shape, Treatment('round'))"
    return smf.logit(formula, data).fit(disp=0), data


@pytest.mark.parametrize("seed", range(3))
def test_odds_intervals_and_p_values_equal_statsmodels(seed):
    frame, y = sample(seed)
    fitted, _ = reference(frame, y)
    model = fit_odds(frame, y, [COLOUR, SHAPE])
    bounds = fitted.conf_int()
    for factor, category in (("colour", "blue"), ("colour", "green"), ("shape", "square")):
        name = next(n for n in fitted.params.index if n.startswith(f"C({factor}") and f"T.{category}]" in n)
        odds = model.row(factor, category).odds
        expected = [np.exp(fitted.params[name]), *np.exp(bounds.loc[name]), fitted.pvalues[name]]
        assert [odds.ratio, odds.low, odds.high, odds.p] == pytest.approx(expected, rel=1e-7)
    assert model.constant == pytest.approx(fitted.params["Intercept"], rel=1e-7)


def test_overall_tests_equal_statsmodels():
    frame, y = sample(7)
    fitted, data = reference(frame, y)
    model = fit_odds(frame, y, [COLOUR, SHAPE])
    walds = fitted.wald_test_terms(scalar=True).table
    smaller = smf.logit("y ~ C(shape)", data).fit(disp=0)
    test = model.tests["colour"]
    name = next(n for n in walds.index if "colour" in n)
    assert test.wald == pytest.approx(float(walds.loc[name, "statistic"]), rel=1e-6)
    assert test.p_wald == pytest.approx(float(walds.loc[name, "pvalue"]), rel=1e-6)
    assert test.ratio == pytest.approx(2 * (fitted.llf - smaller.llf), rel=1e-6)
    assert test.degrees == 2


def test_the_tables_of_the_synthetic_file_equal_statsmodels():
    found = synthetic_study()
    data = found.compared.assign(y=found.outcome.astype(float))
    data = data[(data["sex"] != "") & (data["housing"] != "")]
    formula = (
        "y ~ C(gemeente, Treatment('0')) + C(sex, Treatment('woman')) + C(age, Treatment('from_45'))"
        " + C(housing, Treatment('tenant'))"
    )
    fitted = smf.logit(formula, data).fit(disp=0)
    for row in found.base.rows:
        if not row.reference:
            name = next(
                n for n in fitted.params.index if n.startswith(f"C({row.factor}") and f"[T.{row.category}]" in n
            )
            assert row.odds.ratio == pytest.approx(np.exp(fitted.params[name]), rel=1e-6)
            assert row.odds.high == pytest.approx(np.exp(fitted.conf_int().loc[name, 1]), rel=1e-6)


@pytest.mark.parametrize("everybody", [True, False])
def test_an_empty_cell_has_a_reason_and_changes_nothing_else(everybody):
    frame, y = sample(3)
    y = np.where(frame["colour"] == "green", everybody, y)
    model = fit_odds(frame, y, [COLOUR, SHAPE])
    row = model.row("colour", "green")
    assert row.odds is None
    assert "lege cel" in row.reason
    rest = (frame["colour"] != "green").to_numpy()
    without = fit_odds(frame[rest], y[rest], [COLOUR, SHAPE])
    assert model.row("shape", "square").odds.ratio == pytest.approx(without.row("shape", "square").odds.ratio, rel=1e-6)


def test_a_reference_with_an_empty_cell_gives_way_to_the_largest_category():
    frame, y = sample(4)
    y = np.where(frame["colour"] == "red", False, y)
    model = fit_odds(frame, y, [COLOUR, SHAPE])
    largest = frame.loc[frame["colour"] != "red", "colour"].value_counts().idxmax()
    assert model.row("colour", largest).reference
    assert model.row("colour", "red").odds is None


def test_clients_with_something_missing_are_left_out_and_counted():
    frame, y = sample(5)
    holes = frame.copy()
    holes.loc[:19, "shape"] = ""
    model = fit_odds(holes, y, [COLOUR, SHAPE])
    assert (model.n, model.left_out) == (580, 20)
    assert model.row("colour", "blue").odds == fit_odds(frame[20:], y[20:], [COLOUR, SHAPE]).row("colour", "blue").odds


@pytest.mark.parametrize(("outcome", "words"), [(False, "niemand"), (True, "alle vergeleken")])
def test_without_contrast_in_the_outcome_there_is_a_reason(outcome, words):
    frame, y = sample(1)
    found = fit_odds(frame, np.full(len(y), outcome), [COLOUR])
    assert isinstance(found, NotEstimable)
    assert words in str(found)


def test_factors_that_decide_each_other_have_a_reason():
    frame, y = sample(1)
    frame["copy"] = frame["shape"]
    found = fit_odds(frame, y, [SHAPE, Factor("copy", "Kopie", SHAPE.categories, "round")])
    assert isinstance(found, NotEstimable)
    assert "volledig" in found.reason


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_few_clients_never_give_a_traceback_or_a_number_that_is_none(seed):
    rng = np.random.default_rng(seed)
    frame, y = sample(seed, n=int(rng.integers(1, 25)))
    model = fit_odds(frame, y, [COLOUR, SHAPE], firth=("colour",))
    if isinstance(model, OddsModel):
        for row in model.rows:
            assert row.reference or row.odds is not None or row.reason
            for odds in (row.odds, row.firth):
                assert odds is None or np.isfinite([odds.ratio, odds.low, odds.high, odds.p]).all()


def test_one_municipality_leaves_the_other_factors():
    found = study(*random_rows(1, gemeenten=("A",)))
    assert {row.factor for row in found.base.rows} == {"sex", "age", "housing"}


def test_a_characteristic_that_no_file_has_is_said_and_not_corrected_for():
    rows = [
        {k: v for k, v in row.items() if k != "services"} | {"services": "", "housing": ""} for row in random_rows(2)
    ]
    found = study(*rows)
    assert "housing" in found.clients.absent
    assert {row.factor for row in found.base.rows} == {"gemeente", "sex", "age"}
    (reading,) = found.tables(("reading",))
    assert any("Huisvesting" in note for note in reading.notes)
