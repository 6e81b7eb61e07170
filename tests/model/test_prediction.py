"""A model applied to a population, against a dense formula written out here."""

from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from tests.small_country import small_country
from verdeelmodel import law
from verdeelmodel.errors import UnknownRuleError
from verdeelmodel.kenmerken import compute_households, kenmerk, registry
from verdeelmodel.model.norm import NORM_COLUMNS, norm_kinds, norms_of_households
from verdeelmodel.model.prediction import Prediction, positions_of, predict_chunks, predict_country
from verdeelmodel.model.spec import ModelSpec, Part, Term


@kenmerk(thema="Buurt", label="Dichtheid van de buurt", eenheid="buurt", soort="getal", theorie="proef", reden="proef")
def buurt_inwoners(inhabitants):
    """Inhabitants in millions."""
    return inhabitants / 1e6


@kenmerk(thema="Ligging", label="Adressendichtheid", eenheid="gemeente", soort="getal", theorie="proef", reden="proef")
def gemeente_dichtheid(oad):
    """Address density in millions."""
    return oad / 1e6


KNOWN = registry().extended([f.verdeelmodel_kenmerk for f in (buurt_inwoners, gemeente_dichtheid)])
WEIGHTS = {"age_20_to_25": 0.4, "age_25_to_30": -0.7, "buurt_inwoners": 0.2, "gemeente_dichtheid": -0.1}
MODEL = ModelSpec(
    "proef",
    2022,
    Part(tuple(Term(k, weight=w) for k, w in WEIGHTS.items()), -2.0),
    Part((Term("age_25_to_30", weight=0.3),), 1.0),
)
YEAR = 2020


def dense(population, year=YEAR):
    """The prediction household by household, from the tables, with no chunks and no look-ups in between."""
    chunks = list(compute_households(population, year, ["age_20_to_25", "age_25_to_30"], 2022, known=KNOWN))
    x = {k: np.concatenate([c[k] for c in chunks]) for k in chunks[0]}
    inhabitants = population.buurten(year).set_index("buurt")["inhabitants"].astype(float) / 1e6
    oad = (population.gemeenten(year).set_index("gemeente")["oad"] / 1e6).astype(float)
    eta = -2.0 + 0.4 * x["age_20_to_25"] - 0.7 * x["age_25_to_30"]
    eta = eta + 0.2 * inhabitants.loc[x["buurt"]].to_numpy() - 0.1 * oad.loc[x["gemeente"]].to_numpy()
    raw = population.households(year, [*NORM_COLUMNS, "bijstand", "household_type", "fraction_paid"])
    norm = norms_of_households(law.gross_norms(2022), raw)
    return x["gemeente"], expit(eta), expit(1.0 + 0.3 * x["age_25_to_30"]), norm, raw


def test_equals_the_dense_formula():
    population = small_country()
    gemeente, p, fraction, norm, raw = dense(population)
    country = predict_country(Prediction(population, YEAR, MODEL, KNOWN))
    frame = country.to_frame()
    for g in frame.index:
        chosen = gemeente == g
        assert frame.loc[g, "households"] == chosen.sum()
        assert frame.loc[g, "expected"] == pytest.approx(p[chosen].sum(), rel=1e-12)
        assert frame.loc[g, "actual"] == raw["bijstand"][chosen].sum()
        assert frame.loc[g, "amount"] == pytest.approx((p * fraction * norm)[chosen].sum(), rel=1e-12)
    types = country.by_type()
    assert types["expected"].sum() == pytest.approx(p.sum(), rel=1e-12)
    couples = np.isin(raw["household_type"], [1])
    assert types["households"].iloc[1] == couples.sum()


def in_small_blocks(population, rows):
    """The same population, read in blocks of at most `rows` households."""
    cut = copy(population)
    cut._batches = lambda year, columns, most: population._batches(year, columns, min(rows, most))
    return cut


def test_the_number_of_threads_changes_no_bit():
    asked = Prediction(in_small_blocks(small_country(), 50), YEAR, MODEL, KNOWN, calibrate=0.06)
    assert len(list(predict_chunks(asked))) == 60
    one = predict_country(asked, threads=1)
    for threads in (2, 3, 8):
        other = predict_country(asked, threads=threads)
        assert other.constant == one.constant
        for name in ("households", "expected", "actual", "amount", "paid"):
            assert getattr(other, name).tobytes() == getattr(one, name).tobytes()


def test_the_progress_counts_every_household():
    told = []
    predict_country(Prediction(small_country(), YEAR, MODEL, KNOWN), told.append)
    assert sum(told) == small_country().count(YEAR)


def test_codes_are_found_run_by_run():
    codes = np.array([14, 34, 37, 80])
    values = np.array([14, 14, 80, 34, 34, 14])
    assert positions_of(values, codes).tolist() == [0, 0, 3, 1, 1, 0]


def test_calibrating_meets_the_national_rate():
    population = small_country()
    country = predict_country(Prediction(population, YEAR, MODEL, KNOWN, calibrate=0.06))
    assert country.expected.sum() / country.households.sum() == pytest.approx(0.06, abs=1e-12)
    assert country.constant != -2.0


def test_a_model_without_constants_is_refused_and_can_be_calibrated():
    population = small_country()
    bare = replace(MODEL, volume=replace(MODEL.volume, constant=None), price=replace(MODEL.price, constant=None))
    with pytest.raises(UnknownRuleError, match="--calibrate"):
        predict_country(Prediction(population, YEAR, bare, KNOWN))
    chunks = list(predict_chunks(Prediction(population, YEAR, MODEL, KNOWN, calibrate=0.06)))
    assert chunks
    country = predict_country(Prediction(population, YEAR, bare, KNOWN, calibrate=0.06))
    # The price constant is set so that the expected recipients are paid what the actual ones were.
    raw = population.households(YEAR, ["bijstand", "fraction_paid"])
    on = raw["bijstand"] & (raw["fraction_paid"] >= 0)
    with_full_norm = replace(bare, price=Part((), 40.0))
    full = predict_country(Prediction(population, YEAR, with_full_norm, KNOWN, calibrate=0.06))
    assert country.amount.sum() < full.amount.sum()
    assert raw["fraction_paid"][on].mean() < 1


def test_norms_of_households_by_hand():
    columns = {
        "household_type": np.array([0, 0, 0, 1, 2, 2, 3, 6, 5, 1]),
        "age_1": np.array([40, 19, 22, 40, 19, 30, 35, 23, 50, 19]),
        "age_2": np.array([-1, -1, -1, 38, 19, 20, -1, -1, 45, 19]),
        "age_youngest_child": np.array([-1, -1, -1, -1, 1, 2, 4, -1, -1, -1]),
        "student_level": np.array([0, 0, 3, 0, 0, 0, 1, 0, 0, 0]),
        "kostendelers": np.array([1, 1, 1, 2, 2, 2, 1, 3, 2, 2]),
    }
    names = [law.KINDS[k] for k in norm_kinds(columns)]
    assert names == [
        "alleenstaande_21_aow",
        "alleenstaande_18_20",
        "student",
        "paar_21_aow",
        "paar_18_20_met_kind",
        "paar_een_18_20_met_kind",
        "alleenstaande_21_aow",
        "alleenstaande_21_aow",
        "alleenstaande_21_aow",
        "paar_18_20_zonder_kind",
    ]
    amounts = norms_of_households(law.gross_norms(2022), columns)
    assert amounts[:5].tolist() == [16068.74, 3195.48, 0.0, 20378.06, 10089.36]
    assert amounts[7] == 8229.19
