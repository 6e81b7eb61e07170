"""Firth's penalised logit against computations written out here."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize

from verdeelmodel.reintegration.firth import fit_firth, patterns_of, penalised_likelihood

CRITICAL = 3.841458820694124


def written_out(x, y, b):
    """log L + half the log determinant of X'WX, one client at a time."""
    total, information = 0.0, np.zeros((x.shape[1], x.shape[1]))
    for row, outcome in zip(x, y, strict=True):
        p = 1 / (1 + np.exp(-(row @ b)))
        total += np.log(p) if outcome else np.log(1 - p)
        information += p * (1 - p) * np.outer(row, row)
    return total + 0.5 * np.log(np.linalg.det(information))


def maximum(x, y, held=None, value=0.0):
    """The highest value and where it is, by a general search that knows nothing of logits."""
    free = [i for i in range(x.shape[1]) if i != held]

    def whole(part):
        b = np.zeros(x.shape[1])
        b[free] = part
        if held is not None:
            b[held] = value
        return b

    found = minimize(
        lambda part: -written_out(x, y, whole(part)), np.zeros(len(free)), method="BFGS", options={"gtol": 1e-7}
    )
    return -found.fun, whole(found.x)


def sparse(seed=0, n=60):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.integers(0, 2, n), (np.arange(n) < 4).astype(float)])
    y = (rng.random(n) < 0.35).astype(float)
    y[:4] = 0  # nobody of the small category reached the outcome: plain likelihood has no maximum
    return x, y


@pytest.mark.parametrize("seed", [0, 1])
def test_estimates_equal_a_general_search_over_the_likelihood_written_out(seed):
    x, y = sparse(seed)
    fitted = fit_firth(x, y)
    level, b = maximum(x, y)
    assert fitted.likelihood == pytest.approx(level, abs=1e-8)
    assert fitted.estimates == pytest.approx(b, abs=1e-4)
    assert penalised_likelihood(patterns_of(x, y), fitted.estimates) == pytest.approx(
        written_out(x, y, fitted.estimates), abs=1e-9
    )


def test_profile_intervals_and_p_value_equal_the_likelihood_written_out():
    from scipy.stats import chi2

    x, y = sparse()
    fitted = fit_firth(x, y)
    level, b = maximum(x, y)

    def gap(value):
        return 2 * (level - maximum(x, y, held=2, value=value)[0]) - CRITICAL

    low, high, p = fitted.profile(2)
    assert low == pytest.approx(brentq(gap, b[2] - 15, b[2], xtol=1e-6), abs=1e-3)
    assert high == pytest.approx(brentq(gap, b[2], b[2] + 15, xtol=1e-6), abs=1e-3)
    assert p == pytest.approx(chi2.sf(2 * (level - maximum(x, y, held=2)[0]), 1), abs=1e-6)


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4).filter(lambda c: c[0] + c[1] > 0 and c[2] + c[3] > 0))
def test_one_factor_of_two_is_adding_half_to_every_cell(cells):
    a, b, c, d = cells
    x = np.column_stack([np.ones(a + b + c + d), np.repeat([0.0, 1.0], [a + b, c + d])])
    y = np.repeat([1.0, 0.0, 1.0, 0.0], cells)
    expected = np.log((c + 0.5) / (d + 0.5)) - np.log((a + 0.5) / (b + 0.5))
    assert fit_firth(x, y).estimates[1] == pytest.approx(expected, abs=1e-6)


def test_with_many_clients_it_nears_plain_maximum_likelihood():
    from statsmodels.discrete.discrete_model import Logit

    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(20_000), rng.integers(0, 2, (20_000, 2))])
    y = (rng.random(20_000) < 0.3 + 0.2 * x[:, 1]).astype(float)
    plain = Logit(y, x).fit(disp=0)
    fitted = fit_firth(x, y)
    assert fitted.estimates == pytest.approx(plain.params, abs=1e-3)
    assert fitted.profile(1)[:2] == pytest.approx(tuple(plain.conf_int()[1]), abs=2e-3)
