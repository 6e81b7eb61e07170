"""Suppression against two attacks: linear programming, and trying every possible table."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verdeelmodel.disclosure.suppression import Relation, attack, find_relations, suppress


def with_totals(inner):
    inner = np.asarray(inner, dtype=float)
    wide = np.column_stack([inner, inner.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def test_totals_are_found_without_being_declared():
    found = find_relations(with_totals([[3, 20], [15, 40], [30, 25]]))
    assert Relation((3, 0), ((0, 0), (1, 0), (2, 0))) in found
    assert Relation((0, 2), ((0, 0), (0, 1))) in found
    assert len(found) == 3 + 4


def test_a_subtotal_column_is_found():
    values = np.array([[5.0, 7, 12, 9], [8, 4, 12, 30]])
    assert Relation((0, 2), ((0, 0), (0, 1))) in find_relations(values)


def test_numbers_that_do_not_add_up_have_no_relations():
    assert find_relations(np.array([[1.0, 2, 4], [8, 16, 32], [64, 128, 256]])) == ()


def test_leaving_out_one_cell_alone_gives_it_back():
    values = with_totals([[3, 20], [15, 40], [30, 25]])
    mask = np.zeros(values.shape, dtype=bool)
    mask[0, 0] = True
    assert attack(values, mask, find_relations(values), [(0, 0)])[0, 0] == pytest.approx((3, 3))


def test_secondary_cells_close_the_hole():
    values = with_totals([[3, 20, 40], [15, 40, 22], [30, 25, 18]])
    unsafe = values < 10
    result = suppress(values, unsafe, np.full(values.shape, 10.0))
    low, high = result.ranges[0, 0]
    assert high - low >= 10
    assert result.unprotected == ()
    assert not result.mask[3].any()
    assert not result.mask[:, 3].any()
    assert result.secondary.sum() == 3


def test_a_single_column_with_a_total_needs_one_more_cell():
    values = np.array([[4.0], [60], [25], [89]])
    result = suppress(values, values < 10, np.full(values.shape, 10.0))
    assert result.mask[:, 0].tolist() == [True, False, True, False]


def test_without_totals_nothing_else_is_left_out():
    values = np.array([[4.0, 60], [25, 11]])
    result = suppress(values, values < 10, np.full(values.shape, 10.0))
    assert result.secondary.sum() == 0
    assert result.ranges[0, 0] == (0.0, np.inf)


def every_table(values, mask, relations):
    """All whole-number tables that agree with what is printed, by trying every value of every hidden cell."""
    hidden = [tuple(c) for c in np.argwhere(mask)]
    top = int(values.max())
    inner = [c for c in hidden if not any(r.total == c for r in relations)]
    found = []
    for guess in product(range(top + 1), repeat=len(inner)):
        table = values.copy()
        for cell, value in zip(inner, guess, strict=True):
            table[cell] = value
        if all(abs(sum(table[p] for p in r.parts) - table[r.total]) < 1e-9 for r in relations):
            found.append(table)
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=3))
def test_trying_every_table_finds_no_more_than_the_attack(inner):
    values = with_totals(inner)
    unsafe = (values > 0) & (values < 4)
    unsafe[-1] = unsafe[:, -1] = False
    result = suppress(values, unsafe, np.full(values.shape, 3.0))
    relations = find_relations(values)
    if result.mask[-1].any() or result.mask[:, -1].any() or result.mask.sum() > 5:
        return
    tables = every_table(values, result.mask, relations)
    for cell, (low, high) in result.ranges.items():
        possible = {t[cell] for t in tables}
        assert low - 1e-6 <= min(possible)
        assert max(possible) <= high + 1e-6
        if cell not in result.unprotected:
            assert max(possible) - min(possible) >= 3 - 1e-6


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), rows=st.integers(2, 8), columns=st.integers(1, 6))
def test_every_unsafe_cell_is_protected_or_named(seed, rows, columns):
    rng = np.random.default_rng(seed)
    values = with_totals(rng.integers(0, 60, (rows, columns)) if columns > 1 else rng.integers(0, 60, (rows, 1)))
    unsafe = values < 10
    width = np.full(values.shape, 10.0)
    result = suppress(values, unsafe, width)
    assert (result.primary == unsafe).all()
    for cell, (low, high) in result.ranges.items():
        assert low - 1e-6 <= values[cell] <= high + 1e-6
        assert high - low >= 10 - 1e-5 or cell in result.unprotected
