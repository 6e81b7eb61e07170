"""What is computed for all kenmerken at once equals the same thing done one by one."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from tests.compare.examples import groups_of, random_table, table_of
from verdeelmodel.compare.least_squares import contrasts, estimate, estimate_weighted
from verdeelmodel.compare.permutation import block_p, permutation_p, shuffles
from verdeelmodel.compare.regressions import regress
from verdeelmodel.compare.resampling import bootstrap_intervals, leave_one_out, resampled_counts, restandardised
from verdeelmodel.compare.robustness import Resampling, influence, robustness, robustness_table
from verdeelmodel.compare.sample import sample, standardise
from verdeelmodel.errors import RequestError
from verdeelmodel.table import NotApplicable

GROUPS = groups_of()


def block(controls=(), missing=0.0, kenmerken=4):
    return sample(standardise(random_table(kenmerken, missing=missing, seed=7), GROUPS), controls).blocks[0]


@pytest.mark.parametrize("controls", [(), ("control",), ("control", "k0")])
def test_the_matrix_algebra_equals_statsmodels(controls) -> None:
    one = block(controls)
    found = estimate(one.X, one.Y)
    for j, y in enumerate(one.Y.T):
        test = sm.OLS(y, one.X).fit().t_test(contrasts(one.X.shape[1]))
        assert found.estimate[:, j] == pytest.approx(test.effect, abs=1e-12)
        assert found.error[:, j] == pytest.approx(test.sd, abs=1e-12)
        assert found.p[:, j] == pytest.approx(test.pvalue, abs=1e-12)


def test_weights_count_a_gemeente_more_than_once() -> None:
    one = block(("control",))
    counts = resampled_counts(one.groups, 5, seed=3)
    found = estimate_weighted(counts, one.X, one.Y)
    for b, count in enumerate(counts.astype(int)):
        rows = np.repeat(np.arange(len(count)), count)
        assert found[b] == pytest.approx(estimate(one.X[rows], one.Y[rows]).estimate, abs=1e-9)


def test_draws_keep_the_size_of_every_group() -> None:
    one = block()
    counts = resampled_counts(one.groups, 200, seed=1)
    for number, size in ((1, 15), (2, 15), (0, 30)):
        assert set(counts[:, one.groups == number].sum(axis=1)) == {size}


def test_every_draw_is_standardised_anew() -> None:
    one = block()
    counts = resampled_counts(one.groups, 3, seed=9)
    found = restandardised(one, counts)
    for b, count in enumerate(counts.astype(int)):
        rows = np.repeat(np.arange(len(count)), count)
        groups, y = one.groups[rows], one.Y[rows, 0]
        compared = y[groups == 0]
        expected = (y[groups == 1].mean() - compared.mean()) / compared.std(ddof=1)
        assert found[b, 0, 0] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("controls", [(), ("control",)])
def test_permutation_p_values_equal_freedman_and_lane_written_out(controls) -> None:
    one = block(controls)
    orders = shuffles(len(one.rows), 99, seed=5)
    found = block_p(one, orders)
    C = contrasts(one.X.shape[1])
    for test in range(3):
        for j, y in enumerate(one.Y.T):
            # The restricted model: the design with the constraint that this test is zero.
            restricted = one.X @ np.linalg.svd(C[[test]])[2][1:].T
            fitted = restricted @ np.linalg.lstsq(restricted, y, rcond=None)[0]
            observed = abs(estimate(one.X, y[:, None]).t[test, 0])
            shuffled = np.stack([fitted + (y - fitted)[np.argsort(order)] for order in orders], axis=1)
            at_least = (np.abs(estimate(one.X, shuffled).t[test]) >= observed * (1 - 1e-9)).sum()
            assert found[test, j] == pytest.approx((at_least + 1) / 100)


def test_the_same_seed_gives_the_same_p_values_whatever_the_other_kenmerken() -> None:
    wide, narrow = random_table(6, seed=7), random_table(6, seed=7)
    values = {key: narrow.column(key) for key in ("k2", "k4")}
    first = permutation_p(sample(standardise(wide, GROUPS)), 199, 1)
    second = permutation_p(sample(standardise(table_of(values), GROUPS)), 199, 1)
    assert first[:, [2, 4]].tolist() == second.tolist()


def test_permutation_p_values_are_uniform_on_noise() -> None:
    noise = np.random.default_rng(11).exponential(size=(60, 400))
    table = table_of({f"k{i}": noise[:, i] for i in range(400)})
    p = permutation_p(sample(standardise(table, GROUPS)), 199, 2)
    assert np.abs((p <= 0.10).mean(axis=1) - 0.10).max() < 0.06


def test_permutation_agrees_with_student_on_normal_values() -> None:
    one = block(kenmerken=6)
    p = block_p(one, shuffles(len(one.rows), 4_999, seed=1))
    assert np.abs(p - estimate(one.X, one.Y).p).max() < 0.04


def test_bootstrap_intervals_hold_the_estimate_and_shrink_with_certainty() -> None:
    chosen = sample(standardise(random_table(4), GROUPS), ("control",))
    rows = regress(chosen).rows
    wide, narrow = (bootstrap_intervals(chosen, 599, 3, level) for level in (0.95, 0.5))
    for j in range(3):
        estimates = [rows[j].tests[name].estimate for name in ("tekort", "overschot", "difference")]
        assert (wide[0, :, j] < estimates).all()
        assert (estimates < wide[1, :, j]).all()
        assert (wide[0, :, j] <= narrow[0, :, j]).all()
    assert np.isnan(wide[:, :, 3]).all()


@pytest.mark.parametrize("controls", [(), ("control",)])
def test_leaving_one_out_equals_doing_it_by_hand(controls) -> None:
    table = random_table(4, missing=0.05, seed=2)
    chosen = sample(standardise(table, GROUPS), controls)
    for one in chosen.blocks:
        left = leave_one_out(one)
        for at in (0, len(one.rows) // 2, len(one.rows) - 1):
            gone = GROUPS.codes[one.rows[at]]
            fewer = type(GROUPS)(
                *(tuple(c for c in g if c != gone) for g in (GROUPS.tekort, GROUPS.overschot, GROUPS.vergelijking))
            )
            again = regress(sample(standardise(table, fewer), controls))
            for position, j in enumerate(one.columns):
                tests = again.rows[j].tests
                for test, name in enumerate(("tekort", "overschot", "difference")):
                    assert left.estimates[at, test, position] == pytest.approx(tests[name].estimate, abs=1e-9)
                    assert left.p[at, test, position] == pytest.approx(tests[name].p, abs=1e-9)


def test_the_gemeente_that_decides_is_named() -> None:
    values = np.random.default_rng(5).normal(size=60) * 0.5
    values[:30] -= [*[values[:15].mean()] * 15, *[values[15:30].mean()] * 15]
    values[30:] -= values[30:].mean()
    values[0] += 9
    table = table_of({"k": values})
    chosen = sample(standardise(table, GROUPS))
    found = influence(chosen, regress(chosen))[0]
    assert found.most == table.name(GROUPS.tekort[0])
    assert found.shift < 0
    assert found.lowest[0] < found.row.tests["tekort"].estimate


def test_the_table_has_every_p_value_side_by_side_and_no_nan() -> None:
    chosen = sample(standardise(random_table(4, missing=0.1), GROUPS), ("control",))
    table = robustness_table([robustness(chosen, Resampling(199, 199, 1))])
    assert {"p", "p_hc1", "p_hc2", "p_hc3", "p_permutation", "p_any", "q"} <= set(table.values)
    assert len(table) == 12
    assert isinstance(table.values["p"][-1], NotApplicable)


def test_too_few_draws_are_refused_together() -> None:
    with pytest.raises(RequestError) as error:
        Resampling(permutations=5, draws=5, seed=-1)
    assert len(error.value.problems) == 3
