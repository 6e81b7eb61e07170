"""Combinations of aspects: which bits make which combination, and how many aspects come together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verdeelmodel.reintegration.aspects import Definitions


@cache
def membership(aspects: int) -> NDArray[np.bool_]:
    """Which combinations hold which aspect, shape (k, 2^k)."""
    codes = np.arange(1 << aspects)
    return np.array([(codes >> bit) & 1 for bit in range(aspects)]).astype(np.bool_)


def number_of_aspects(aspects: int) -> NDArray[np.intp]:
    """How many aspects each combination has, shape (2^k,)."""
    return np.asarray(membership(aspects).sum(axis=0))


def with_number(aspects: int, number: int) -> tuple[int, ...]:
    """The combinations of this many aspects, in the order of the aspects of the definitions."""
    codes = np.flatnonzero(number_of_aspects(aspects) == number)
    return tuple(sorted((int(c) for c in codes), key=lambda code: [-(code >> bit & 1) for bit in range(aspects)]))


def label(definitions: Definitions, code: int) -> str:
    """The aspects of a combination in words, in the order of the definitions."""
    return "; ".join(str(a.label) for bit, a in enumerate(definitions.aspects) if code >> bit & 1)


def keys(definitions: Definitions, code: int) -> str:
    """The aspects of a combination as keys, in the order of the definitions."""
    return ";".join(a.key for bit, a in enumerate(definitions.aspects) if code >> bit & 1)
