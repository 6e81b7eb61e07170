"""The bridge: exact, independent of the order of causes, equal to averaging over all orders."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verdeelmodel.explain.bridge import Bridge, bridge, round_parts

CAUSES = ["macrobudget", "weights", "population", "rules"]


def game(seed, causes=CAUSES, gemeenten=5):
    """A random, strongly interacting outcome per set of causes, in whole euros."""
    rng = np.random.default_rng(seed)
    worth = {}

    def outcome(on):
        return worth.setdefault(on, np.rint(rng.normal(1e6, 3e5, gemeenten)))

    return outcome


def by_orders(outcome, causes):
    parts = dict.fromkeys(causes, 0.0)
    orders = list(permutations(causes))
    for order in orders:
        on = frozenset()
        for cause in order:
            parts[cause] = parts[cause] + (outcome(on | {cause}) - outcome(on)) / len(orders)
            on |= {cause}
    return np.array([parts[c] for c in causes])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 9999), m=st.integers(1, 4))
def test_equals_the_mean_over_all_orders_and_sums_to_the_euro(seed, m):
    causes = CAUSES[:m]
    outcome = game(seed, causes)
    exact = bridge(outcome, causes, whole=False)
    assert exact.parts == pytest.approx(by_orders(outcome, causes), abs=1e-6)
    euros = bridge(outcome, causes)
    assert (euros.parts == np.rint(euros.parts)).all()
    assert (euros.start + euros.parts.sum(axis=0) == euros.end).all()
    assert np.abs(euros.parts - exact.parts).max() < 1.0


def test_the_order_of_causes_does_not_matter():
    outcome = game(4)
    one, two = bridge(outcome, CAUSES, whole=False), bridge(outcome, CAUSES[::-1], whole=False)
    assert one.parts == pytest.approx(two.parts[::-1], abs=1e-6)


def test_a_cause_that_changes_nothing_gets_exactly_nothing():
    inner = game(1, CAUSES[:2])
    result = bridge(lambda on: inner(on - {"rules"}), [*CAUSES[:2], "rules"])
    assert (result.parts[2] == 0).all()


def test_without_causes_nothing_changes():
    result = bridge(lambda on: np.array([5.0, 6.0]), [])
    assert result.parts.shape == (0, 2)
    assert (result.start == result.end).all()


def test_rounding_keeps_the_totals_and_moves_no_part_by_a_euro():
    parts = np.array([[0.5, -1.25], [0.5, 0.0], [1.0, 2.25]])
    assert round_parts(parts, np.array([2.0, 1.0])).tolist() == [[1.0, -1.0], [0.0, 0.0], [1.0, 2.0]]


def test_refuses_to_exist_when_the_parts_do_not_add_up():
    with pytest.raises(ArithmeticError, match="do not add up"):
        Bridge(("a",), np.array([1.0]), np.array([3.0]), np.array([[1.0]]), whole=True)


def test_too_many_or_repeated_causes_are_refused():
    with pytest.raises(ValueError, match="different"):
        bridge(game(0), ["a", "a"])
