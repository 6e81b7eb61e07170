"""The margins of the frame are met, and what was not fitted is plausible."""

import numpy as np
import pandas as pd
import pytest

from verdeelmodel.errors import RequestError
from verdeelmodel.population import MemoryPopulation, PopulationMeta
from verdeelmodel.synthetic.diagnostics import compared_margins, margins_table
from verdeelmodel.synthetic.draws import quota, raked, whole_counts
from verdeelmodel.synthetic.frame import NATIONAL_HOUSEHOLDS, NATIONAL_RATE, frame, margins
from verdeelmodel.synthetic.places import number_of_buurten

LARGE = (14, 80, 363, 1916)


@pytest.fixture(scope="module")
def large(some):
    return pd.DataFrame(some.households(2020)).query("gemeente in @LARGE")


def test_the_frame_adds_up():
    m = margins()
    assert len(frame()) == 355
    assert m.households[:, -1].sum() == pytest.approx(NATIONAL_HOUSEHOLDS, rel=1e-4)
    for shares in (m.types, m.ages, m.origins, m.education, m.housing):
        assert np.allclose(shares.sum(axis=1), 1)
        assert (shares >= 0).all()
    national = (m.rate[:, -1] * m.households[:, -1]).sum() / m.households[:, -1].sum()
    assert national == pytest.approx(NATIONAL_RATE, abs=0.0005)
    assert 12_500 < number_of_buurten().sum() < 13_500


def test_inhabitants_are_those_of_cbs():
    totals = {year: int(frame()[f"inwoners_{year}"].sum()) for year in (2017, 2020)}
    assert totals[2020] == 17_407_585
    assert abs(totals[2017] - 17_081_507) < 200


def test_margins_of_large_municipalities_are_met(some):
    found = compared_margins(some)
    codes = some.gemeenten(2020)["gemeente"].to_numpy()
    for margin in found:
        errors = margin.error[np.isin(codes, LARGE)]
        assert np.abs(errors).max() < 0.012, margin.name


def test_the_table_of_margins_reads(some):
    table = margins_table(some)
    assert table.synthetic
    assert "Alleenstaande" in str(table)


def test_margins_of_another_population_are_refused(some):
    meta = PopulationMeta("x", synthetic=False, division=2020, years=(2020,))
    with pytest.raises(RequestError):
        compared_margins(MemoryPopulation(meta, {}, {"gemeenten": some.gemeenten(2020)}))


def test_one_parent_families_rent_from_a_corporation_more_often_than_couples(large):
    share = large.assign(c=large.housing == 1).groupby("household_type").c.mean()
    assert share[3] > share[1] + 0.2
    assert share[3] > 0.4


def test_health_problems_rise_with_age(large):
    sick = large.assign(s=(large.medicine_groups >= 4), band=pd.cut(large.age_1, [17, 30, 45, 66])).groupby("band").s
    means = sick.mean().to_numpy()
    assert means[0] < means[1] < means[2]


def test_owners_have_more_assets_and_less_bijstand(large):
    owner = large.housing == 0
    assert large.assets[owner].median() > large.assets[~owner].median()
    assert large.bijstand[owner].mean() < 0.4 * large.bijstand[~owner].mean()


def test_recipients_look_like_recipients(large):
    on = large[large.bijstand]
    assert 0.35 < (on.household_type == 0).mean() < 0.75
    assert 0.10 < on.household_type.isin([3, 4]).mean() < 0.35
    assert (on.hci_1 == 1).mean() > 2 * (large.hci_1 == 1).mean()
    assert on.age_1.mean() > 36


def test_buurten_differ_more_than_chance(large):
    counts = large.groupby("buurt").bijstand.agg(["sum", "size"])
    counts = counts[counts["size"] > 60]
    rate = counts["sum"] / counts["size"]
    by_chance = np.sqrt(rate.mean() * (1 - rate.mean()) / counts["size"].mean())
    assert rate.std() > 1.3 * by_chance


def test_quota_meets_the_share_exactly():
    score = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    assert quota(score, 0.123).sum() == 123
    assert quota(score, 0.0).sum() == 0
    assert quota(score, 1.0).sum() == 1000


def test_raking_meets_every_margin_and_keeps_odds():
    table = np.array([[4.0, 2.0], [1.0, 3.0]])
    fitted = raked(table, [np.array([0.3, 0.7]), np.array([0.6, 0.4])], rounds=200)
    assert np.allclose(fitted.sum(axis=1), [0.3, 0.7])
    assert np.allclose(fitted.sum(axis=0), [0.6, 0.4])
    odds = fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0])
    assert odds == pytest.approx(6.0)


def test_whole_counts_add_up():
    counts = whole_counts(np.array([[0.2, 0.3], [0.1, 0.4]]), 7)
    assert counts.sum() == 7
    assert counts.min() >= 0
