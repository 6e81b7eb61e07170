"""Reading the three adult slots of a household: most kenmerken ask whether any adult is or has something."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from verdeelmodel.kenmerken.declare import Flags, Ints
from verdeelmodel.population.schema import table_schema

SLOT_VALUES = 256
# Up to this many codes comparing is faster than looking up.
FEW_CODES = 12


@cache
def codes(column: str) -> Mapping[str, int]:
    """The codebook of a raw household column: from the key of a category to the value that is stored."""
    return MappingProxyType({code.key: code.value for code in table_schema("households").columns[column].codes})


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


def any_in(wanted: Collection[int], *slots: Ints) -> Flags:
    """Whether any adult has one of these codes; shape (n,). Slots are int8; an empty slot (-1) never counts."""
    found = np.zeros(slots[0].shape, dtype=np.bool_)
    if len(wanted) <= FEW_CODES:
        for code in wanted:
            for slot in slots:
                found |= slot == code
        return found
    is_wanted = np.zeros(SLOT_VALUES, dtype=np.bool_)
    is_wanted[list(wanted)] = True
    for slot in slots:
        found |= is_wanted[slot.view(np.uint8)]
    return found
