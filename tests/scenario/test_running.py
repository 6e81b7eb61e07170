"""Running a scenario: what does not change, what adds up, and what goes in which direction."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from tests.scenario.cases import SMALL, country, run
from verdeelmodel.errors import RequestError
from verdeelmodel.scenario.outcome import Engine, mixed_model, outcome
from verdeelmodel.scenario.reading import read_scenario
from verdeelmodel.scenario.results import groups_of, tables_of
from verdeelmodel.scenario.running import causes_between, mixed, model_on, run_scenario
from verdeelmodel.synthetic import default_population

EVERYTHING = """
base: 2022
macrobudget: +5%
rules: {threshold_high: 50_000, transition: 0.1}
norms: {kinds: {alleenstaande_21_aow: +3%}}
model: {set: {student: -1.0}}
population: [{rake: {kenmerk: housing_corporation, share: +10%, where: {gemeenten: [GM0080]}}}]
gemeenten: {correct: {GM0344: {cost: +4%}}}
"""


def test_a_scenario_that_changes_nothing_changes_nothing():
    found = run("base: 2022\n")
    assert found.bridge.causes == ()
    assert np.array_equal(found.before, found.after)
    again = run("base: 2022\npopulation: [{scale: {factor: 1}}]\nmacrobudget: +0%\n")
    assert np.array_equal(again.after, found.after)


def test_the_parts_of_the_bridge_add_up_in_whole_euros():
    found = run(EVERYTHING)
    assert set(found.bridge.causes) == {
        "macrobudget", "rules", "scale", "weights", "norms", "population", "gemeenten", "rounding",
    }  # fmt: skip
    assert np.array_equal(found.bridge.parts, np.rint(found.bridge.parts))
    assert np.array_equal(found.before + found.bridge.parts.sum(axis=0), found.after)
    assert found.after.sum() == round(found.before.sum() * 1.05)
    others = found.bridge.parts[[c not in ("macrobudget", "rounding") for c in found.bridge.causes]]
    assert np.abs(others.sum(axis=1)).max() <= len(found.codes)


def test_the_bridge_is_the_mean_over_all_orders():
    source = "base: 2022\nmacrobudget: +5%\nrules: {threshold_high: 60_000}\nmodel: {set: {student: 0}}\n"
    found = run(source)
    base, end, engine = found.base.setting, found.end.setting, found.engine
    causes = causes_between(engine, base, end)
    assert causes == ("macrobudget", "scale", "weights")
    total = np.zeros((len(causes), len(found.codes)))
    orders = list(permutations(range(len(causes))))
    for order in orders:
        on = frozenset()
        before = found.base.allocation.exact
        for place in order:
            on |= {causes[place]}
            setting = mixed(base, end, on)
            after = outcome(engine, setting, model_on(engine, base, end, setting, on)).allocation.exact
            total[place] += (after - before) / len(orders)
            before = after
    assert np.abs(found.bridge.parts[:3] - total).max() <= 1


def test_a_cause_that_is_not_touched_has_no_part():
    found = run("base: 2022\nnorms: {every: +5%}\nmacrobudget: +5%\n")
    parts = dict(zip(found.bridge.causes, found.bridge.parts, strict=True))
    assert not parts["norms"].any()
    assert parts["macrobudget"].all()


def test_historical_gemeenten_do_not_feel_the_objective_model():
    found = run("base: 2022\nmodel: {set: {student: 1.0}}\n")
    small = np.array([SMALL[int(code[2:])] <= 15_000 for code in found.codes])
    assert small.sum() == 2
    assert not (found.after - found.before)[small].any()
    assert (found.after - found.before)[~small].any()


def test_a_corrected_figure_takes_from_the_others_in_proportion():
    found = run("base: 2022\ngemeenten: {correct: {GM0080: {objective: +10%}}}\n")
    change = found.end.allocation.exact - found.base.allocation.exact
    place = found.codes.index("GM0080")
    m = found.end.allocation.m
    assert change[place] > 0
    assert not change[m == 0].any()
    others = (m > 0) & (np.arange(len(m)) != place)
    objective = found.base.allocation.parts["BO"]
    part = -change[others].sum() / objective[others].sum()
    assert 0 < part < 1
    assert change[others] == pytest.approx(-part * objective[others], abs=1e-3)


def test_a_change_and_its_inverse_give_the_base():
    there = "base: 2022\nmacrobudget: 2_000_000\npopulation: [{scale: {factor: 1.7, where: {gemeenten: [GM0080]}}}"
    back = ", {scale: {factor: 0.5882352941176471, where: {gemeenten: [GM0080]}}}]\n"
    once, twice = run(there + "]\n"), run(there + back)
    base = run("base: 2022\nmacrobudget: 2_000_000\n")
    assert not np.array_equal(once.after, base.after)
    assert np.array_equal(twice.after, base.after)
    year = twice.end.setting.year
    changed = twice.engine.population_of(twice.end.setting)
    assert changed.gemeenten(year).equals(twice.engine.population.gemeenten(year))


def test_gemeenten_that_merge_are_added_up_before_they_are_compared():
    found = run("base: 2022\ngemeenten: {merge: {GM9001: [GM0014, GM0599]}}\n")
    assert len(found.codes) == len(SMALL) - 1
    base = dict(zip(found.base.codes, found.base.allocation.budget, strict=True))
    assert found.before[found.codes.index("GM9001")] == base["GM0014"] + base["GM0599"]
    assert found.after.sum() == found.before.sum()
    assert found.end.allocation.m[found.codes.index("GM9001")] == 1.0


def test_what_was_merged_can_merge_again_but_no_part_of_it(tmp_path):
    (tmp_path / "a.yaml").write_text("base: 2022\ngemeenten: {merge: {GM9001: [GM0014, GM0599]}}\n")
    (tmp_path / "b.yaml").write_text("base: a.yaml\ngemeenten: {merge: {GM9002: [GM9001, GM0080]}}\n")
    found = run_scenario(country(), read_scenario(tmp_path / "b.yaml"), threads=1)
    assert len(found.codes) == len(SMALL) - 2
    assert np.array_equal(found.before + found.bridge.parts.sum(axis=0), found.after)
    once = run("base: 2022\ngemeenten: {merge: {GM9002: [GM0014, GM0599, GM0080]}}\n")
    assert np.array_equal(found.after, once.after)
    (tmp_path / "c.yaml").write_text("base: a.yaml\ngemeenten: {merge: {GM9002: [GM0014, GM0080]}}\n")
    with pytest.raises(RequestError, match="hooguit één herindeling"):
        run_scenario(country(), read_scenario(tmp_path / "c.yaml"), threads=1)


def test_weights_follow_from_the_kenmerken_when_both_are_estimated(tmp_path):
    (tmp_path / "geschat.yaml").write_text("base: 2022\nmodel: {file: model.yaml, refit: true}\n")
    (tmp_path / "model.yaml").write_text("extends: 2022\ndrop: [housing_caravan_pitch]\n")
    population = country(households=6000)
    from verdeelmodel.scenario.reading import read_scenario
    from verdeelmodel.scenario.running import run_scenario

    (tmp_path / "weg.yaml").write_text("base: geschat.yaml\nmodel: {drop: [combo_hci_low_x_health_problems]}\n")
    found = run_scenario(population, read_scenario(tmp_path / "weg.yaml"), threads=1)
    assert found.bridge.causes == ("model", "rounding")
    assert found.end.country.expected.sum() == pytest.approx(found.end.country.actual.sum(), rel=1e-6)


def test_mixed_models_have_the_kenmerken_of_one_and_the_weights_of_the_other():
    found = run("base: 2022\nmodel: {year: 2024}\n")
    base, end = found.base.setting.model, found.end.setting.model
    assert {"model", "weights"} <= set(found.bridge.causes)
    terms = mixed_model(base, end, terms=True, weights=False).spec
    assert terms.volume.kenmerken == end.spec.volume.kenmerken
    assert terms.volume.constant == base.spec.volume.constant
    known = {t.kenmerk: t.weight for t in base.spec.volume.terms}
    assert all(t.weight == known[t.kenmerk] for t in terms.volume.terms if t.kenmerk in known)
    assert mixed_model(base, end, terms=True, weights=True) is end


def test_nothing_is_computed_again_that_did_not_change():
    population = country()
    engine = Engine(population, 1)
    run("base: 2022\n", population, engine=engine)
    before = {key for key in engine._memory if key[0] == "country"}
    run("base: 2022\nrules: {threshold_high: 60_000}\nmacrobudget: +1%\n", population, engine=engine)
    assert {key for key in engine._memory if key[0] == "country"} == before


def test_the_safety_net_of_another_year_changes_grants_and_no_budget():
    found = run("base: 2022\nrules: {vangnet: {regulier: {deficit: 0.01, tranches: [[0.01, 0.5], [0.02, 1.0]]}}}\n")
    assert np.array_equal(found.before, found.after)
    assert found.end.grant.grant.sum() > found.base.grant.grant.sum()


def test_norms_that_rise_for_all_kinds_alike_move_nothing():
    found = run("base: 2022\nnorms: {every: +10%}\n")
    assert np.abs(found.after - found.before).max() <= 1
    raised = found.end.country.amount.sum() / found.base.country.amount.sum()
    assert raised == pytest.approx(1.1)


def test_calibrating_meets_the_rate_of_the_population():
    found = run("base: 2022\nmodel: {calibrate: actual}\n")
    country_of = found.end.country
    assert country_of.expected.sum() == pytest.approx(country_of.actual.sum(), rel=1e-9)


def test_every_table_has_the_same_totals():
    found = run(EVERYTHING)
    tables = {table.key: table for table in tables_of(found)}
    assert all(table.synthetic for table in tables.values())
    frame = tables["scenario_budgets"].to_frame()
    assert frame["difference"].sum() == found.after.sum() - found.before.sum()
    groups = tables["groups"].to_frame()
    sizes = groups[groups["group"].str.startswith("Grootteklasse")]
    assert sizes["gemeenten"].sum() == len(found.codes)
    assert sizes["difference"].sum() == frame["difference"].sum()
    assert sizes["per_household"].iloc[0] == pytest.approx(
        sizes["difference"].iloc[0]
        / found.end.table.inputs["households_end"][found.end.table.inputs["inhabitants"] < 10_000].sum()
    )
    bridge = tables["bridge"].to_frame()
    parts = [c for c in bridge if c.startswith("by_")]
    assert (bridge["budget_base"] + bridge[parts].sum(axis=1) == bridge["budget_scenario"]).all()
    assert tables["causes"].to_frame()["total"].sum() == frame["difference"].sum()


def test_who_crosses_a_deficit_is_counted_both_ways():
    found = run("base: 2022\nmodel: {set: {student: 3.0}}\n")
    totals = tables_of(found)[0]
    rows = dict(
        zip(
            totals.values["measure"],
            zip(*(totals.values[k] for k in ("base", "scenario", "change")), strict=True),
            strict=True,
        )
    )
    short = [
        (found.before - found.net_before) / found.before < -0.075,
        (found.after - found.net_before) / found.after < -0.075,
    ]
    was, will, change = (row for name, row in rows.items() if "7,5%" in name)
    assert was == (short[0].sum(), short[1].sum(), short[1].sum() - short[0].sum())
    assert (will[2], change[2]) == ((short[1] & ~short[0]).sum(), (short[0] & ~short[1]).sum())


def test_a_euro_of_rounding_is_no_gain():
    found = run("base: 2022\nnorms: {every: +10%}\n")
    assert "0 gemeenten krijgen meer, 0 minder" in str(found)
    groups = {table.key: table for table in tables_of(found)}["groups"]
    assert not any(groups.values["gainers"])


def test_groups_of_the_study_are_chosen_by_the_saldi_of_the_population():
    found = run_scenario(default_population(), read_scenario("drempel_50000"), threads=1)
    groups = groups_of(found)["study"]
    assert [groups.count(name) for name in ("Tekortgemeenten", "Overschotgemeenten")] == [15, 15]
    assert "study" not in groups_of(run("base: 2022\n"))


def test_a_share_that_cannot_be_reached_is_refused():
    source = "base: 2022\npopulation: [{rake: {kenmerk: student, share: +2000%}}]\n"
    with pytest.raises(RequestError, match="niet te bereiken in 6 gebied") as refused:
        run(source)
    assert len(refused.value.problems) == 1


def test_the_seed_decides_who_is_drawn_and_nothing_else():
    source = "base: 2022\npopulation: [{assign: {column: housing, value: corporatie, share: 0.5}}]\nseed: "
    one, same, other = run(source + "1"), run(source + "1"), run(source + "2")
    assert np.array_equal(one.after, same.after)
    assert not np.array_equal(one.after, other.after)


def test_expenditure_follows_the_population_when_asked():
    source = "base: 2022\npopulation: [{scale: {factor: 3, where: {kenmerken: {bijstand: true}}}}]\nexpenditure: "
    fixed, follows = run(source + "fixed"), run(source + "follows")
    assert np.array_equal(fixed.net_before, fixed.end.table.net)
    assert follows.end.table.net / follows.net_before == pytest.approx(3.0)
    assert replace(fixed.end.setting, expenditure="follows") == follows.end.setting
