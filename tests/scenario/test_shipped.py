"""Every scenario that comes with the toolkit: asks a question, runs, adds up, and finds what it says it found."""

import re
from functools import cache

import numpy as np
import pytest

from tests.scenario.cases import country
from verdeelmodel.errors import RequestError
from verdeelmodel.population.municipalities import municipalities
from verdeelmodel.scenario.outcome import Engine
from verdeelmodel.scenario.reading import read_scenario
from verdeelmodel.scenario.running import run_scenario
from verdeelmodel.scenario.setting import settings_of
from verdeelmodel.scenario.shipped import shipped_scenarios, shipped_table
from verdeelmodel.synthetic import default_population

KEYS = tuple(shipped_scenarios())
ZERO_SUM = tuple(k for k in KEYS if k != "macrobudget_plus_5")


@cache
def engine():
    return Engine(default_population(), 2)


@cache
def found(key):
    return run_scenario(default_population(), read_scenario(key), engine=engine())


def test_there_are_at_least_twelve_and_each_asks_a_question_and_tells_what_was_found():
    assert len(KEYS) >= 12
    for scenario in shipped_scenarios().values():
        assert scenario.question.endswith("?"), scenario.key
        assert "synthetische Nederland" in scenario.description, scenario.key
    assert len(shipped_table()) == len(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_shipped_scenario_is_sound_and_its_codes_existed(key):
    scenario = read_scenario(key)
    assert scenario.layer.name
    named = [g for step in scenario.layer.population for g in step.where.gemeenten]
    named += [int(code[2:]) for merging in scenario.layer.mergings for code in merging.old]
    assert set(named) <= set(municipalities(2020))
    if not named:
        settings_of(scenario, country())


@pytest.mark.parametrize("key", ["macrobudget_plus_5", "drempel_50000", "normen_2024", "vangnet_2026"])
def test_shipped_scenarios_run_on_a_small_country(key):
    small = run_scenario(country(), read_scenario(key), threads=1)
    assert np.array_equal(small.before + small.bridge.parts.sum(axis=0), small.after)


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_budgets_close_and_the_bridge_adds_up(key):
    run = found(key)
    assert int(run.after.sum()) == run.end.setting.macrobudget
    assert np.array_equal(run.before + run.bridge.parts.sum(axis=0), run.after)
    assert np.array_equal(run.bridge.parts, np.rint(run.bridge.parts))
    if key in ZERO_SUM:
        assert run.after.sum() == run.before.sum()


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_the_description_states_what_is_found(key):
    run, description = found(key), shipped_scenarios()[key].description
    told = re.search(r"verschuift (?:ongeveer )?€ ([\d.,]+) mln", " ".join(description.split()))
    assert told, description
    stated = float(told[1].replace(".", "").replace(",", ".")) * 1e6
    assert run.moved == pytest.approx(stated, rel=0.2, abs=1e6)


@pytest.mark.slow
def test_more_money_helps_everyone_alike_and_costs_less_safety_net():
    run = found("macrobudget_plus_5")
    assert run.after / run.before == pytest.approx(1.05, abs=1e-5)
    assert run.end.grant.grant.sum() < run.base.grant.grant.sum()


@pytest.mark.slow
def test_a_higher_threshold_changes_m_only_between_the_thresholds():
    run = found("drempel_50000")
    inhabitants = run.end.table.inputs["inhabitants"]
    between = (inhabitants > 15_000) & (inhabitants < 50_000)
    assert run.bridge.causes == ("scale", "rounding")
    assert ((run.end.allocation.m < run.base.allocation.m) == between).all()
    assert np.abs(run.after - run.before)[inhabitants <= 15_000].max() <= 1


@pytest.mark.slow
def test_a_corrected_data_error_costs_the_others_at_most_their_share():
    run = found("datafout_vijf_gemeenten")
    five = np.isin(run.codes, ["GM0268", "GM0289", "GM0353", "GM0363", "GM1931"])
    change, m = run.after - run.before, run.end.allocation.m
    assert (change[five] > 0).all()
    assert np.abs(change[m == 0]).max() <= 1
    assert (change[~five] <= 1).all()
    assert (-change[~five & (m > 0)] / run.before[~five & (m > 0)] < 0.01).all()


@pytest.mark.slow
def test_gemeenten_with_more_statushouders_gain():
    run = found("statushouders")
    received = run.scenario.layer.population[0].where.gemeenten
    inside = np.isin([int(c[2:]) for c in run.codes], received)
    assert len(received) == 20
    assert ((run.after - run.before)[inside] > 0).all()
    assert (run.end.table.net > run.net_before)[inside].all()


@pytest.mark.slow
def test_the_safety_net_of_2026_gives_at_least_that_of_2024():
    run = found("vangnet_2026")
    assert run.bridge.causes == ()
    assert (run.end.grant.grant >= run.base.grant.grant).all()
    assert run.end.grant.grant.sum() > run.base.grant.grant.sum()


@pytest.mark.slow
def test_a_merger_changes_the_budget_of_the_merged_and_little_elsewhere():
    run = found("herindeling_eemsdelta")
    place = run.codes.index("GM1979")
    change = run.after - run.before
    assert len(run.codes) == len(run.base.codes) - 2
    assert np.abs(change).argmax() == place


@pytest.mark.slow
@pytest.mark.parametrize("key", ["centrumfunctie", "ex_studenten", "langdurige_bijstand", "goedkope_huur"])
def test_a_model_that_is_estimated_again_predicts_the_number_there_is(key):
    run = found(key)
    assert run.bridge.causes == ("model", "rounding")
    for outcome in (run.base, run.end):
        assert outcome.country.expected.sum() == pytest.approx(outcome.country.actual.sum(), rel=1e-6)


def test_a_step_on_top_of_a_shipped_scenario_that_cannot_be_done_is_refused():
    with pytest.raises(RequestError, match="aandeel"):
        run_scenario(country(), read_scenario("macrobudget_plus_5", [
            "population=[{rake: {kenmerk: student, share: 0.5, where: {kenmerken: {student: false}}}}]"
        ]), threads=1)  # fmt: skip
