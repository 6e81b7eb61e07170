"""What holds for every country: closure, zero sum, order, continuity, homogeneity, monotonicity."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verdeelmodel.budget import Amounts, History, Inputs, allocate, largest_remainder, saldo, vangnet
from verdeelmodel.budget.damping import damped_shares
from verdeelmodel.errors import DataError
from verdeelmodel.law import budget_rules, rule_years, vangnet_rules, vangnet_years

ANSWERS = {2008: "als_2011", 2009: "als_2011", 2010: "als_2011"}
ASSUME = {
    **{year: {"formule": answer} for year, answer in ANSWERS.items()},
    2016: {"bdti": "zonder"},
    2022: {"bdti_pot": "tb"},
    2023: {"bdti_pot": "tb_min_tblks"},
    2025: {"baj": "ja"},
}
YEARS = [budget_rules(year, ASSUME.get(year)) for year in rule_years()]
euros = st.integers(1_000, 900_000_000).map(float)


@st.composite
def countries(draw, smallest=2, largest=12):
    n = draw(st.integers(smallest, largest))
    column = lambda values: np.array(draw(st.lists(values, min_size=n, max_size=n)))  # noqa: E731
    cost = column(euros)
    households = column(st.integers(500, 400_000).map(float))
    growth = column(st.floats(0.9, 1.1))
    columns = {
        "inhabitants": column(st.integers(1_000, 900_000).map(float)),
        "objective": column(euros),
        "cost": cost,
        "households_start": households,
        "households_end": np.round(households * growth),
        "homeless_cost": cost * column(st.floats(0, 0.1)),
        "lks": column(st.floats(0, 1e6)) + 1,
        "lks_t2": column(st.floats(0, 1e6)) + 1,
        "youth": column(st.integers(1, 9_000).map(float)),
        "permit_holders": column(st.integers(1, 900).map(float)),
        "cost_65plus": column(euros),
        "cost_wwik": column(euros),
    }
    # At least one gemeente is fully objective, as in the Netherlands, so that there is an objective pool.
    columns["inhabitants"][0] = 100_000
    return Inputs(tuple(f"GM{i:04d}" for i in range(n)), columns)


@st.composite
def problems(draw):
    rules = draw(st.sampled_from(YEARS))
    inputs = draw(countries())
    macro = draw(st.integers(1_000_000, 9_000_000_000))
    # The pools are small beside the share of the objective gemeenten, so that the residual stays positive.
    objective = inputs["cost"][0] / inputs["cost"].sum()
    pools = {name: float(round(macro * 0.1 * objective / 3)) for name in rules.pools}
    return rules, inputs, Amounts(macro, pools)


def solve(rules, inputs, amounts):
    try:
        return allocate(rules, inputs, amounts)
    except DataError:
        assume(False)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_budgets_add_up_to_the_euro(problem):
    amounts = problem[2]
    found = solve(*problem)
    assert int(found.budget.sum()) == amounts.macrobudget
    assert np.all(found.budget >= 0)
    assert np.abs(found.budget - found.exact).max() < 1


@settings(max_examples=60, deadline=None)
@given(problems(), st.floats(1.01, 3.0), st.integers(0, 11))
def test_a_change_of_one_gemeente_is_paid_by_the_others(problem, factor, which):
    rules, inputs, amounts = problem
    i = which % len(inputs)
    changed = inputs["objective"].copy()
    changed[i] *= factor
    before, after = solve(*problem), solve(rules, inputs.with_columns({"objective": changed}), amounts)
    assert int((after.budget - before.budget).sum()) == 0
    # A higher objective amount never lowers the own grant; whole euros can shift by one through the rounding.
    assert after.exact[i] >= before.exact[i] - 1e-9 * amounts.macrobudget
    assert after.budget[i] >= before.budget[i] - 1


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(problem, random):
    rules, inputs, amounts = problem
    order = list(range(len(inputs)))
    random.shuffle(order)
    shuffled = Inputs(tuple(inputs.codes[i] for i in order), {k: v[order] for k, v in inputs.columns.items()})
    before, after = solve(*problem), solve(rules, shuffled, amounts)
    np.testing.assert_allclose(after.exact, before.exact[order], rtol=1e-9, atol=1e-6)
    assert np.abs(after.budget - before.budget[order]).max() <= 1
    assert int(after.budget.sum()) == int(before.budget.sum())


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(2, 9))
def test_twice_the_macrobudget_and_pools_is_twice_the_grant(problem, times):
    rules, inputs, amounts = problem
    larger = replace(
        amounts, macrobudget=amounts.macrobudget * times, pools={k: v * times for k, v in amounts.pools.items()}
    )
    before, after = solve(*problem), solve(rules, inputs, larger)
    np.testing.assert_allclose(after.exact, times * before.exact, rtol=1e-9, atol=1e-6)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([r for r in YEARS if r.family != "compartimenten" and r.damping is None]), countries(), st.data()
)
def test_the_grant_is_continuous_in_the_inhabitants(rules, inputs, data):
    i = data.draw(st.integers(1, len(inputs) - 1))
    threshold = data.draw(st.sampled_from([rules.scale.lower, rules.scale.upper]))
    grants = []
    for inhabitants in (threshold - 1e-8, threshold, threshold + 1e-8):
        changed = inputs["inhabitants"].copy()
        changed[i] = inhabitants
        # A hundred-millionth of an inhabitant may move no more than a millionth of the macrobudget.
        grants.append(allocate(rules, inputs.with_columns({"inhabitants": changed}), Amounts(10**9)).exact)
    np.testing.assert_allclose(grants[0], grants[1], rtol=0, atol=1_000)
    np.testing.assert_allclose(grants[1], grants[2], rtol=0, atol=1_000)


def test_m_is_continuous_and_rises_from_zero_to_one():
    for rules in YEARS:
        inhabitants = np.linspace(0, 100_000, 100_001)
        m = rules.scale.m(inhabitants)
        assert (m[0], m[-1]) == (0, 1)
        assert np.all(np.diff(m) >= 0)
        assert np.diff(m).max() <= 1 / (rules.scale.upper - rules.scale.lower) + 1e-12


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50), st.data())
def test_largest_remainder_closes_and_stays_within_a_euro(amounts, data):
    values = np.array(amounts)
    total = round(float(values.sum()))
    names = [f"n{i}" for i in range(len(values))]
    found = largest_remainder(values, total, names)
    assert int(found.sum()) == total
    assert np.abs(found - values).max() <= 1


@settings(max_examples=100, deadline=None)
@given(countries(), st.sampled_from([2007, 2008]))
def test_damped_shares_stay_within_their_limits_and_add_up_to_one(inputs, year):
    damping = budget_rules(year).damping
    historical = inputs["cost"] / inputs["cost"].sum()
    objective = inputs["objective"] / inputs["objective"].sum()
    limit = damping.limit((historical - objective) / objective)
    found = damped_shares(historical, objective, damping)
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert np.all(np.abs(historical - found) <= limit * found * (1 + 1e-9) + 1e-12)


@settings(max_examples=100, deadline=None)
@given(countries(), st.floats(0.5, 1.5), st.lists(st.floats(0.6, 1.4), min_size=12, max_size=12))
def test_macro_and_distribution_effect_add_up_exactly(inputs, level, spread):
    found = allocate(budget_rules(2026), inputs, Amounts(10**9))
    net = np.round(found.exact * level * np.array(spread[: len(inputs)]), 2)
    split = saldo(found.budget, net, inputs.codes)
    assert np.array_equal(split.macro + split.distribution, found.budget - split.net)
    assert int(split.distribution.sum()) == 0
    assert int(split.macro.sum()) == 10**9 - int(split.net.sum())


KNOWN = [year for year in vangnet_years() if year != 2016]
histories = st.lists(st.tuples(st.floats(0.8, 1.5), st.just(1.0)), min_size=3, max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KNOWN), st.integers(1_000, 10**9), histories, st.sampled_from(["", "verruimd", "verlaagd"]))
def test_the_vangnet_is_monotone_and_bounded_by_the_own_risk(year, budget, history, used):
    rules = vangnet_rules(year)
    n = 400
    budgets = np.full(n, float(budget))
    net = budgets * np.linspace(0.9, 1.6, n)
    years = np.array([history] * n) * budget
    earlier = History(years[:, :, 0], years[:, :, 1], ((used, used, used),) * n)
    found = vangnet(rules, net, budgets, earlier)
    assert np.all(np.diff(found.grant) >= -1e-6)
    assert np.all(found.grant >= 0)
    for i in np.flatnonzero([bool(v) for v in found.variant]):
        granted = next(v for v in rules.variants if v.variant == found.variant[i])
        assert net[i] - budget - found.grant[i] <= granted.own_risk * budget * (1 + 1e-12) + 1e-6


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(KNOWN), st.integers(1_000, 10**9))
def test_the_vangnet_has_no_jump_once_the_earlier_years_give_access(year, budget):
    rules = vangnet_rules(year)
    n = 2_001
    budgets = np.full(n, float(budget))
    net = budgets * np.linspace(1.0, 1.3, n)
    years = np.full((n, 3), 1.2 * budget)
    found = vangnet(
        rules, net, budgets, History(years, np.full((n, 3), float(budget)), (("verruimd", "verruimd"),) * n)
    )
    assert np.diff(found.grant).max() <= np.diff(net).max() * (1 + 1e-6) + 1e-6
