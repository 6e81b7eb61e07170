"""Score tests and bootstraps against first principles, refits and model-based errors."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model.designs import make_households, plain_matrix
from verdeelmodel.errors import RequestError
from verdeelmodel.model import CodedColumn, FitOptions, bootstrap, fit_logit, score_tests
from verdeelmodel.model.bootstrap_kernels import draw_counts, weights_of_replicate
from verdeelmodel.table import NotApplicable


def first_principles(outcome, base, candidate, weight):
    """Rao's statistic from plain matrices: U' V^-1 U of the larger model at the estimate of the smaller."""
    estimate = np.zeros(base.shape[1])
    for _ in range(40):
        probability = 1 / (1 + np.exp(-base @ estimate))
        curvature = base.T @ (base * (weight * probability * (1 - probability))[:, None])
        estimate = estimate + np.linalg.solve(curvature, base.T @ (weight * (outcome - probability)))
    both = np.hstack([base, candidate])
    score = both.T @ (weight * (outcome - probability))
    information = both.T @ (both * (weight * probability * (1 - probability))[:, None])
    return float(score @ np.linalg.solve(information, score))


@pytest.mark.parametrize("weighted", [False, True])
def test_forty_candidates_equal_the_statistic_from_first_principles(weighted):
    households = make_households(4000, seed=41, booleans=45, level_counts=(4, 5), continuous=2)
    weight = np.random.default_rng(42).integers(1, 4, 4000).astype(float) if weighted else np.ones(4000)
    if weighted:
        households.extra = {"weight": weight, "weights": "frequency"}
    design = households.design()
    base = ["b0", "b1", "b2", "b3", "b4", "c0", "werk"]
    candidates = [column.key for column in households.columns if column.key not in base]
    assert len(candidates) >= 40
    result = fit_logit(design, base)
    tests = score_tests(design, result, candidates).tests
    matrix = plain_matrix(households, design)
    column_of = [design.parameters[i].column for i in declared(design, households)]
    chosen = np.array([name == "intercept" or name in base for name in column_of])
    for test in tests:
        own = np.array([name == test.key for name in column_of])
        expected = first_principles(households.outcome, matrix[:, chosen], matrix[:, own], weight)
        assert test.statistic == pytest.approx(expected, rel=1e-9, abs=1e-9), test.key
        assert test.degrees_of_freedom == own.sum()
        assert 0 <= test.p <= 1


def declared(design, households):
    return [0] + [
        place
        for column in households.columns
        for place, parameter in enumerate(design.parameters)
        if parameter.column == column.key
    ]


def test_a_candidate_that_follows_from_the_model_is_not_applicable():
    households = make_households(2000, seed=43)
    households.values["kopie"] = households.values["b0"]
    households.columns.append(CodedColumn("kopie"))
    design = households.design()
    result = fit_logit(design, ["b0", "b1"])
    (test,) = score_tests(design, result, ["kopie"]).tests
    assert isinstance(test.statistic, NotApplicable)
    assert test.degrees_of_freedom == 0


def test_one_step_of_a_score_test_points_to_the_refitted_estimate():
    households = make_households(50_000, seed=44)
    design = households.design()
    small = fit_logit(design, ["b1", "b2", "c0", "c1"])
    larger = fit_logit(design, ["b1", "b2", "c0", "c1", "b0"])
    (test,) = score_tests(design, small, ["b0"]).tests
    at = larger.keys.index("b0")
    assert test.one_step["b0"] == pytest.approx(larger.estimate[at], abs=larger.se[at])
    assert test.statistic == pytest.approx(larger.z[at] ** 2, rel=0.05)


@pytest.mark.parametrize("unit", ["household", "buurt"])
def test_bootstrap_errors_agree_with_the_models_on_clean_data(unit):
    households = make_households(30_000, seed=45, continuous=1)
    if unit == "buurt":
        households = many_buurten(households)
    design = households.design()
    result = fit_logit(design)
    drawn = bootstrap(design, result, 1000, unit=unit)
    np.testing.assert_allclose(drawn.se / result.se, 1.0, atol=0.1)
    low, high = drawn.interval()
    assert ((low < result.estimate) & (result.estimate < high)).all()


def many_buurten(households):
    """Outcomes independent of the buurt, in 3000 buurten, so that clustering should not matter."""
    from verdeelmodel.model import AreaColumn, make_areas

    generator = np.random.default_rng(46)
    count = len(households.outcome)
    areas = make_areas(np.arange(3000), None)
    households.columns = [column for column in households.columns if not isinstance(column, AreaColumn)]
    households.areas, households.buurt = areas, generator.integers(0, 3000, count)
    return households


@pytest.mark.parametrize("unit", ["household", "gemeente"])
def test_one_step_is_close_to_the_exact_refit_of_the_same_replicate(unit):
    design = make_households(20_000, seed=47, booleans=3, level_counts=(3,)).design()
    result = fit_logit(design)
    fast, exact = (bootstrap(design, result, 6, unit=unit, exact=refit) for refit in (False, True))
    difference = np.abs(fast.estimates - exact.estimates) / result.se
    assert 0 < difference.max() < (0.35 if unit == "household" else 1.5)


def test_an_exact_replicate_is_the_fit_on_the_drawn_households():
    households = make_households(3000, seed=48, booleans=3, level_counts=(3,))
    design = households.design()
    result = fit_logit(design)
    refit = bootstrap(design, result, 3, exact=True, seed=5)
    weight = np.empty(3000)
    weights_of_replicate(5, 2, 3000, weight)
    in_file_order = np.empty(3000)
    in_file_order[design.order] = weight
    again = fit_logit(households.design(weight=in_file_order, weights="frequency"))
    np.testing.assert_allclose(refit.estimates[2], again.estimate, atol=1e-9)


def test_drawn_counts_are_poisson_and_independent():
    counts = np.empty((20_000, 200), np.float32)
    bits = np.empty(50, np.uint64)
    for row in range(20_000):
        draw_counts(1, row, bits, counts[row])
    assert counts.mean() == pytest.approx(1.0, abs=0.003)
    assert counts.var() == pytest.approx(1.0, abs=0.01)
    for value, share in enumerate((0.36788, 0.36788, 0.18394, 0.06131)):
        assert (counts == value).mean() == pytest.approx(share, abs=0.002)
    between = np.corrcoef(counts.T)[np.triu_indices(200, 1)]
    assert np.abs(between).max() < 5 / np.sqrt(20_000)
    assert np.abs((counts[1:] * counts[:-1]).mean() - 1) < 0.005


def test_a_bootstrap_that_cannot_be_is_refused_with_every_reason():
    design = make_households(2000, seed=49).design()
    result = fit_logit(design, options=FitOptions(threads=1))
    with pytest.raises(RequestError) as error:
        bootstrap(design, result, 1, unit="wijk")
    assert len(error.value.problems) == 2
