"""What cannot be estimated is said by name, and what the user chose is done and noted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.designs import make_households
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.model import (
    AreaColumn,
    CodedColumn,
    ContinuousColumn,
    DesignBuilder,
    FitOptions,
    build_design,
    fit_logit,
    make_areas,
    predict_areas,
    predict_households,
)


def with_column(key, values, column=None, seed=21):
    households = make_households(2000, seed=seed)
    households.values[key] = values(households) if callable(values) else values
    households.columns.append(column or CodedColumn(key))
    return households


def separated():
    """A dummy that only households with the outcome have: 7 of them."""
    chosen = np.zeros(2000, dtype=bool)
    return with_column("volmaakt", lambda h: _first(h.outcome == 1, chosen))


def _first(where, chosen, count=7):
    chosen = chosen.copy()
    chosen[np.flatnonzero(where)[:count]] = True
    return chosen


def problems_of(error) -> str:
    return "\n".join(str(problem) for problem in error.value.problems)


def test_a_perfectly_predicting_dummy_stops_with_its_name_and_the_choices():
    with pytest.raises(RequestError) as error:
        fit_logit(separated().design())
    assert "'volmaakt': alle 7 huishoudens" in problems_of(error)
    assert "separation='drop', 'merge', 'ridge' of 'firth'" in problems_of(error)


def test_drop_leaves_out_the_dummy_and_its_households():
    households = separated()
    result = fit_logit(households.design(), options=FitOptions(separation="drop"))
    kept = np.flatnonzero(~households.values["volmaakt"])
    without = [key for key in households.values if key != "volmaakt"] + ["dichtheid", "werk"]
    expected = fit_logit(households.design(kept), without)
    assert result.removed == ("volmaakt",)
    assert result.households == 1993
    assert any("volmaakt" in note and "7" in note for note in result.warnings)
    np.testing.assert_allclose(result.estimate, expected.estimate, atol=1e-9)
    np.testing.assert_allclose(result.se, expected.se, rtol=1e-7)


def test_merge_keeps_the_households():
    households = separated()
    result = fit_logit(households.design(), options=FitOptions(separation="merge"))
    without = [key for key in result.keys if key != "intercept"]
    assert result.households == 2000
    assert any("samengevoegd" in note for note in result.warnings)
    np.testing.assert_array_equal(result.estimate, fit_logit(households.design(), without).estimate)


@pytest.mark.parametrize("penalty", ["ridge", "firth"])
def test_penalties_give_a_finite_estimate_and_say_so(penalty):
    result = fit_logit(separated().design(), options=FitOptions(separation=penalty))
    assert 0.5 < result.coefficients["volmaakt"] < 10
    assert np.isfinite(result.se).all()
    assert result.penalty == penalty
    assert any("volmaakt" in note for note in result.warnings)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 30), st.integers(1, 200), st.integers(1, 200))
def test_firth_of_one_dummy_adds_half_a_household_to_every_cell(with_one, with_zero, without_one):
    """Firth (1993): for a two-by-two table the estimate is the log odds ratio after adding 1/2 to each cell."""
    cells = {(True, 1): with_one, (True, 0): 0, (False, 1): without_one, (False, 0): with_zero}
    x = np.repeat([key[0] for key in cells], list(cells.values()))
    y = np.repeat([key[1] for key in cells], list(cells.values()))
    design = build_design([CodedColumn("x")], {"x": x}, y, threads=1)
    result = fit_logit(design, options=FitOptions(separation="firth", threads=1))
    odds = (with_one + 0.5) * (with_zero + 0.5) / (0.5 * (without_one + 0.5))
    assert result.coefficients["x"] == pytest.approx(np.log(odds), abs=1e-6)


def test_separation_by_a_number_is_found_and_named():
    households = make_households(1500, seed=22, continuous=1)
    households.outcome = (households.values["x0"] > 40).astype(np.uint8)
    with pytest.raises(RequestError) as error:
        fit_logit(households.design())
    assert "'x0'" in problems_of(error)


@pytest.mark.parametrize("n", [1500, 300_000])
@pytest.mark.parametrize(
    "near", [lambda y, rng: y * rng.uniform(5, 10, len(y)), lambda y, rng: 1e3 * y + rng.normal(size=len(y))]
)
def test_a_number_that_gives_the_outcome_away_is_named(n, near):
    households = make_households(n, seed=3, continuous=1)
    households.values["x0"] = near(households.outcome, np.random.default_rng(1))
    with pytest.raises(RequestError) as error:
        fit_logit(households.design())
    assert "'x0'" in problems_of(error)


def test_separation_by_two_dummies_together_is_found_and_named():
    households = make_households(1500, seed=23, booleans=2, level_counts=())
    both = households.values["b0"] & households.values["b1"]
    households.values["beide"] = both
    households.columns.append(CodedColumn("beide"))
    nothing = households.values["b0"] & ~both
    households.outcome[nothing] = 0
    with pytest.raises(RequestError) as error:
        fit_logit(households.design())
    assert "'b0'" in problems_of(error)
    assert "'beide'" in problems_of(error)
    result = fit_logit(households.design(), options=FitOptions(separation="firth"))
    assert np.isfinite(result.estimate).all()
    assert result.penalty == "firth"


@pytest.mark.parametrize(
    ("key", "values", "column", "said"),
    [
        ("nullen", np.zeros(2000, dtype=bool), None, "komt bij geen enkel huishouden voor"),
        ("enen", np.ones(2000, dtype=bool), None, "komt bij elk huishouden voor"),
        ("zelfde", lambda h: h.values["b0"], None, "gelijk aan 'b0'"),
        ("omgekeerd", lambda h: ~h.values["b0"], None, "-1 × b0"),
        ("vast", np.full(2000, 7.5), ContinuousColumn("vast"), "bij elk huishouden gelijk"),
        ("verdubbeld", lambda h: 2.0 * h.values["b1"], ContinuousColumn("verdubbeld"), "+2 × b1"),
    ],
)
def test_columns_that_add_nothing_are_named(key, values, column, said):
    with pytest.raises(RequestError) as error:
        fit_logit(with_column(key, values, column).design())
    message = problems_of(error)
    assert said in message
    assert "laat" in message


def test_an_area_column_equal_to_another_or_constant_is_named():
    households = make_households(2000, seed=24)
    density = households.columns[-2]
    households.columns += [AreaColumn("kopie", density.values * 2), AreaColumn("vlak", np.full(60, 3.0))]
    with pytest.raises(RequestError, match="vlak"):
        fit_logit(households.design())
    with pytest.raises(RequestError) as error:
        fit_logit(households.design(), [key for key in households.design().position if key != "vlak"][1:])
    assert "+2 × dichtheid" in problems_of(error)


@pytest.mark.parametrize("outcome", [0, 1])
def test_all_outcomes_equal(outcome):
    households = make_households(500, seed=25)
    households.outcome[:] = outcome
    with pytest.raises(DataError, match=f"dezelfde uitkomst \\({outcome}\\)"):
        fit_logit(households.design())


def test_one_household_and_none():
    with pytest.raises(DataError, match="dezelfde uitkomst"):
        fit_logit(build_design([CodedColumn("x")], {"x": [True]}, [1]))
    with pytest.raises(DataError, match="geen huishoudens"):
        build_design([CodedColumn("x")], {"x": np.zeros(0, dtype=bool)}, [])


def test_every_wrong_value_is_reported_together_with_its_column():
    columns = [CodedColumn("woning", levels=(0, 1, 2)), ContinuousColumn("leeftijd"), CodedColumn("student")]
    values = {
        "woning": [0, 1, 9, 2],
        "leeftijd": [1.0, np.nan, np.inf, 3.0],
        "student": np.array([True, False, None, True], dtype=object),
    }
    areas = make_areas(["A", "B"], None)
    builder = DesignBuilder(columns, areas, weights="sampling")
    builder.add(values, [0, 1, np.nan, 2], buurt=["A", "B", "C", "A"], weight=[1, -1, 1, np.nan])
    with pytest.raises(DataError) as error:
        builder.finish()
    message = problems_of(error)
    for expected in (
        "'woning': 1 huishoudens met een onbekende categorie (9), het eerste op rij 2",
        "'leeftijd': 2 huishoudens zonder (eindige) waarde, het eerste op rij 1",
        "'student': 1 huishoudens zonder",
        "'outcome': 1 huishoudens zonder",
        "'outcome': 1 uitkomsten liggen niet tussen 0 en 1",
        "'buurt': 1 huishoudens met een onbekende categorie (C)",
        "'weight': 1 huishoudens met een negatief gewicht",
        "'weight': 1 huishoudens zonder",
    ):
        assert expected in message


def test_rows_are_counted_over_all_chunks():
    builder = DesignBuilder([CodedColumn("woning", levels=(0, 1))])
    builder.add({"woning": [0, 1, 0]}, [0, 1, 1])
    builder.add({"woning": [0, 5, 6]}, [0, 1, 1])
    with pytest.raises(DataError) as error:
        builder.finish()
    assert "2 huishoudens met een onbekende categorie (5, 6), het eerste op rij 4" in problems_of(error)


def test_columns_that_cannot_be_in_a_model():
    columns = [CodedColumn("a", levels=(1,)), CodedColumn("a", levels=(1, 2), reference=3), CodedColumn("intercept")]
    with pytest.raises(RequestError) as error:
        DesignBuilder(columns)
    assert len(error.value.problems) == 4


def test_missing_and_unannounced_columns():
    with pytest.raises(DataError, match="studnet"):
        build_design([CodedColumn("studnet")], {"student": [True, False]}, [0, 1])
    with pytest.raises(RequestError, match="gegeven, maar niet aangekondigd"):
        build_design([CodedColumn("x")], {"x": [True, False]}, [0, 1], weight=[1, 1])
    with pytest.raises(DataError, match="3 waarden in plaats van 2"):
        build_design([CodedColumn("x")], {"x": [True, False, True]}, [0, 1])


def test_unknown_parameter_gets_a_suggestion():
    with pytest.raises(RequestError, match="dichtheid"):
        fit_logit(make_households(500).design(), ["dichtheit"])


def test_every_invalid_option_is_reported_together():
    with pytest.raises(RequestError) as error:
        FitOptions(covariance="wijk", separation="zwijg", ridge=0.0, threads=0)
    assert len(error.value.problems) == 4


def test_weights_of_zero_count_for_nothing():
    households = make_households(3000, seed=26, continuous=1)
    weight = np.ones(3000)
    weight[1000:] = 0
    whole = make_households(3000, seed=26, continuous=1)
    households.extra = {"weight": weight, "weights": "sampling"}
    options = FitOptions(covariance="buurt")
    found = fit_logit(households.design(), options=options)
    expected = fit_logit(whole.design(np.arange(1000)), options=options)
    assert found.households == 1000
    np.testing.assert_allclose(found.estimate, expected.estimate, atol=1e-9)
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-7)
    households.extra["weight"] = np.zeros(3000)
    with pytest.raises(DataError, match="gewicht nul"):
        households.design()


def test_an_area_without_households_has_sums_of_zero_and_changes_nothing():
    households = make_households(2000, seed=27)
    design = households.design()
    sums = predict_areas(design, fit_logit(design))
    empty = ~np.isin(households.areas.buurten, households.buurt)
    assert empty.any()
    assert (sums.expected[empty] == 0).all()
    assert sums.households.sum() == 2000


def test_clustering_without_areas_is_refused():
    design = build_design([CodedColumn("x")], {"x": [True, False] * 50}, [0, 1, 1, 0, 1] * 20)
    with pytest.raises(RequestError, match="geen gebieden"):
        fit_logit(design, options=FitOptions(covariance="buurt"))


def test_predictions_without_the_order_of_the_file_are_refused():
    design = make_households(500).design(keep_order=False)
    with pytest.raises(RequestError, match="keep_order"):
        predict_households(design, fit_logit(design))


def test_a_rare_dummy_is_noted_but_estimated():
    households = with_column("zeldzaam", np.arange(2000) % 150 == 0)
    result = fit_logit(households.design())
    assert any("zeldzaam" in note for note in result.warnings)


def test_the_user_can_ask_for_more_households_than_one_per_dummy():
    households = with_column("zeldzaam", np.arange(2000) % 150 == 0)
    with pytest.raises(RequestError) as error:
        fit_logit(households.design(), options=FitOptions(rare=20))
    assert "minder dan de gevraagde 20" in problems_of(error)


def test_sampling_weights_with_model_errors_are_noted():
    households = make_households(800)
    households.extra = {"weight": np.full(800, 2.0), "weights": "sampling"}
    assert any("robuuste" in note for note in fit_logit(households.design()).warnings)


def test_an_option_is_named_as_the_command_line_calls_it() -> None:
    with pytest.raises(RequestError) as error:
        FitOptions(covariance="foo")  # type: ignore[arg-type]
    assert "--cluster" in str(error.value)
