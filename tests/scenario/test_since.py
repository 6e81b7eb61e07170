"""What changed since last year, for every gemeente and every pair of years: parts that add up to the euro."""

import numpy as np
import pytest

from tests.scenario.cases import country
from verdeelmodel.law import macrobudget
from verdeelmodel.scenario.since import pools_without_costs, since_last_year
from verdeelmodel.scenario.years import bridge_years
from verdeelmodel.synthetic import default_population
from verdeelmodel.table import NotApplicable


@pytest.fixture(scope="module")
def found():
    return since_last_year(country(), 2020, threads=1)


def test_it_is_the_bridge_of_the_scenario_room(found):
    alone = bridge_years(country(), 2019, 2020, threads=1)
    assert np.array_equal(found.run.bridge.parts, alone.bridge.parts)
    assert (found.first, found.year, found.without) == (2019, 2020, ())
    change = found.change("GM0014")
    assert change.start + sum(part.euro for part in change.parts) == change.end
    assert change.start_label == "Berekend budget 2019"


def test_stability_is_the_change_of_the_predicted_share(found):
    assert found.years == (2017, 2018, 2019, 2020)
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(4))
    row = found.run.codes.index("GM0363")
    assert found.moves_of("GM0363") == pytest.approx(found.shares[1:, row] / found.shares[:-1, row] - 1)
    own, usual = found.stability("GM0363")
    assert own == pytest.approx(np.abs(found.moves_of("GM0363")).mean())
    assert usual == pytest.approx(np.median(np.abs(found.moves), axis=1).mean())


def test_the_tables_of_one_gemeente_and_of_all(found):
    change, stability = found.tables("GM0014", [(2018, 0.10), (2019, 0.11), (2020, 0.10)])
    assert sum(change.values["euro"][1:-1]) == change.values["euro"][-1] - change.values["euro"][0]
    assert isinstance(stability.values["budget_share_change"][0], NotApplicable)
    assert stability.values["budget_share_change"][1] == pytest.approx(0.1)
    every = found.table()
    parts = [c.key for c in every.columns if c.key.startswith("by_")]
    for i in range(len(every)):
        total = every.values["budget_base"][i] + sum(every.values[key][i] for key in parts)
        assert total == every.values["budget_scenario"][i]


def test_the_first_year_has_no_year_before():
    none = since_last_year(country(), 2017)
    assert isinstance(none, NotApplicable)
    assert "2017" in none.reason


def test_a_pool_without_costs_counts_as_zero_and_is_named():
    assert pools_without_costs(country(), (2018, 2019)) == {"permit_holders": 0.0}
    found = since_last_year(country(), 2019, threads=1)
    assert found.without == ("permit_holders",)
    assert any("permit_holders" in note for note in found.table().notes)


@pytest.mark.slow
@pytest.mark.parametrize("year", [2018, 2019, 2020])
def test_every_gemeente_of_the_country_to_the_euro_every_year(year):
    found = since_last_year(default_population(), year)
    assert len(found.changes) == 355
    for change in found.changes.values():
        assert change.start + sum(part.euro for part in change.parts) == change.end
    assert sum(change.end for change in found.changes.values()) == pytest.approx(macrobudget(year).euro, abs=1)
