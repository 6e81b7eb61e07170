"""Norms and wealth limits as published, corrections only on request."""

import numpy as np
import pytest

from verdeelmodel.errors import RequestError, UnknownRuleError
from verdeelmodel.law import KINDS, gross_norms, model_years, sources, wealth_limits


@pytest.mark.parametrize("year", model_years())
def test_every_kind_has_an_amount_and_every_amount_a_source(year):
    norms = gross_norms(year)
    assert {r.kind for r in norms.rows} == set(KINDS)
    assert all(r.source in sources() and r.date for r in norms.rows)
    assert norms.table().shape == (len(KINDS), 10)


@pytest.mark.parametrize(
    ("year", "kind", "kostendelers", "euro"),
    [
        (2019, "alleenstaande_21_aow", 1, 15277.30),
        (2026, "alleenstaande_21_aow", 2, 13503.74),
        (2026, "alleenstaande_21_aow", 14, 7979.64),
        (2026, "alleenstaande_18_20", 4, 4055.76),
        (2026, "paar_21_aow", 0, 27007.48),
        (2026, "paar_21_aow", 2, 27007.48),
        (2026, "paar_21_aow", 3, 2 * 11065.81),
        (2022, "paar_een_18_20_met_kind", 1, 16638.66),
        (2024, "art24_21_plus", 1, 11381.48),
        (2022, "student", 3, 0.0),
    ],
)
def test_published_amounts(year, kind, kostendelers, euro):
    assert gross_norms(year).amount(kind, kostendelers) == pytest.approx(euro, abs=1e-9)


def test_suspected_errors_are_mended_only_on_request():
    kind = "paar_een_18_20_met_kind"
    assert gross_norms(2026).amount(kind, 2) == 19918.44
    assert gross_norms(2026, corrected=True).amount(kind, 2) == 22356.37
    assert sum(r.suspected for r in gross_norms(2026).rows) == 18
    assert sum(r.suspected for r in gross_norms(2024).rows) == 3
    assert "18" in str(gross_norms(2026, corrected=True))


def test_the_mended_list_falls_by_the_same_steps_as_the_single_list():
    norms = gross_norms(2026, corrected=True)
    single = [norms.amount("alleenstaande_21_aow", n) for n in range(2, 7)]
    couple = [norms.amount("paar_een_18_20_met_kind", n) for n in range(2, 7)]
    np.testing.assert_allclose(np.diff(couple), np.diff(single), atol=0.011)


def test_amounts_work_on_arrays():
    kinds = np.array([KINDS.index("paar_21_aow"), KINDS.index("student")])
    np.testing.assert_allclose(gross_norms(2022).amounts(kinds, np.array([2, 1])), [20378.06, 0.0])


def test_an_unknown_kind_is_refused():
    with pytest.raises(RequestError, match="alleenstaand"):
        gross_norms(2022).amount("alleenstaand")


@pytest.mark.parametrize(
    ("year", "single", "couple", "home"),
    [(2019, 5000, 10000, 50000), (2022, 5000, 10000, 50000), (2024, 6295, 12590, 53100), (2026, 7605, 15210, 64100)],
)
def test_wealth_limits(year, single, couple, home):
    limits = wealth_limits(year)
    assert (limits.single_assets, limits.couple_assets) == (single, couple)
    assert (limits.single_home_equity, limits.couple_home_equity) == (home, home)


@pytest.mark.parametrize("load", [gross_norms, wealth_limits])
def test_an_unpublished_year_names_the_years_that_exist(load):
    with pytest.raises(UnknownRuleError, match="2019, 2020, 2022, 2024, 2026"):
        load(2023)
