"""External reference: estimates and standard errors are those of statsmodels on the same households."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from tests.model.designs import Households, make_households, plain_matrix
from verdeelmodel.model import CodedColumn, ContinuousColumn, FitOptions, fit_logit

COEFFICIENTS, ERRORS = 1e-8, 1e-6


def logit(outcome, matrix, **options):
    return sm.Logit(outcome.astype(float), matrix, offset=options.pop("offset", None)).fit(
        disp=0, method="newton", tol=1e-12, maxiter=80, **options
    )


def assert_equal(result, reference):
    np.testing.assert_allclose(result.estimate, reference.params, rtol=0, atol=COEFFICIENTS)
    np.testing.assert_allclose(result.se, reference.bse, rtol=ERRORS)
    assert result.log_likelihood == pytest.approx(reference.llf, rel=1e-10)


def near_collinear() -> Households:
    households = make_households(8000, seed=4, continuous=1)
    noise = np.random.default_rng(9).normal(0, 0.05, 8000)
    households.values["x0_meting"] = households.values["x0"] + noise
    households.columns.append(ContinuousColumn("x0_meting"))
    return households


def rare_dummies() -> Households:
    households = make_households(20_000, seed=5, rate=-3.0)
    generator = np.random.default_rng(6)
    for j, count in enumerate((9, 15, 40)):
        values = np.zeros(20_000, dtype=bool)
        values[generator.choice(np.flatnonzero(households.outcome == 1), count // 3, replace=False)] = True
        values[generator.choice(np.flatnonzero(households.outcome == 0), count - count // 3, replace=False)] = True
        households.values[f"zeldzaam{j}"] = values
        households.columns.append(CodedColumn(f"zeldzaam{j}"))
    return households


DESIGNS = {
    "booleans_and_categories": make_households,
    "continuous": lambda: make_households(6000, seed=2, continuous=3),
    "many_levels": lambda: make_households(6000, seed=3, level_counts=(2, 3, 40, 7)),
    "near_collinear": near_collinear,
    "rare_dummies": rare_dummies,
    "only_categories": lambda: make_households(3000, seed=7, booleans=0),
    "two_hundred_parameters": lambda: make_households(15_000, 8, booleans=148, level_counts=(4,) * 16, continuous=1),
    "hundred_thousand": lambda: make_households(100_000, seed=9, booleans=40, level_counts=(3, 4, 5, 6), rate=-2.5),
}


SLOW = ("two_hundred_parameters", "hundred_thousand")


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in DESIGNS])
def test_maximum_likelihood_equals_statsmodels(name):
    households = DESIGNS[name]()
    result = fit_logit(households.design())
    reference = logit(households.outcome, plain_matrix(households, households.design()))
    assert_equal(result, reference)
    assert result.null_log_likelihood == pytest.approx(reference.llnull, rel=1e-8)
    assert result.convergence.converged


@pytest.mark.parametrize("kind", ["hc0", "buurt", "gemeente"])
def test_robust_and_clustered_errors_equal_statsmodels(kind):
    households = make_households(5000, seed=11, continuous=1)
    place = households.areas.positions(households.buurt)
    groups = place if kind == "buurt" else households.areas.gemeente_of[place]
    options = {"cov_type": "HC0"} if kind == "hc0" else {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
    design = households.design()
    reference = logit(households.outcome, plain_matrix(households, design), **options)
    assert_equal(fit_logit(design, options=FitOptions(covariance=kind)), reference)


def test_hc1_is_hc0_times_the_usual_factor():
    design = make_households(1000, seed=12).design()
    hc0, hc1 = (fit_logit(design, options=FitOptions(covariance=kind)) for kind in ("hc0", "hc1"))
    factor = 1000 / (1000 - len(hc0.keys))
    np.testing.assert_allclose(hc1.covariance, factor * hc0.covariance, rtol=1e-12)


@pytest.mark.parametrize(("kind", "name"), [("model", "nonrobust"), ("hc0", "HC0")])
def test_frequency_weights_and_offset_equal_repeated_households(kind, name):
    households = make_households(3000, seed=13, continuous=1)
    generator = np.random.default_rng(14)
    weight, offset = generator.integers(0, 4, 3000), generator.normal(0, 0.4, 3000)
    households.extra = {"weight": weight, "weights": "frequency", "offset": offset}
    design = households.design()
    again = np.repeat(np.arange(3000), weight)
    matrix = plain_matrix(households, design)[again]
    reference = logit(households.outcome[again], matrix, offset=offset[again], cov_type=name)
    result = fit_logit(design, options=FitOptions(covariance=kind))
    assert_equal(result, reference)
    assert result.households == int((weight > 0).sum())
    assert result.weight_sum == weight.sum()


def test_sampling_weights_equal_a_weighted_glm_with_robust_errors():
    households = make_households(3000, seed=15)
    weight = np.random.default_rng(16).uniform(0.2, 5.0, 3000)
    households.extra = {"weight": weight, "weights": "sampling"}
    design = households.design()
    matrix, outcome = plain_matrix(households, design), households.outcome.astype(float)
    result = fit_logit(design, options=FitOptions(covariance="hc0"))
    reference = sm.GLM(outcome, matrix, family=sm.families.Binomial(), var_weights=weight).fit(tol=1e-14)
    residual = (weight * (outcome - reference.fittedvalues))[:, None] * matrix
    variance = weight * reference.fittedvalues * (1 - reference.fittedvalues)
    bread = np.linalg.inv(matrix.T @ (matrix * variance[:, None]))
    errors = np.sqrt(np.diag(bread @ (residual.T @ residual) @ bread))
    np.testing.assert_allclose(result.estimate, reference.params, rtol=0, atol=COEFFICIENTS)
    np.testing.assert_allclose(result.se, errors, rtol=ERRORS)


def test_fractional_outcome_equals_a_quasi_binomial_glm():
    households = make_households(3000, seed=17, continuous=1)
    households.outcome = np.random.default_rng(18).beta(2, 1, 3000)
    design = households.design()
    reference = sm.GLM(households.outcome, plain_matrix(households, design), family=sm.families.Binomial()).fit(
        tol=1e-14, cov_type="HC0"
    )
    result = fit_logit(design, options=FitOptions(covariance="hc0"))
    np.testing.assert_allclose(result.estimate, reference.params, rtol=0, atol=COEFFICIENTS)
    np.testing.assert_allclose(result.se, reference.bse, rtol=ERRORS)
