"""Which outcome group a history of months belongs to, also when some months are not known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.histories import BENEFIT, UNKNOWN, WORK
from verdeelmodel.reintegration.outcomes_definition import Definition, possible_findings

States = NDArray[np.uint8]
UNDECIDED = 0


def groups_of(window: States, definition: Definition) -> NDArray[np.int8]:
    """The group, from 1, of each history; 0 where unknown months leave more than one possible. Window (n, months).

    A history with unknown months has a group when every way to fill them in gives the same one. It is enough to fill
    all unknown months before the last one alike, and the last one by itself: what is asked is whether work was
    unbroken and whether there was any benefit.
    """
    found = _known(np.where(window == UNKNOWN, 0, window).astype(np.uint8), definition)
    partly = np.flatnonzero((window == UNKNOWN).any(axis=1))
    if len(partly):
        found[partly] = _filled_in(window[partly], definition)
    return found


def _filled_in(window: States, definition: Definition) -> NDArray[np.int8]:
    unknown = window == UNKNOWN
    answers = []
    for before in range(4):
        for last in range(4):
            filled = np.where(unknown, before, window).astype(np.uint8)
            filled[:, -1] = np.where(unknown[:, -1], last, window[:, -1])
            answers.append(_known(filled, definition))
    every = np.array(answers)
    return np.where((every == every[0]).all(axis=0), every[0], UNDECIDED).astype(np.int8)


def _known(window: States, definition: Definition) -> NDArray[np.int8]:
    """The group of histories without unknown months, by looking up the four conditions."""
    work, benefit = (window & WORK) > 0, (window & BENEFIT) > 0
    code = 8 * work[:, -1] + 4 * work.all(axis=1) + 2 * benefit[:, -1] + 1 * benefit.any(axis=1)
    return np.asarray(_lookup(definition)[code])


def _lookup(definition: Definition) -> NDArray[np.int8]:
    """The group for each combination of conditions, shape (16,)."""
    table = np.zeros(16, np.int8)
    for found in possible_findings():
        code = 8 * found["work_last"] + 4 * found["work_always"] + 2 * found["benefit_last"] + found["benefit_any"]
        table[code] = 1 + next(i for i, g in enumerate(definition.groups) if g.holds(found))
    return table
