"""Every area kenmerk by the arithmetic of its case; the effects of buurten; averages over years."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.small_country import YEARS, small_country
from verdeelmodel.errors import DataError
from verdeelmodel.kenmerken import compute_gemeenten
from verdeelmodel.kenmerken.buurteffecten import (
    aandeel_in_afwijkende_buurten,
    grens_afwijkend,
    share_in_neighbourhood_work_not_norm,
    spreiding_bijstand_tussen_buurten,
)
from verdeelmodel.kenmerken.declare import Telling
from verdeelmodel.kenmerken.registry import builtin
from verdeelmodel.population.population import MemoryPopulation

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "gebied.yaml").read_text(encoding="utf-8"))
LEVEL = {"gemeenten": "gemeente", "buurten": "buurt", "households": "huishouden"}
WORKED = [(level, key, case) for level in LEVEL for key, cases in CASES[level].items() for case in cases]


def value(written):
    if isinstance(written, bool):
        return written
    return np.nan if written == "missing" else float(Fraction(str(written)))


@pytest.mark.parametrize(("level", "key", "case"), WORKED, ids=[key for _, key, _ in WORKED])
def test_a_kenmerk_gives_what_its_case_works_out(level, key, case):
    declared = builtin()[key]
    outcome = declared.compute(**{name: np.asarray(given) for name, given in case["inputs"].items()})
    assert declared.eenheid == LEVEL[level]
    assert outcome.tolist() == pytest.approx([value(v) for v in case["expected"]], rel=1e-12, nan_ok=True)


def test_the_share_in_buurten_far_above_the_country():
    case = CASES["buurten_far_above"]
    shares = np.array(case["groep"]) / case["totaal"]
    assert grens_afwijkend(shares, case["totaal"], 1) == pytest.approx(case["limit"], abs=1e-8)
    codes, share = aandeel_in_afwijkende_buurten(case["groep"], case["totaal"], case["gebied"], 1)
    assert dict(zip(codes.tolist(), share.tolist(), strict=True)) == {g: value(v) for g, v in case["expected"].items()}
    frame = pd.DataFrame({"non_working": case["groep"], "labour_force": case["totaal"], "gemeente": case["gebied"]})
    assert share_in_neighbourhood_work_not_norm(frame).tolist() == share.tolist()


def test_a_buurt_without_labour_force_does_not_count():
    codes, share = aandeel_in_afwijkende_buurten([40, 10, 0, 0], [100, 300, 0, 0], [1, 1, 1, 2], 1)
    assert codes.tolist() == [1, 2]
    assert share == pytest.approx([0.25, np.nan], nan_ok=True)


def test_a_country_without_labour_force_has_no_buurten_far_above_it():
    codes, share = aandeel_in_afwijkende_buurten([0, 0], [0, 0], [1, 2], 1)
    assert codes.tolist() == [1, 2]
    assert np.isnan(share).all()


def test_an_absent_column_of_a_whole_table_is_named():
    with pytest.raises(DataError, match="non_working"):
        share_in_neighbourhood_work_not_norm(pd.DataFrame({"gemeente": [1], "labour_force": [3]}))


def test_the_spread_between_buurten_leaves_tiny_buurten_out():
    # gemeente 1: 15 of 300 on bijstand (5%); the buurten are at 10%, 0% and, among 10 households, 50%
    telling = Telling(
        buurt=np.array([11, 12, 13, 21]),
        gemeente=np.array([1, 1, 1, 2]),
        groep=np.array([10.0, 0.0, 5.0, 0.0]),
        totaal=np.array([100.0, 190.0, 10.0, 80.0]),
        gewicht=np.ones(4),
    )
    spread = spreiding_bijstand_tussen_buurten(telling)
    assert spread[1] == pytest.approx(1.0)
    assert np.isnan(spread[2])


def with_gemeenten(population, column, values):
    """The same country with other values of one column of the gemeenten, by year."""
    frame = population.table("gemeenten").copy()
    frame[column] = frame["year"].map(values).astype(frame[column].dtype)
    tables = {name: population.table(name) for name in ("buurten", "banen", "reistijden", "sectoren")}
    households = {year: population.households(year, population.columns(year)) for year in population.years}
    return MemoryPopulation(population.meta, households, {**tables, "gemeenten": frame})


def test_urbanity_is_the_class_of_the_mean_density_not_the_mean_of_the_classes():
    country = with_gemeenten(small_country(), "oad", dict(zip(YEARS, (400, 400, 400, 2600), strict=True)))
    # the mean density of the last two years, 1500, is class 4; the mean of their classes, 1 and 5, would be 3
    assert set(compute_gemeenten(country, ["urbanity"], [2019, 2020])["urbanity"]) == {4.0}


def test_a_product_of_shares_is_taken_per_year_and_then_averaged():
    country = with_gemeenten(small_country(), "regional_customers", dict(zip(YEARS, (0, 0, 0, 4e6), strict=True)))
    keys = ["health_x_regional_customer_potential"]
    all_years, last = compute_gemeenten(country, keys, rules_year=2022), compute_gemeenten(country, keys, [2020], 2022)
    assert all_years[keys[0]].to_numpy() == pytest.approx(last[keys[0]].to_numpy() / 4)


def test_the_share_on_bijstand_for_long_is_of_those_on_bijstand():
    country = small_country()
    drawn = country.households(2019, ["gemeente", "bijstand", "bijstand_months"])
    frame = pd.DataFrame(drawn)
    by_hand = frame[frame["bijstand"]].groupby("gemeente")["bijstand_months"].agg(lambda months: (months > 36).mean())
    share = compute_gemeenten(country, ["long_term_bijstand_3y"], [2019])["long_term_bijstand_3y"]
    assert share.to_numpy() == pytest.approx(by_hand.to_numpy())


def test_cheap_rents_are_a_share_of_the_rents_that_are_known():
    country = small_country()
    frame = pd.DataFrame(country.households(2020, ["gemeente", "rent"]))
    known = frame[frame["rent"] >= 0]
    by_hand = known.groupby("gemeente")["rent"].agg(lambda rent: (rent < 0.5 * 737.53).mean())
    share = compute_gemeenten(country, ["cheap_rental_housing_50"], [2020])["cheap_rental_housing_50"]
    assert share.to_numpy() == pytest.approx(by_hand.to_numpy())


def test_segregation_of_a_country_without_segregation_is_what_chance_gives():
    keys = ["segregation_index_bijstand", "segregatie_bij_toeval_bijstand", "segregatie_boven_toeval_bijstand"]
    frame = compute_gemeenten(small_country(), keys)
    assert (frame["segregation_index_bijstand"] > 0.05).all()
    assert frame["segregatie_bij_toeval_bijstand"].mean() == pytest.approx(
        frame["segregation_index_bijstand"].mean(), abs=0.02
    )
    assert abs(frame["segregatie_boven_toeval_bijstand"].mean()) < 0.02


def test_chance_in_a_sample_looks_at_the_households_drawn_not_at_those_they_stand_for():
    country = small_country()
    names = [name for name in country.columns(2019) if name != "weight"]
    drawn = country.households(2019, names)
    weighted = {**drawn, "weight": np.full(len(drawn["gemeente"]), 20.0, dtype=np.float32)}
    tables = {name: country.table(name) for name in ("buurten", "gemeenten", "banen", "reistijden", "sectoren")}
    one, twenty = (MemoryPopulation(country.meta, dict.fromkeys(YEARS, h), tables) for h in (drawn, weighted))
    keys = ["segregation_index_bijstand", "segregatie_bij_toeval_bijstand", "segregatie_boven_toeval_bijstand"]
    plain, sample = (compute_gemeenten(population, keys, [2019]) for population in (one, twenty))
    assert sample.to_numpy() == pytest.approx(plain.to_numpy(), rel=1e-9)
