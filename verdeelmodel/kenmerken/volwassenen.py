"""Reading the three adult slots of a household: most kenmerken ask whether any adult is or has something."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from verdeelmodel.kenmerken.declare import Flags, Ints


def any_aged(lowest: float, below: float, *ages: Ints) -> Flags:
    """Whether any adult is at least `lowest` and younger than `below`; shape (n,). An empty slot (-1) never counts."""
    found = (ages[0] >= lowest) & (ages[0] < below)
    for age in ages[1:]:
        found |= (age >= lowest) & (age < below)
    return found


def any_with(code: int, *slots: Ints) -> Flags:
    """Whether any adult has this code; shape (n,)."""
    found = np.zeros(slots[0].shape, dtype=np.bool_)
    for slot in slots:
        found |= slot == code
    return found


def any_in(codes: Collection[int], *slots: Ints) -> Flags:
    """Whether any adult has one of these codes; shape (n,). Codes lie between 0 and 62."""
    wanted = np.zeros(256, dtype=np.bool_)
    wanted[list(codes)] = True
    found = wanted[slots[0].view(np.uint8)]
    for slot in slots[1:]:
        found |= wanted[slot.view(np.uint8)]
    return found
