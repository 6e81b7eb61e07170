"""Unusual kenmerken: the distances of `compare`, p-values that hold under noise, and a correction for their number."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.small_country import small_country
from verdeelmodel.compare.groups import Groups, gemeente_table
from verdeelmodel.compare.outliers import outliers
from verdeelmodel.compare.sample import standardise
from verdeelmodel.explain.unusual import Unusual, corrected, everyone, own_variance, reading_scales, unusual_kenmerken
from verdeelmodel.kenmerken import registry

GEMEENTEN, KENMERKEN = 60, 200


def noise(seed=1, planted=0.0):
    values = np.random.default_rng(seed).normal(size=(GEMEENTEN, KENMERKEN))
    values[40, 7] += planted
    codes = [f"GM{i:04d}" for i in range(1, GEMEENTEN + 1)]
    return gemeente_table(pd.DataFrame(values, index=codes, columns=[f"k{j}" for j in range(KENMERKEN)]))


def groups():
    return {"tekort": (1, 2), "overschot": (3, 4), "vergelijking": tuple(range(5, 35))}


def unusual(table, own=0.0):
    found = outliers(everyone(table, groups()))
    return Unusual(found, corrected(found, own), *reading_scales(table, registry()), labels=table.keys)


def test_the_distances_are_those_of_a_comparison():
    table = noise()
    members = Groups(*(tuple(f"GM{i:04d}" for i in codes) for codes in groups().values()))
    compared = outliers(standardise(table, members))
    ours = outliers(everyone(table, groups()))
    rows = [table.codes.index(code) for code in compared.standardised.table.codes]
    assert ours.left_out[rows] == pytest.approx(compared.left_out)


def test_noise_gives_the_number_that_is_expected_and_nothing_that_holds():
    found = [unusual(noise(seed)).of(g) for seed in range(2) for g in range(1, GEMEENTEN + 1, 2)]
    assert np.mean([len(one.found) for one in found]) == pytest.approx(
        np.mean([one.expected for one in found]), rel=0.1
    )
    assert np.mean([bool(one.holding) for one in found]) < 0.1


def test_what_is_planted_is_found_first_and_stands_after_correction():
    table = noise(planted=9.0)
    one = unusual(table).of(41)
    assert one.found[0].key == "k7"
    assert one.found[0].holds
    assert one.found[0].own == pytest.approx(table.values[40, 7])
    assert one.found[0].comparison == pytest.approx(table.values[4:34, 7].mean())
    assert one.found[0].higher_than == pytest.approx(59 / 60)


def test_a_member_is_compared_with_the_others_of_its_group():
    table = noise()
    one = next(o for o in unusual(table).of(5).found)
    column = table.keys.index(one.key)
    others = np.delete(table.values[4:34, column], 0)
    assert one.comparison == pytest.approx(others.mean())
    assert one.distance == pytest.approx((table.values[4, column] - others.mean()) / others.std(ddof=1))


def test_without_groups_everyone_is_compared_with_all_others():
    found = outliers(everyone(noise(), {}))
    assert (found.standardised.groups == 0).all()
    assert np.isfinite(found.left_out).all()


def test_the_share_of_few_households_varies_more():
    share = next(k for k in registry() if (registry()[k].eenheid, registry()[k].soort) == ("huishouden", "ja_nee"))
    rng = np.random.default_rng(3)
    values = np.column_stack([0.3 + 0.02 * rng.normal(size=GEMEENTEN), rng.normal(size=GEMEENTEN)])
    codes = [f"GM{i:04d}" for i in range(1, GEMEENTEN + 1)]
    table = gemeente_table(pd.DataFrame(values, index=codes, columns=[share, "distance_sea"]))
    standardised = everyone(table, groups())
    households = np.full(GEMEENTEN, 10_000.0)
    households[50] = 50.0
    more = own_variance(standardised, households, registry())
    assert (more[:, 1] == 0).all()
    assert more[:40, 0] == pytest.approx(np.zeros(40), abs=1e-12)
    mean, deviation = standardised.means[0], standardised.deviations[0]
    assert more[50, 0] == pytest.approx(mean * (1 - mean) * (1 / 50 - 1e-4) / deviation**2)
    distance = outliers(standardised).left_out[50, 0]
    p = 2 * stats.t.sf(abs(distance) / np.sqrt(1 + 1 / 30 + more[50, 0]), 29)
    q = corrected(outliers(standardised), more)[50]
    assert q.max() >= p - 1e-12


def test_every_gemeente_of_a_small_country_and_none_of_a_single_one():
    country = small_country(households=600)
    found = unusual_kenmerken(country, {}, dict.fromkeys((14, 80, 344, 363, 599, 1680), 100.0))
    assert all(found.of(g).kenmerken > 100 for g in (14, 1680))
    assert found.of(9999) is None
    assert all(0 <= one.q <= 1 and one.label for one in found.of(363).found)
    assert unusual_kenmerken(small_country(households=50, gemeenten=(14,)), {}, {}) is None
