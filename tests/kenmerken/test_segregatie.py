"""Segregation: reference values of others, the properties of the indices, and the baseline of chance."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verdeelmodel.errors import DataError
from verdeelmodel.kenmerken.segregatie import (
    meet_segregatie,
    segregatie_boven_toeval,
    segregatie_index,
    toevalsverdeling,
    verhuisindex,
    verwachte_segregatie,
)
from verdeelmodel.table import NotApplicable

CASES = Path(__file__).parent / "cases"
REFERENCE = yaml.safe_load((CASES / "segregatie.yaml").read_text(encoding="utf-8"))
SHARE = {".": 0, "+": 50, "#": 100}


def one_gemeente(counts):
    return np.ones(len(counts), dtype=int)


def reference_cases():
    for name, case in REFERENCE["grids"].items():
        groep = np.array([SHARE[sign] for row in case["buurten"] for sign in row])
        yield pytest.param(groep, 100 - groep, case, id=f"grid {name}")
    for name, case in REFERENCE["matrices"].items():
        yield pytest.param(np.array(case["groep"]), np.array(case["rest"]), case, id=f"matrix {name}")
    scholen = np.loadtxt(CASES / "segregatie_scholen.csv", delimiter=",", skiprows=1)
    yield pytest.param(*scholen.T, REFERENCE["tables"]["segregatie_scholen.csv"], id="schools")
    honderden, laag = np.loadtxt(CASES / "segregatie_amsterdam.csv", delimiter=",", skiprows=1).T
    groep = honderden * laag
    yield pytest.param(groep, 100 * honderden - groep, REFERENCE["tables"]["segregatie_amsterdam.csv"], id="Amsterdam")


@pytest.mark.parametrize(("groep", "rest", "case"), list(reference_cases()))
def test_the_indices_equal_those_of_others(groep, rest, case):
    assert segregatie_index(groep, rest, one_gemeente(groep))[0] == pytest.approx(case["index"], abs=1e-9)
    assert verhuisindex(groep, rest, one_gemeente(groep))[0] == pytest.approx(case["verhuisindex"], abs=1e-9)


counts = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=12)


def columns(pairs):
    groep, rest = np.array(pairs, dtype=float).T
    assume(groep.sum() > 0 and rest.sum() > 0)
    return groep, rest, one_gemeente(groep)


@given(counts)
def test_bounds_symmetry_and_the_link_between_the_indices(pairs):
    groep, rest, gebied = columns(pairs)
    index, verhuis = segregatie_index(groep, rest, gebied)[0], verhuisindex(groep, rest, gebied)[0]
    aandeel = groep.sum() / (groep.sum() + rest.sum())
    assert 0 <= index <= 1
    assert 0 <= verhuis <= 0.5
    assert verhuis == pytest.approx(2 * aandeel * (1 - aandeel) * index, abs=1e-12)
    assert segregatie_index(rest, groep, gebied)[0] == pytest.approx(index, abs=1e-12)
    assert verhuisindex(rest, groep, gebied)[0] == pytest.approx(verhuis, abs=1e-12)


@given(counts, st.floats(0.01, 1000), st.floats(0.01, 1000))
def test_counting_a_group_in_another_unit_changes_nothing(pairs, times, other):
    groep, rest, gebied = columns(pairs)
    index = segregatie_index(groep, rest, gebied)[0]
    assert segregatie_index(groep * times, rest * other, gebied)[0] == pytest.approx(index, abs=1e-12)


@given(counts, st.data())
def test_merging_buurten_never_raises_the_index(pairs, data):
    groep, rest, gebied = columns(pairs)
    into = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(groep), max_size=len(groep))))
    merged = [np.bincount(into, reeks, 4) for reeks in (groep, rest)]
    for maat in (segregatie_index, verhuisindex):
        assert maat(*merged, one_gemeente(merged[0]))[0] <= maat(groep, rest, gebied)[0] + 1e-12


@given(counts, st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_splitting_a_buurt_into_equal_parts_changes_nothing(pairs, parts):
    groep, rest, gebied = columns(pairs)
    parts = np.array(parts[: len(groep)])
    split = [np.repeat(reeks / parts, parts) for reeks in (groep, rest)]
    for maat in (segregatie_index, verhuisindex):
        assert maat(*split, one_gemeente(split[0]))[0] == pytest.approx(maat(groep, rest, gebied)[0], abs=1e-12)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(1, 9), st.integers(1, 9))
def test_an_even_spread_and_a_single_buurt_give_zero(sizes, groep, rest):
    assume(sum(sizes) > 0)
    sizes = np.array(sizes)
    assert segregatie_index(groep * sizes, rest * sizes, one_gemeente(sizes))[0] == pytest.approx(0, abs=1e-12)
    assert verhuisindex([groep], [rest], [1])[0] == 0


def test_a_value_per_gemeente_in_the_order_of_the_codes():
    groep, rest, gebied = [10, 0, 5, 5, 3], [0, 10, 5, 5, 0], [80, 80, 14, 14, 7]
    assert segregatie_index(groep, rest, gebied)[1:].tolist() == [0, 1]
    assert verhuisindex(groep, rest, gebied)[1:].tolist() == [0, 0.5]
    order = np.array([4, 2, 0, 3, 1])
    shuffled = [np.array(reeks)[order] for reeks in (groep, rest, gebied)]
    assert np.array_equal(segregatie_index(groep, rest, gebied), segregatie_index(*shuffled), equal_nan=True)


@pytest.mark.parametrize(("groep", "rest"), [([0, 0], [4, 6]), ([4, 6], [0, 0]), ([0, 0], [0, 0])])
def test_an_empty_group_is_not_applicable_with_its_reason(groep, rest):
    for maat in (segregatie_index, verhuisindex, verwachte_segregatie, segregatie_boven_toeval):
        assert np.isnan(maat(groep, rest, [7, 7])).tolist() == [True]
    table = meet_segregatie([*groep, 5, 1], [*rest, 2, 9], [7, 7, 14, 14]).to_table()
    empty, filled = table.values["index"]
    assert isinstance(empty, NotApplicable)
    assert "geen huishoudens" in empty.reason
    assert isinstance(filled, float)


def test_a_buurt_without_households_contributes_nothing():
    with_empty = [3, 0, 9, 0], [7, 0, 1, 0], [1, 1, 1, 1]
    without = [3, 9], [7, 1], [1, 1]
    for maat in (segregatie_index, verhuisindex, verwachte_segregatie):
        assert maat(*with_empty)[0] == pytest.approx(maat(*without)[0], abs=1e-15)


def test_gemeenten_may_be_codes_in_letters():
    named = meet_segregatie([1, 5, 2, 0], [9, 5, 2, 7], ["GM0080", "GM0080", "GM0014", "GM0014"])
    numbered = meet_segregatie([1, 5, 2, 0], [9, 5, 2, 7], [80, 80, 14, 14])
    assert named.to_frame()["gemeente"].tolist() == ["GM0014", "GM0080"]
    assert np.array_equal(named.index, numbered.index)
    assert toevalsverdeling([1, 5], [9, 5], ["GM0080"] * 2, trekkingen=3).shape == (3, 1)


def test_the_result_reads_as_a_table():
    result = meet_segregatie([5, 1, 0], [2, 9, 3], [14, 14, 80])
    assert "n.v.t." in str(result)
    assert result.to_frame()["gemeente"].tolist() == [14, 80]
    assert result.index[0] == segregatie_index([5, 1], [2, 9], [14, 14])[0]


@pytest.mark.parametrize(
    ("groep", "rest", "gebied", "where"),
    [
        ([1, -2], [1, 1], [1, 1], "groep[1]"),
        ([1, 2], [1, float("nan")], [1, 1], "rest[1]"),
        ([1, 2, 3], [1, 1], [1, 1], "groep"),
        ([1, 2], ["veel", 1], [1, 1], "rest"),
        ([1, 2], [1, None], [1, 1], "rest[1]"),
        ([[1, 2]], [1, 2], [1, 1], "groep"),
    ],
)
def test_counts_that_are_none_are_refused(groep, rest, gebied, where):
    with pytest.raises(DataError) as caught:
        segregatie_index(groep, rest, gebied)
    assert where in [problem.where for problem in caught.value.problems]


def every_allocation(sizes, number):
    """The mean index over every possible choice of `number` households, one by one."""
    home = np.repeat(np.arange(len(sizes)), sizes)
    chosen = np.array(
        [np.bincount(home[list(c)], minlength=len(sizes)) for c in combinations(range(len(home)), number)]
    )
    rest = np.array(sizes) - chosen
    return np.abs(chosen / number - rest / (len(home) - number)).sum(axis=1).mean() / 2


@pytest.mark.parametrize(
    ("sizes", "number"), [((3, 2, 4), 3), ((1, 1, 1, 1), 2), ((5, 6), 4), ((1, 7, 2, 3), 5), ((6, 0, 6), 6)]
)
def test_the_expected_index_is_the_mean_over_every_allocation(sizes, number):
    before = np.cumsum(sizes) - sizes
    groep = np.clip(number - before, 0, sizes)
    expected = verwachte_segregatie(groep, np.array(sizes) - groep, one_gemeente(sizes))[0]
    assert expected == pytest.approx(every_allocation(sizes, number), abs=1e-12)


def test_chance_alone_gives_the_index_of_a_random_country_and_the_correction_takes_it_out():
    rng = np.random.default_rng(8)
    gebied = np.repeat(np.arange(400), 12)
    sizes = rng.integers(5, 60, gebied.size)
    groep = rng.binomial(sizes, 0.08)
    index = segregatie_index(groep, sizes - groep, gebied)
    expected = verwachte_segregatie(groep, sizes - groep, gebied)
    assert np.nanmean(index) > 0.2
    assert np.nanmean(index - expected) == pytest.approx(0, abs=4 * np.nanstd(index - expected) / 20)
    assert abs(np.nanmean(segregatie_boven_toeval(groep, sizes - groep, gebied))) < 0.02


def test_simulated_allocations_have_the_expected_mean_and_follow_the_seed():
    groep, rest, gebied = [4, 1, 0, 9, 2], [10, 30, 8, 5, 20], [1, 1, 1, 2, 2]
    draws = toevalsverdeling(groep, rest, gebied, trekkingen=4000, seed=3)
    error = 4 * draws.std(axis=0) / np.sqrt(len(draws))
    assert draws.shape == (4000, 2)
    assert (np.abs(draws.mean(axis=0) - verwachte_segregatie(groep, rest, gebied)) < error).all()
    assert np.array_equal(draws[:50], toevalsverdeling(groep, rest, gebied, trekkingen=50, seed=3))
    alone = toevalsverdeling(groep[3:], rest[3:], gebied[3:], trekkingen=50, seed=3)
    assert np.array_equal(alone[:, 0], draws[:50, 1])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 300), st.integers(1, 300)), min_size=2, max_size=8))
def test_the_expected_index_lies_between_zero_and_one(pairs):
    groep, rest, gebied = columns(pairs)
    assert 0 <= verwachte_segregatie(groep, rest, gebied)[0] <= 1
    assert segregatie_boven_toeval(groep, rest, gebied)[0] <= 1 + 1e-12


def test_large_gemeenten_expect_almost_nothing_by_chance():
    groep, rest = np.full(100, 40_000), np.full(100, 360_000)
    assert verwachte_segregatie(groep, rest, one_gemeente(groep))[0] < 0.01


def test_the_baseline_needs_whole_households():
    with pytest.raises(DataError, match="hele aantallen"):
        verwachte_segregatie([1.5, 2], [3, 4], [1, 1])
