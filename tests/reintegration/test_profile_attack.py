"""The attack finds the same narrow numbers however few programmes it solves."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from verdeelmodel.reintegration.profile_protection import TIGHT, System, spread

WIDTH = 10.0


def exact(system, cell):
    """The range of one number by two linear programmes of its own, as scipy gives it."""
    ends = []
    for sign in (1.0, -1.0):
        costs = np.zeros(len(system.truth))
        costs[cell] = sign
        solved = linprog(costs, A_eq=system.matrix, b_eq=system.right, bounds=(0, None), method="highs")
        ends.append(solved.x[cell] if solved.status == 0 else (0.0 if sign > 0 else np.inf))
    return ends


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 6))
def test_moving_all_numbers_at_once_calls_narrow_what_one_programme_per_number_calls_narrow(seed, rows, columns):
    """A table of whole numbers with all its totals shown but some cells not, as a system of sums."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 15, rows * columns).astype(float)
    places = np.arange(rows * columns).reshape(rows, columns)
    matrix = np.array([np.isin(places.ravel(), line) for line in (*places, *places.T)], float)
    system = System(csr_matrix(matrix), matrix @ truth, truth)
    wanted = [int(c) for c in rng.permutation(rows * columns)[: rng.integers(1, rows * columns + 1)]]
    (low, high), binding = spread(system, np.array([truth, truth]), wanted, WIDTH)
    for cell in wanted:
        lowest, highest = exact(system, cell)
        assert lowest - TIGHT <= low[cell] <= truth[cell] <= high[cell] <= highest + TIGHT
        assert (cell in binding) == (high[cell] - low[cell] < WIDTH)
        if highest - lowest < WIDTH - TIGHT:
            assert np.allclose((low[cell], high[cell]), (lowest, highest), rtol=0, atol=TIGHT)
        else:
            assert high[cell] - low[cell] >= WIDTH - TIGHT


def test_what_is_known_to_be_possible_is_kept_and_never_narrowed():
    matrix = np.array([[1.0, 1.0]])
    system = System(csr_matrix(matrix), np.array([9.0]), np.array([4.0, 5.0]))
    (low, high), _ = spread(system, np.array([[2.0, 3.0], [6.0, 7.0]]), [0], WIDTH)
    assert (low[0], high[0]) == (0.0, 9.0)
    (low, high), _ = spread(system, np.array([[2.0, 3.0], [6.0, 7.0]]), [0], 3.0)
    assert (low[0], high[0]) == (2.0, 6.0)
