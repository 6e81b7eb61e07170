"""A whole fit on a small country: the tables, folds, years and ceiling, each against first principles."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.model.test_prediction import KNOWN
from tests.small_country import small_country
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.kenmerken import compute_households
from verdeelmodel.model import FitOptions, fit_logit, predict_stored
from verdeelmodel.model.ceiling import ceiling, rows_of_design
from verdeelmodel.model.fitting import Fitting, fit_model
from verdeelmodel.model.folds import gemeente_of_households, over_gemeenten, over_years, year_of_households
from verdeelmodel.model.national import BIJSTAND, FRACTION, national_design, parse_years
from verdeelmodel.model.own_table import own_design, read_own_table
from verdeelmodel.model.prediction import Prediction, predict_country
from verdeelmodel.model.spec import ModelSpec, Part, Term
from verdeelmodel.model.study import FitExtras, fit_table, study_population
from verdeelmodel.model.years import stability

KEYS = ("age_20_to_25", "age_25_to_30", "benefit_unemployment", "buurt_inwoners")
MODEL = ModelSpec(
    "proef",
    2022,
    Part(tuple(Term(k, weight=0.0) for k in KEYS), 0.0),
    Part((Term("age_25_to_30", weight=0.0),), 0.0),
)


@pytest.fixture(scope="module")
def fitting():
    return Fitting(small_country(households=4000), (2019, 2020), MODEL, known=KNOWN)


@pytest.fixture(scope="module")
def design(fitting):
    return national_design(fitting.question(MODEL.volume, BIJSTAND))


def test_the_design_of_a_population_holds_its_kenmerken(fitting, design):
    import statsmodels.api as sm

    frames = []
    for year in (2019, 2020):
        chunks = compute_households(fitting.population, year, [*KEYS[:3], "bijstand"], 2022, known=KNOWN)
        frame = pd.concat([pd.DataFrame(c) for c in chunks], ignore_index=True)
        people = fitting.population.buurten(year).set_index("buurt")["inhabitants"] / 1e6
        frames.append(frame.assign(buurt_inwoners=people.loc[frame["buurt"]].to_numpy()))
    every = pd.concat(frames)
    x = sm.add_constant(every[list(KEYS)].astype(float))
    reference = sm.Logit(every["bijstand"].astype(float), x).fit(disp=0, method="newton", tol=1e-12)
    result = fit_logit(design)
    assert result.estimate == pytest.approx(reference.params.to_numpy(), rel=1e-6)
    assert result.se == pytest.approx(reference.bse.to_numpy(), rel=1e-5)
    assert set(np.unique(year_of_households(design))) == {2019, 2020}


def test_the_price_is_estimated_on_recipients_only(fitting):
    design = national_design(fitting.question(MODEL.price, FRACTION))
    recipients = sum(int(fitting.population.households(y, ["bijstand"])["bijstand"].sum()) for y in (2019, 2020))
    assert design.households == recipients
    fit = fit_model(fitting)
    assert fit.price.covariance_kind == "hc0"
    # A fractional logit with a constant reproduces the mean fraction.
    assert predict_stored(design, fit.price).mean() == pytest.approx(design.outcome.mean(), rel=1e-8)


def test_a_fitted_model_predicts_what_the_engine_predicts(fitting):
    fit = fit_model(replace(fitting, years=(2020,)))
    country = predict_country(Prediction(fitting.population, 2020, fit.model, KNOWN)).to_frame()
    assert country["expected"].to_numpy() == pytest.approx(fit.municipal["expected"].to_numpy(), rel=1e-9)
    assert country["expected"].sum() == pytest.approx(country["actual"].sum(), rel=1e-9)
    assert fit.model.lineage[0] == "proef"


def test_folds_leave_whole_gemeenten_out(design):
    result = fit_logit(design)
    found = over_gemeenten(design, result, folds=3)
    assert sum(f.outside.households for f in found.folds) == design.households
    assert all(f.inside.households + f.outside.households == design.households for f in found.folds)
    gemeente = gemeente_of_households(design)
    first = found.folds[0]
    sizes = [int((gemeente == g).sum()) for g in np.unique(gemeente)]
    assert any(
        sum(c) == first.outside.households
        for c in [[s] for s in sizes] + [[a, b] for i, a in enumerate(sizes) for b in sizes[i + 1 :]]
    )
    assert [f.name for f in over_years(design, result).folds] == ["2019", "2020"]
    with pytest.raises(RequestError, match="gemeenten"):
        over_gemeenten(design, result, folds=50)


def test_the_same_data_twice_are_stable_and_shifted_weights_are_not(fitting):
    result = fit_model(replace(fitting, years=(2020,))).volume
    same = stability({2019: result, 2020: result})
    assert same.joint_statistic == pytest.approx(0, abs=1e-18)
    shift = np.zeros(len(result.keys))
    shift[1] = 10 * result.se[1]
    moved = stability({2019: result, 2020: replace(result, estimate=result.estimate + shift)})
    # Two estimates ten standard errors apart: the statistic is 10^2 / 2.
    assert moved.statistic[0] == pytest.approx(50)
    assert moved.joint_p < 1e-6
    assert moved.to_frame()["drift"].iloc[0] == pytest.approx(shift[1])


def test_the_ceiling_finds_an_interaction_that_the_logit_misses():
    from verdeelmodel.model import CodedColumn, build_design, make_areas

    rng = np.random.default_rng(4)
    n = 12_000
    a, b, area = rng.random(n) < 0.5, rng.random(n) < 0.5, np.sort(rng.integers(1, 31, n))
    y = rng.random(n) < np.where(a ^ b, 0.4, 0.05)
    columns = [CodedColumn("a"), CodedColumn("b")]
    areas = make_areas(np.arange(1, 31), np.arange(1, 31))
    design = build_design(columns, {"a": a, "b": b}, y.astype(float), areas=areas, buurt=area)
    found = ceiling(design, rounds=20)
    assert found.trees.mcfadden > found.logit.mcfadden + 0.1
    assert set(found.where["key"]) == {"a", "b"}
    assert (found.where["total_gain"] > 0).all()


def test_rows_of_a_design_are_its_kenmerken(design):
    rows = np.array([0, 5, 17, 3999, design.households - 1])
    got = rows_of_design(design, rows)
    for place, row in enumerate(rows):
        assert got[place] == pytest.approx(design.dense(slice(row, row + 1))[0, 1:], rel=1e-6)


def test_every_table_that_is_asked_for_is_made(fitting):
    study = study_population(fitting, FitExtras(bootstrap=10, folds=2, per_year=True, ceiling=True))
    keys = [t.key for t in study.tables]
    assert len(set(keys)) == len(keys)
    assert {"coefficients", "published", "municipal", "calibration", "calibration_household_type", "drift"} <= set(keys)
    assert {"bootstrap", "out_of_sample", "out_of_sample_years", "ceiling", "fit_statistics"} <= set(keys)
    assert all(t.synthetic for t in study.tables)
    by_type = next(t for t in study.tables if t.key == "calibration_household_type").to_frame()
    assert by_type["actual"].sum() == fitting.population.households(2020, ["bijstand"])["bijstand"].sum()
    for table in study.tables:
        figures = [c.key for c in table.columns if c.kind not in ("text", "code", "flag")]
        assert set(figures) <= set(table.evidence), table.key


def test_a_sample_is_shown_as_what_it_stands_for_and_judged_as_what_it_is():
    from verdeelmodel.population.population import MemoryPopulation

    whole = small_country(households=4000)
    drawn = {2020: {**whole.households(2020), "weight": np.full(4000, 20.0, dtype=np.float32)}}
    tables = {name: whole.table(name) for name in ("gemeenten", "buurten")}
    population = MemoryPopulation(replace(whole.meta, years=(2020,)), drawn, tables)
    study = study_population(Fitting(population, (2020,), MODEL, known=KNOWN), FitExtras())
    found = {t.key: t for t in study.tables}
    for key in ("municipal", "calibration", "calibration_household_type"):
        assert sum(found[key].values["actual"]) == pytest.approx(20 * int(drawn[2020]["bijstand"].sum())), key
    behind = found["municipal"].evidence["actual"]
    assert sum(e.count for e in behind) == int(drawn[2020]["bijstand"].sum())
    assert sum(e.count for e in found["calibration_household_type"].evidence["actual"]) == sum(e.count for e in behind)


def test_euros_per_inhabitant_by_hand():
    from verdeelmodel.model.prediction import PredictedCountry
    from verdeelmodel.model.study import euros_per_inhabitant

    one = np.ones((2, 1))
    amount, paid = np.array([[60.0], [40.0]]), np.array([[100.0], [100.0]])
    country = PredictedCountry(2020, np.array([1, 2]), one, one, one, amount, paid, 0.0)
    gemeenten = pd.DataFrame({"gemeente": [2, 1], "inhabitants": [4, 10]})
    # Scaled to the total of 200 the amounts are 120 and 80: 20 too much for 10 people, 20 too little for 4.
    assert euros_per_inhabitant(country, gemeenten) == pytest.approx((2 + 5) / 2)


def test_years_as_a_user_writes_them():
    assert parse_years("2017-2019,2020", (2020,)) == (2017, 2018, 2019, 2020)
    assert parse_years(None, (2017, 2020)) == (2020,)
    with pytest.raises(RequestError, match="twintig"):
        parse_years("twintig", (2020,))


def test_absent_years_and_areas_without_a_value_are_named(fitting):
    with pytest.raises(RequestError, match="2031"):
        fit_model(replace(fitting, years=(2031,)))


def own_table(tmp_path, sep=",", decimal="."):
    rng = np.random.default_rng(7)
    n = 500
    frame = pd.DataFrame(
        {
            "y": rng.integers(0, 2, n),
            "vrouw": rng.integers(0, 2, n),
            "niveau": rng.choice(["laag", "midden", "hoog"], n),
            "leeftijd": rng.normal(45, 10, n).round(2),
            "wijk": rng.choice(["A", "B", "C"], n),
            "gewicht": rng.integers(1, 4, n),
        }
    )
    path = tmp_path / "tabel.csv"
    frame.to_csv(path, sep=sep, decimal=decimal, index=False)
    return path, frame


@pytest.mark.parametrize(("sep", "decimal"), [(",", "."), (";", ",")])
def test_a_table_of_ones_own_equals_statsmodels(tmp_path, sep, decimal):
    import statsmodels.formula.api as smf

    path, frame = own_table(tmp_path, sep, decimal)
    result = fit_logit(own_design(read_own_table(path), "y", ["vrouw", "niveau", "leeftijd"]))
    reference = smf.logit("y ~ vrouw + C(niveau) + leeftijd", frame).fit(disp=0, tol=1e-12)
    assert result.coefficients["niveau=laag"] == pytest.approx(reference.params["C(niveau)[T.laag]"], rel=1e-6)
    assert result.coefficients["leeftijd"] == pytest.approx(reference.params["leeftijd"], rel=1e-6)


def test_a_table_of_ones_own_with_areas_and_weights(tmp_path):
    path, frame = own_table(tmp_path)
    study = fit_table(path, "y", ["vrouw"], "wijk", "gewicht", FitOptions(covariance="buurt"))
    areas = next(t for t in study.tables if t.key == "municipal").to_frame().set_index("area")
    for wijk, part in frame.groupby("wijk"):
        assert areas.loc[wijk, "actual"] == pytest.approx((part["y"] * part["gewicht"]).sum())


def test_every_problem_of_an_own_table_is_reported(tmp_path):
    path, frame = own_table(tmp_path)
    frame.loc[3, "vrouw"] = np.nan
    frame["naam"] = [f"n{i}" for i in range(len(frame))]
    frame.to_csv(path, index=False)
    with pytest.raises(DataError) as caught:
        own_design(read_own_table(path), "niveau", ["vrouw", "naam", "leeftjd"])
    message = str(caught.value)
    assert "regel 5" in message
    assert "bedoelt u leeftijd?" in message
    assert "500" in message
    assert len(caught.value.problems) == 4
    with pytest.raises(DataError, match=r"weg\.csv"):
        read_own_table(tmp_path / "weg.csv")
