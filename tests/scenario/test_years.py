"""From the budget of one year to that of another: parts that add up, whatever the direction, and clear refusals."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from tests.scenario.cases import country, run
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.population.population import MemoryPopulation
from verdeelmodel.scenario.change import BudgetChange, CausePart, change_of
from verdeelmodel.scenario.outcome import Engine, outcome
from verdeelmodel.scenario.results import tables_of
from verdeelmodel.scenario.running import ROUNDING, mixed
from verdeelmodel.scenario.years import bridge_years, chosen_years
from verdeelmodel.wording import set_language


def plain(change):
    """The sentence with ordinary spaces."""
    return str(change).replace("\xa0", " ")


@pytest.fixture(scope="module")
def found():
    return bridge_years(country(), 2019, 2020, threads=1)


def test_the_parts_add_up_to_the_euro_for_every_gemeente(found):
    assert found.bridge.causes == ("macrobudget", "rules", "population", "figures", ROUNDING)
    assert np.array_equal(found.before + found.bridge.parts.sum(axis=0), found.after)
    assert (int(found.before.sum()), int(found.after.sum())) == (6_072_600_000, 6_375_000_000)
    assert np.abs(found.bridge.parts[2]).sum() > 0
    assert np.abs(found.bridge.parts[3]).sum() > 0


def test_each_year_has_the_budgets_of_a_scenario_of_that_year(found):
    for year, budgets in ((2019, found.before), (2020, found.after)):
        alone = run(f"base: 2022\nyears: [{year}]\n")
        assert np.array_equal(budgets, alone.after)


def test_the_parts_are_the_mean_over_all_orders(found):
    engine, start, end = found.engine, found.base.setting, found.end.setting
    causes = found.bridge.causes[:-1]
    parts = {cause: np.zeros(len(found.codes)) for cause in causes}
    for order in itertools.permutations(causes):
        before = found.base.allocation.exact
        for place, cause in enumerate(order, 1):
            after = outcome(engine, mixed(start, end, frozenset(order[:place]))).allocation.exact
            parts[cause] += (after - before) / math.factorial(len(causes))
            before = after
    for cause, row in zip(causes, found.bridge.parts, strict=False):
        assert row == pytest.approx(parts[cause], abs=1)


def test_the_way_back_is_the_way_there_with_other_signs(found):
    back = bridge_years(country(), 2020, 2019, threads=1)
    assert back.bridge.parts[:-1] == pytest.approx(-found.bridge.parts[:-1], abs=1)


def test_a_model_that_differs_per_year_is_a_cause_and_gets_a_constant_that_meets_the_year():
    found = bridge_years(country(), 2019, 2020, model="2019", model_last="2020", threads=1)
    assert {"model", "weights", "norms"} <= set(found.bridge.causes)
    assert np.array_equal(found.before + found.bridge.parts.sum(axis=0), found.after)
    first = found.base.country
    assert first.expected.sum() == pytest.approx(first.actual.sum(), rel=1e-9)


def test_years_that_cannot_be_bridged_are_refused_together():
    with pytest.raises(RequestError) as refused:
        bridge_years(country(), 2015, 2015)
    assert [p.found for p in refused.value.problems] == ["2015", "2015", "2015"]
    small = country()
    frame = small.table("gemeenten")
    frame = frame[(frame["year"] != 2019) | (frame["gemeente"] != 599)]
    tables = {name: small.table(name) for name in small.tables()} | {"gemeenten": frame}
    other = MemoryPopulation(small.meta, {y: small.households(y) for y in small.years}, tables)
    with pytest.raises(RequestError, match="GM0599"):
        bridge_years(other, 2019, 2020)


def test_a_pool_without_costs_is_named_and_can_be_given():
    with pytest.raises(DataError, match="permit_holders"):
        bridge_years(country(), 2018, 2019, threads=1)
    found = bridge_years(country(), 2018, 2019, pools={"permit_holders": 0}, threads=1)
    assert np.array_equal(found.before + found.bridge.parts.sum(axis=0), found.after)


def test_the_years_are_the_last_two_unless_given():
    assert chosen_years(country(), None, None) == (2019, 2020)
    assert chosen_years(country(), None, 2019) == (2018, 2019)
    assert chosen_years(country(), 2017, None) == (2017, 2020)
    assert chosen_years(country(), None, 2017) == (2017, 2017)


def test_what_was_computed_is_used_again():
    engine = Engine(country(), 1)
    first = bridge_years(country(), 2019, 2020, engine=engine)
    assert (
        bridge_years(country(), 2018, 2020, engine=engine, pools={"permit_holders": 0}).end.country is first.end.country
    )


def test_the_change_of_one_gemeente_is_a_sentence_a_frame_and_a_table(found):
    change = change_of(found, "GM0014")
    assert change.start + change.to_frame()["euro"].sum() == change.end
    assert plain(change).startswith(f"{change.name}: budget 2019 € ")
    assert "macrobudget +€ " in plain(change)
    cells = change.table().values["euro"]
    assert cells[0] + sum(cells[1:-1]) == cells[-1]
    assert change.table().synthetic
    assert change.about == "Waardoor verandert het budget van 2019 naar 2020? Huishoudens van 2020, Verdeelmodel 2022."
    assert change.about in change.table().notes
    labels = [c.label for t in tables_of(found) if t.key == "bridge" for c in t.columns]
    assert {"Budget 2019", "Budget 2020"} <= set(labels)
    set_language("en")
    try:
        assert "That is" in str(change_of(found, "GM0014"))
    finally:
        set_language("nl")


def test_the_sentence_adds_up_and_names_the_largest_causes_first():
    parts = tuple(CausePart(c, c.upper(), e) for c, e in (("a", 1), ("b", -500), ("c", 30), ("d", 20), ("e", -1)))
    change = BudgetChange("GM0001", "Adorp", "Budget 2019", "Budget 2020", 1000, 550, parts)
    assert plain(change) == (
        "Adorp: budget 2019 € 1.000, budget 2020 € 550. Dat is -€ 450 (-45,0%): "
        "b -€ 500, c +€ 30, d +€ 20, andere oorzaken samen € 0."
    )
    assert "Er verandert niets" in str(replace(change, end=1000, parts=()))
    with pytest.raises(ArithmeticError):
        replace(change, end=551)


def test_a_gemeente_that_is_not_in_the_run_is_refused(found):
    with pytest.raises(RequestError, match="GM0015"):
        change_of(found, "GM0015")


def test_a_scenario_of_another_kind_has_no_change_of_years():
    other = run("base: 2022\nmacrobudget: +5%\n")
    assert change_of(other, "GM0014").start_label == "Budget nu"
    assert change_of(other, "GM0363").parts[0].cause == "macrobudget"
