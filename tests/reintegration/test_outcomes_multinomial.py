"""The multinomial logit equals statsmodels; marginal effects equal numerical derivatives."""

import numpy as np
import pytest
import statsmodels.api as sm

from verdeelmodel.reintegration.multinomial import (
    BLOCK,
    fit_multinomial,
    fit_shares,
    marginal_effects,
    probabilities,
)

NAMES = ("const", "a", "b", "c", "z")


def data(n=3000, seed=1, outcomes=5):
    """Three flags, one measure and outcomes 1 to `outcomes` drawn from a known logit."""
    stream = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), *(stream.random(n) < p for p in (0.3, 0.5, 0.7)), stream.normal(size=n)])
    beta = 0.5 * stream.normal(size=(outcomes - 1, x.shape[1]))
    beta[:, 0] -= 1
    chances = probabilities(x, beta)
    y = 1 + (stream.random(n)[:, None] > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    return x, y, beta


@pytest.fixture(scope="module")
def fitted():
    x, y, _ = data()
    return x, y, fit_multinomial(x, y, NAMES)


def effects_at(x, beta, i, discrete):
    """The mean effect of covariate i by brute force."""
    if discrete:
        up, down = x.copy(), x.copy()
        up[:, i], down[:, i] = 1, 0
        return (probabilities(up, beta) - probabilities(down, beta)).mean(axis=0)
    up, down, step = x.copy(), x.copy(), 1e-5
    up[:, i] += step
    down[:, i] -= step
    return ((probabilities(up, beta) - probabilities(down, beta)) / (2 * step)).mean(axis=0)


@pytest.mark.parametrize("outcomes", [2, 3, 5])
def test_the_estimate_is_that_of_statsmodels(outcomes):
    x, y, _ = data(seed=outcomes, outcomes=outcomes)
    own = fit_multinomial(x, y, NAMES)
    theirs = sm.MNLogit(y, x).fit(disp=0, method="newton", tol=1e-13)
    assert own.coefficients == pytest.approx(theirs.params.T, abs=1e-9)
    assert own.errors == pytest.approx(theirs.bse.T, abs=1e-9)
    assert own.log_likelihood == pytest.approx(theirs.llf, abs=1e-8)
    assert own.converged


def test_robust_errors_are_those_of_the_scores(fitted):
    x, y, own = fitted
    robust = fit_multinomial(x, y, NAMES, robust=True)
    theirs = sm.MNLogit(y, x).fit(disp=0, method="newton", tol=1e-13)
    scores = theirs.model.score_obs(theirs.params)
    bread = np.linalg.inv(-theirs.model.hessian(theirs.params))
    expected = bread @ (scores.T @ scores) @ bread
    assert robust.covariance == pytest.approx(expected, abs=1e-9)
    assert robust.coefficients == pytest.approx(own.coefficients)


@pytest.mark.parametrize("discrete", [True, False])
def test_effects_are_numerical_derivatives(fitted, discrete):
    x, _, own = fitted
    effects = marginal_effects(own, x, discrete=discrete)
    for at, name in enumerate(effects.names):
        i = NAMES.index(name)
        expected = effects_at(x, own.coefficients, i, discrete and name != "z")
        assert effects.effects[at] == pytest.approx(expected, abs=1e-6)
    assert effects.effects.sum(axis=1) == pytest.approx(0, abs=1e-12)


def test_derivatives_and_their_errors_are_those_of_statsmodels(fitted):
    x, y, own = fitted
    theirs = sm.MNLogit(y, x).fit(disp=0, method="newton", tol=1e-13).get_margeff()
    effects = marginal_effects(own, x, discrete=False)
    assert effects.effects == pytest.approx(theirs.margeff, abs=1e-8)
    assert effects.errors == pytest.approx(theirs.margeff_se, abs=1e-8)


@pytest.mark.parametrize("discrete", [True, False])
def test_errors_of_effects_follow_from_numerical_gradients(fitted, discrete):
    x, _, own = fitted
    effects = marginal_effects(own, x, discrete=discrete)
    step = 1e-5
    for at, name in enumerate(effects.names):
        i = NAMES.index(name)
        gradient = []
        for p in range(own.coefficients.size):
            move = np.zeros(own.coefficients.size)
            move[p] = step
            sides = [
                effects_at(x, own.coefficients + sign * move.reshape(own.coefficients.shape), i, discrete and i != 4)
                for sign in (1, -1)
            ]
            gradient.append((sides[0] - sides[1]) / (2 * step))
        slope = np.array(gradient).T
        expected = np.sqrt(np.diag(slope @ own.covariance @ slope.T))
        assert effects.errors[at] == pytest.approx(expected, rel=1e-4)


def test_blocks_do_not_matter(monkeypatch, fitted):
    x, y, own = fitted
    assert len(x) < BLOCK
    monkeypatch.setattr("verdeelmodel.reintegration.multinomial.BLOCK", 700)
    again = fit_multinomial(x, y, NAMES)
    assert again.coefficients == pytest.approx(own.coefficients, abs=1e-10)
    assert marginal_effects(again, x).errors == pytest.approx(marginal_effects(own, x).errors, abs=1e-10)


def test_weights_are_repeated_rows(fitted):
    x, y, _ = fitted
    times = np.random.default_rng(4).integers(0, 4, len(y))
    repeated = fit_multinomial(np.repeat(x, times, axis=0), np.repeat(y, times), NAMES)
    weighted = fit_multinomial(x, y, NAMES, weights=times.astype(float))
    assert weighted.coefficients == pytest.approx(repeated.coefficients, abs=1e-9)
    assert weighted.errors == pytest.approx(repeated.errors, abs=1e-9)


def test_chances_as_outcomes_give_back_the_law():
    x, _, beta = data(n=500)
    found = fit_shares(x, probabilities(x, beta), NAMES, range(1, 6))
    assert found.coefficients == pytest.approx(beta, abs=1e-7)


def test_an_outcome_that_nobody_has_is_left_out():
    x, y, _ = data()
    some = y != 3
    fit = fit_multinomial(x[some], y[some], NAMES)
    assert fit.outcomes == (1, 2, 4, 5)
    assert fit.coefficients.shape == (3, len(NAMES))


def test_intervals_cover_what_was_planted():
    """Over repeated draws about 95 of 100 intervals hold the true coefficient."""
    inside = []
    for seed in range(40):
        x, y, beta = data(n=4000, seed=seed)
        fit = fit_multinomial(x, y, NAMES)
        inside.append(np.abs(fit.coefficients - beta) < 1.96 * fit.errors)
    assert 0.92 < np.mean(inside) < 0.98
