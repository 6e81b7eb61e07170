"""The split of a rate over kenmerken: exact, and close to the brute-force Shapley value."""

from decimal import Decimal, localcontext
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from verdeelmodel.explain.rate import RateSplit, by_theme, secant, split_rate


def country(seed=0, n=400, k=4):
    rng = np.random.default_rng(seed)
    area = np.sort(rng.integers(1, 6, n))
    x = rng.random((n, k)) < 0.1 + 0.1 * rng.random(k) * area[:, None]
    names = [f"kenmerk_{i}" for i in range(k)]
    return area, dict(zip(names, x.T, strict=True)), dict(zip(names, rng.normal(0, 1.5, k), strict=True))


def split(area, columns, beta, constant=-2.0, pieces=1):
    reference = {k: float(v.mean()) for k, v in columns.items()}
    cuts = np.array_split(np.arange(len(area)), pieces)
    chunks = [(area[c], {k: v[c] for k, v in columns.items()}) for c in cuts]
    return split_rate(chunks, beta, constant, reference), reference


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), constant=st.floats(-8, 8), scale=st.floats(0, 20))
def test_parts_sum_to_the_rate_for_any_weights(seed, constant, scale):
    area, columns, beta = country(seed)
    beta = {k: scale * b for k, b in beta.items()}
    result, _ = split(area, columns, beta, constant)
    eta = constant + sum(b * columns[k] for k, b in beta.items())
    direct = [expit(eta[area == a]).mean() for a in result.areas]
    assert result.rate == pytest.approx(direct, abs=1e-12)
    assert result.reference_rate + result.contributions.sum(axis=1) == pytest.approx(direct, abs=1e-9)


def test_chunks_do_not_matter():
    area, columns, beta = country()
    one, _ = split(area, columns, beta)
    seven, _ = split(area, columns, beta, pieces=7)
    assert seven.contributions == pytest.approx(one.contributions, abs=1e-15)


def shapley(x, r, beta, constant):
    """Brute force: average over all orders of switching the kenmerken from the reference to the household."""
    total = np.zeros(len(beta))
    orders = list(permutations(range(len(beta))))
    for order in orders:
        now = r.copy()
        for k in order:
            before = expit(constant + beta @ now)
            now[k] = x[k]
            total[k] += expit(constant + beta @ now) - before
    return total / len(orders)


def test_close_to_brute_force_shapley():
    area, columns, beta = country(seed=3, n=60)
    result, reference = split(area, columns, beta)
    b, r = np.array(list(beta.values())), np.array(list(reference.values()))
    x = np.stack(list(columns.values()), axis=1).astype(float)
    for i, a in enumerate(result.areas):
        brute = np.mean([shapley(row, r, b, -2.0) for row in x[area == a]], axis=0)
        assert brute.sum() == pytest.approx(result.contributions[i].sum(), abs=1e-12)
        assert result.contributions[i] == pytest.approx(brute, abs=0.02 * np.abs(brute).sum())


def test_another_reference_category_gives_the_same_total_for_the_group():
    rng = np.random.default_rng(2)
    area, kind = np.sort(rng.integers(1, 4, 300)), rng.integers(0, 3, 300)
    other = rng.random(300) < 0.3
    weights = np.array([0.0, 0.7, -1.2])
    first = {"b": kind == 1, "c": kind == 2, "other": other}
    second = {"a": kind == 0, "b": kind == 1, "other": other}
    one, _ = split(area, first, {"b": 0.7, "c": -1.2, "other": 0.5}, -1.0)
    two, _ = split(area, second, {"a": weights[0] + 1.2, "b": 0.7 + 1.2, "other": 0.5}, -1.0 - 1.2)
    assert two.contributions[:, :2].sum(axis=1) == pytest.approx(one.contributions[:, :2].sum(axis=1), abs=1e-12)
    assert two.contributions[:, 2] == pytest.approx(one.contributions[:, 2], abs=1e-12)


def test_differences_between_sets_of_areas_add_up_and_group_by_theme():
    area, columns, beta = country(seed=8)
    result, _ = split(area, columns, beta)
    parts = result.difference([1], [2, 3])
    assert sum(parts.values()) == pytest.approx(result.of([1])[0] - result.of([2, 3])[0], abs=1e-12)
    themes = by_theme(parts, dict(zip(parts, ["x", "x", "y", "y"], strict=True)))
    assert list(themes) == ["x", "y"]
    assert sum(themes.values()) == pytest.approx(sum(parts.values()))


@given(eta=st.floats(-30, 30), gap=st.floats(-1e-3, 1e-3))
def test_the_slope_is_accurate_where_both_ends_coincide(eta, gap):
    a = eta + gap
    with localcontext() as context:
        context.prec = 50
        low, high = Decimal(eta), Decimal(a)
        near = abs(high - low) < Decimal("1e-20")
        exact = None if near else (1 / (1 + (-high).exp()) - 1 / (1 + (-low).exp())) / (high - low)
    if exact is None:
        exact = expit(eta) * expit(-eta)
    assert secant(np.array([a]), eta)[0] == pytest.approx(float(exact), rel=1e-9)


def test_refuses_to_exist_when_the_parts_do_not_add_up():
    with pytest.raises(ArithmeticError, match="do not add up"):
        RateSplit(np.array([1]), ("a",), np.array([2.0]), np.array([0.5]), 0.1, np.array([[0.1]]))
