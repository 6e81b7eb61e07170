"""Availability of work and customers: the hand-worked country, and the properties of the measures."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kenmerken.miniature import banen, case, expected, inputs, reistijden, sectoren
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.kenmerken.banenmarkt import banen_per_gemeente, bereik_ov, bereik_weg
from verdeelmodel.kenmerken.bereikbaarheid import (
    Verval,
    bereikbare_banen,
    beschikbaarheid_van_werk,
    klantenpotentieel,
    reistijdmatrix,
)
from verdeelmodel.kenmerken.centrumfunctie import regionaal_klantenpotentieel_zwaartekracht
from verdeelmodel.kenmerken.instellingen import instellingen, waarde
from verdeelmodel.kenmerken.registry import builtin
from verdeelmodel.kenmerken.sectoren import (
    conjunctuurgevoeligheid,
    groeisectoren,
    krimpsectoren,
    ontwikkeling,
    uitstroomgewicht,
)


@pytest.mark.parametrize("key", case()["expected"])
def test_the_country_worked_out_by_hand(key):
    declared = builtin()[key]
    assert declared.compute(**inputs(declared)) == pytest.approx(expected(case()["expected"][key]), rel=1e-12)


def test_public_transport_adds_the_difference_between_the_two_measures():
    known = case()["expected"]
    extra = builtin()["extra_beschikbaarheid_ov"].compute(
        beschikbaarheid_met_ov=np.array(expected(known["beschikbaarheid_met_ov"])),
        jobs_per_labour_force=np.array(expected(known["jobs_per_labour_force"])),
    )
    assert extra == pytest.approx(
        [5 / 6 + 23 / 490 - 41 / 40, 5 / 12 + 23 / 490 - 11 / 20, 5 / 12 + 69 / 245 - 11 / 20]
    )


def test_the_weights_of_the_sectors_worked_out_by_hand():
    drawn = case()["sectoren"]
    jobs = list(drawn["jobs"].values())
    assert groeisectoren(jobs, drawn["jaren"], 0.02).tolist() == list(drawn["groei"].values())
    assert krimpsectoren(jobs, drawn["jaren"], 0.02).tolist() == list(drawn["krimp"].values())
    cycle = case()["conjunctuur"]
    by_hand = [float(Fraction(str(v))) for v in cycle["gevoeligheid"].values()]
    assert conjunctuurgevoeligheid(list(cycle["jobs"].values()), cycle["jaren"]) == pytest.approx(by_hand, abs=1e-12)
    leaving = case()["uitstroom"]
    weights = uitstroomgewicht(list(leaving["jobs_from_bijstand"].values()), list(leaving["jobs"].values()))
    assert weights == pytest.approx([float(Fraction(str(v))) for v in leaving["gewicht"].values()], abs=1e-12)


def test_two_percentage_points_more_than_the_country_is_enough_and_a_little_less_is_not():
    # sector 1 rises from 99 to 101 (2% of its mean 100); the other sectors fall as much, so the country stands still
    years = [2019, 2020]
    just, other = [99, 101], [101, 99]
    assert ontwikkeling([just, other], years).tolist() == pytest.approx([0.02, -0.02])
    assert groeisectoren([just, other], years, 0.02).tolist() == [True, False]
    assert krimpsectoren([just, other], years, 0.02).tolist() == [False, True]
    less = [99.001, 100.999]
    assert not groeisectoren([less, [101, 99]], years, 0.02).any()
    # rising, but less than a fast-growing country; falling, but less than a falling one
    assert groeisectoren([[100, 101], [100, 150]], years, 0.02).tolist() == [False, True]
    assert krimpsectoren([[101, 100], [150, 100]], years, 0.02).tolist() == [False, True]


def test_regional_customers_worked_out_by_hand():
    drawn = case()["klanten"]
    ratio = regionaal_klantenpotentieel_zwaartekracht(*(np.array(drawn[k], float) for k in ("inhabitants", "x", "y")))
    assert ratio == pytest.approx(expected(drawn["verhouding"]), rel=1e-12)


sizes = st.integers(2, 7)


def country(draw_seed, n):
    rng = np.random.default_rng(draw_seed)
    minutes = rng.uniform(1, 90, (n, n))
    np.fill_diagonal(minutes, 5)
    return rng.uniform(0, 5000, n), rng.uniform(1, 5000, n), Verval(rng.uniform(3, 40)).gewicht(minutes)


@given(st.integers(0, 10_000), sizes)
def test_every_job_is_shared_out_once(seed, n):
    jobs, people, reach = country(seed, n)
    per_head = beschikbaarheid_van_werk(jobs, people, reach)
    assert per_head @ people == pytest.approx(jobs.sum(), rel=1e-9)


@given(st.integers(0, 10_000), sizes, st.floats(0.1, 10))
def test_twice_the_jobs_is_twice_the_availability_and_twice_the_people_half(seed, n, times):
    jobs, people, reach = country(seed, n)
    base = beschikbaarheid_van_werk(jobs, people, reach)
    assert beschikbaarheid_van_werk(times * jobs, people, reach) == pytest.approx(times * base, rel=1e-9)
    assert beschikbaarheid_van_werk(jobs, times * people, reach) == pytest.approx(base / times, rel=1e-9)


@given(st.integers(0, 10_000), sizes)
def test_more_jobs_anywhere_lower_nobody_and_competitors_abroad_raise_nobody(seed, n):
    jobs, people, reach = country(seed, n)
    base = beschikbaarheid_van_werk(jobs, people, reach)
    more = jobs + np.eye(n)[0] * 100
    assert (beschikbaarheid_van_werk(more, people, reach) >= base - 1e-12).all()
    assert (beschikbaarheid_van_werk(jobs, people, reach, 0, 50) <= base + 1e-12).all()
    assert (beschikbaarheid_van_werk(jobs, people, reach, 50, 0) >= base - 1e-12).all()


@given(st.integers(0, 10_000), sizes)
def test_without_distance_everyone_has_the_same_jobs(seed, n):
    jobs, people, _ = country(seed, n)
    everywhere = np.ones((n, n))
    assert beschikbaarheid_van_werk(jobs, people, everywhere) == pytest.approx(np.full(n, jobs.sum() / people.sum()))
    assert bereikbare_banen(jobs, everywhere) == pytest.approx(np.full(n, jobs.sum()))


@given(st.integers(0, 10_000), sizes)
def test_all_customers_together_are_all_inhabitants(seed, n):
    people, _, reach = country(seed, n)
    assert klantenpotentieel(people, reach).sum() == pytest.approx(people.sum(), rel=1e-9)


def test_a_place_that_nobody_can_reach_adds_nothing():
    assert beschikbaarheid_van_werk([10, 99], [5, 0], np.eye(2)).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("verval", "weights"),
    [
        (Verval(10), [1, 0.5, 0.25, 0.125, 0]),
        (Verval(10, "gauss"), [1, 0.5, 0.0625, 2**-9, 0]),
        (Verval(10, "drempel"), [1, 1, 0, 0, 0]),
        (Verval(10, grens=20), [1, 0.5, 0.25, 0, 0]),
    ],
    ids=str,
)
def test_the_forms_of_decay(verval, weights):
    assert verval.gewicht([0, 10, 20, 30, np.inf]).tolist() == weights


def test_a_wrong_decay_names_every_fault():
    with pytest.raises(RequestError) as caught:
        Verval(-1, "gaus", grens=0)
    assert [p.where for p in caught.value.problems] == ["halveringstijd", "grens", "vorm"]
    assert "gauss" in str(caught.value)


def test_an_absent_pair_is_out_of_reach_and_home_takes_the_time_within():
    matrix = reistijdmatrix([80, 14, 7], [14, 80, 14, 99], [80, 14, 14, 14], [20, 25, 4, 1], binnen=10)
    assert matrix.tolist() == [[10, 25, np.inf], [20, 4, np.inf], [np.inf, np.inf, 10]]


def test_reach_follows_the_order_of_the_gemeenten():
    turned = np.array([3, 1, 2])
    straight = bereik_weg(np.array([1, 2, 3]), reistijden())
    assert np.array_equal(bereik_weg(turned, reistijden()), straight[np.ix_([2, 0, 1], [2, 0, 1])])
    assert bereik_ov(np.array([1, 2]), reistijden()).tolist() == [[1, 0.25], [0.25, 1]]


def test_a_year_without_jobs_is_missing_and_an_absent_column_is_named():
    assert np.isnan(banen_per_gemeente(np.array([1, 2]), banen(), 2031)).all()
    with pytest.raises(DataError, match="jobs_parttime"):
        banen_per_gemeente(np.array([1]), banen(), 2020, "jobs_parttime")
    with pytest.raises(DataError, match="minutes_ov"):
        bereik_ov(np.array([1]), reistijden().drop(columns="minutes_ov"))


def test_a_gemeente_without_jobs_counts_none_and_sector_growth_looks_back_five_years():
    assert banen_per_gemeente(np.array([1, 44]), banen(), 2020).tolist() == [1000, 0]
    older = pd.DataFrame({"sector": [47, 47], "year": [2010, 2011], "jobs": [1.0, 9000.0]})
    declared = builtin()["jobs_growth_sectors"]
    asked = {**inputs(declared), "sectoren": pd.concat([older, sectoren("sectoren")])}
    assert declared.compute(**asked) == pytest.approx(expected(case()["expected"]["jobs_growth_sectors"]))


def test_every_choice_has_a_source_and_a_certainty():
    for choice in instellingen().values():
        assert choice.label
        assert choice.label_en
        assert choice.bron
        assert choice.zekerheid in ("full", "secondary", "presumed", "unknown")
    with pytest.raises(TypeError):
        waarde("stedelijkheid")
