"""Divisions and herindelingen: the counts of CBS, totals that stay, and merged gemeenten treated as always merged."""

from __future__ import annotations

from fractions import Fraction
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.population.divisions import always_merged, to_division, transfer
from verdeelmodel.population.municipalities import herindelingen, municipalities, unknown_gemeente

# CBS, number of municipalities on 1 January.
COUNTS = {2017: 388, 2018: 380, 2019: 355, 2020: 355, 2021: 352, 2022: 345, 2023: 342, 2024: 342, 2025: 342, 2026: 342}
YEARS = st.sampled_from(range(2017, 2027))


def table(year, rng, columns=("inhabitants",)):
    codes = list(municipalities(year))
    data = {"gemeente": np.array(codes, np.int16), "year": np.int16(year)}
    return pd.DataFrame(data | {name: rng.integers(0, 1_000_000, len(codes)) for name in columns})


@pytest.mark.parametrize(("year", "count"), COUNTS.items())
def test_the_number_of_municipalities_is_that_of_cbs(year, count):
    assert len(municipalities(year)) == count


@pytest.mark.parametrize("year", range(2018, 2027))
def test_the_herindelingen_of_a_year_are_the_difference_of_two_divisions(year):
    before, after = set(municipalities(year - 1)), set(municipalities(year))
    changes = [h for h in herindelingen() if h.year == year]
    assert {h.old for h in changes} == before - after
    assert {h.new for h in changes} - before == after - before


def test_the_addresses_of_the_split_gemeenten_fit_the_growth_of_their_receivers():
    # CBS, inhabitants on 1 January: Littenseradiel 2017 and Súdwest-Fryslân 2017 and 2018.
    to_swf = transfer(2017, 2018)[140][1900]
    assert abs((89_594 - 84_158) / 10_746 - to_swf) < 0.02
    assert {h.old for h in herindelingen() if h.addresses} == {140, 53, 788}


@given(YEARS, YEARS)
@settings(max_examples=10, deadline=None)
def test_the_parts_of_every_gemeente_add_up_to_one(a, b):
    first, last = min(a, b), max(a, b)
    parts = transfer(first, last)
    assert set(parts) == set(municipalities(first))
    assert {new for into in parts.values() for new in into} == set(municipalities(last))
    assert all(sum(into.values()) == 1 for into in parts.values())


@given(YEARS, YEARS, YEARS, st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_national_totals_stay_exactly_the_same_on_any_way_there_and_back(a, b, c, seed):
    first, middle, last = sorted((a, b, c))
    start = table(first, np.random.default_rng(seed), ("inhabitants", "households"))
    there = to_division(to_division(start, middle, from_year=first), last, from_year=middle)
    sizes = dict(zip(start["gemeente"].tolist(), start["inhabitants"].tolist(), strict=True))
    back = to_division(there, first, from_year=last, sizes=sizes)
    for name in ("inhabitants", "households"):
        assert there[name].sum() == start[name].sum() == back[name].sum()
    assert list(there["gemeente"]) == list(municipalities(last))
    assert list(back["gemeente"]) == list(municipalities(first))


@given(YEARS, YEARS)
@settings(max_examples=8, deadline=None)
def test_two_steps_are_one_step(a, b):
    first, last = min(a, b), max(a, b)
    middle = (first + last) // 2
    second = transfer(middle, last)
    for gemeente, into in transfer(first, middle).items():
        joined: dict[int, Fraction] = {}
        for half, part in into.items():
            for new, share in second[half].items():
                joined[new] = joined.get(new, Fraction(0)) + part * share
        assert joined == transfer(first, last)[gemeente]


@given(st.integers(0, 2**32 - 1), st.integers(2018, 2023))
@settings(max_examples=8, deadline=None)
def test_a_share_stays_between_those_it_is_made_of_and_keeps_its_national_mean(seed, last):
    rng = np.random.default_rng(seed)
    start = table(2017, rng).assign(protestant=lambda f: rng.random(len(f)))
    end = to_division(start, last, from_year=2017)
    parts = transfer(2017, last)
    value = dict(zip(start["gemeente"], start["protestant"], strict=True))
    for gemeente, share in zip(end["gemeente"], end["protestant"], strict=True):
        sources = [value[old] for old, into in parts.items() if gemeente in into]
        assert min(sources) - 1e-9 <= share <= max(sources) + 1e-9


def test_what_does_not_merge_keeps_its_value_to_the_bit():
    rng = np.random.default_rng(3)
    start = table(2022, rng).assign(protestant=lambda f: rng.random(len(f)), budget=lambda f: rng.random(len(f)) * 1e9)
    end = to_division(start, 2023, from_year=2022).set_index("gemeente")
    same = start[start["gemeente"].isin(set(municipalities(2023)) - {363})].set_index("gemeente")
    pd.testing.assert_frame_equal(end.loc[same.index].drop(columns="year"), same.drop(columns="year"))


def test_groningen_with_ten_boer_and_haren_as_if_always_merged():
    rows = [(14, 2018, 200_000, 0.10), (9, 2018, 7_000, 0.30), (17, 2018, 20_000, 0.20), (14, 2019, 230_000, 0.12)]
    start = pd.DataFrame(rows, columns=["gemeente", "year", "inhabitants", "protestant"])
    start = start.assign(code="GM", name="x", distance_sea=[20.0, 15.0, 25.0, 15.0])
    end = always_merged(start, 2019)
    assert list(end["year"]) == [2018, 2019]
    assert list(end["inhabitants"]) == [227_000, 230_000]
    assert end["protestant"][0] == pytest.approx((20_000 + 2_100 + 4_000) / 227_000)
    assert list(end["distance_sea"]) == [15.0, 15.0]
    assert set(end["code"]) == {"GM0014"}
    assert set(end["name"]) == {"Groningen"}


def test_a_split_gemeente_is_divided_by_its_addresses_in_whole_persons():
    start = pd.DataFrame({"gemeente": [788], "year": [2020], "inhabitants": [14_001]})
    end = to_division(start, 2021, from_year=2020)
    assert list(end["gemeente"]) == [757, 824, 855, 865]
    assert end["inhabitants"].sum() == 14_001
    assert end["inhabitants"].dtype.kind == "i"
    np.testing.assert_allclose(end["inhabitants"], 14_001 * np.array([881, 2308, 541, 2009]) / 5739, atol=1)


def test_a_code_of_another_year_is_refused_with_its_fate():
    start = pd.DataFrame({"gemeente": [17, 14], "year": 2020, "inhabitants": 1})
    with pytest.raises(DataError, match=r"GM0017(.|\n)*GM0014 \(Groningen\), herindeling 1-1-2019"):
        to_division(start, 2021, from_year=2020)
    assert "1-1-2021" in unknown_gemeente(1979, 2020).expected
    assert "GM0014 (Groningen)" in unknown_gemeente(13, 2020).expected


def test_going_back_without_sizes_and_unknown_years_are_refused():
    with pytest.raises(RequestError, match="2020"):
        transfer(2023, 2020)
    with pytest.raises(RequestError, match="2017"):
        transfer(2012, 2020)
    with pytest.raises(RequestError, match="GM0003"):
        transfer(2021, 2020, sizes={14: 1.0})


def test_an_average_without_its_weight_is_refused():
    with pytest.raises(RequestError, match="labour_force"):
        to_division(
            table(2020, np.random.default_rng(1)).assign(high_education=0.3, participation=0.5), 2021, from_year=2020
        )


def test_every_file_of_facts_names_its_source_and_certainty():
    data = files("verdeelmodel.population").joinpath("data")
    told = yaml.safe_load(data.joinpath("sources.yaml").read_text(encoding="utf-8"))
    assert {entry.name for entry in data.iterdir() if entry.name.endswith(".csv")} == set(told)
    for entry in (*told.values(), told["herindelingen.csv"]["column_addresses"]):
        assert {"holds", "source", "certainty"} <= set(entry)
