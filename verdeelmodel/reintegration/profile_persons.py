"""From households to persons: who is counted, in which group, and which aspects each person has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.aspects import PENSIONERS, SLOTS, STUDENTS, Definitions

Columns = Mapping[str, NDArray[Any]]
# The groups of a household: every person in it is in the same one.
RECIPIENT, OTHER, LEFT_OUT = 0, 1, 2
STATUSES = 3
NOBODY = -1


@dataclass(frozen=True)
class PersonBlock:
    """The persons of n households: `counted` (n, 3) who is counted, `code` (n, 3) the aspects as bits, `status` (n,).

    Bit k of a code is aspect k of the definitions.
    """

    counted: NDArray[np.bool_]
    code: NDArray[np.uint8]
    status: NDArray[np.int8]
    weight: NDArray[np.float64]


def needed_columns(definitions: Definitions, present: set[str]) -> tuple[str, ...]:
    """The household columns and kenmerken that the persons of these definitions are made of.

    `present` are the columns of the population: the third adult, the slots of an aspect beyond the first, the weight
    and what tells who is in education or on a pension are used when they are there.
    """
    names = ["bijstand", "adults", "age_1", "age_2"]
    optional = ["age_3", "weight"]
    optional += ["student_level"] if STUDENTS in definitions.persons.without else []
    optional += ["pensioen"] if PENSIONERS in definitions.persons.without else []
    for aspect in definitions.aspects:
        if aspect.of_household:
            names.append(aspect.household)
        else:
            names.append(f"{aspect.column}_1")
            optional += [f"{aspect.column}_{slot}" for slot in SLOTS[1:]]
    return tuple(dict.fromkeys([*names, *(name for name in optional if name in present)]))


def persons_of(households: Columns, definitions: Definitions) -> PersonBlock:
    """The persons of these households.

    Counted are adults within the ages of the definitions. Bijstand is a right of the household: all its adults are
    recipients.
    """
    return PersonBlock(
        counted=counted_adults(households, definitions),
        code=aspect_codes(households, definitions),
        status=status_of(households, definitions),
        weight=_weight(households),
    )


def counted_adults(households: Columns, definitions: Definitions) -> NDArray[np.bool_]:
    """Which adults are within the ages, shape (n, 3); an empty slot never is."""
    ages = _slots(households, "age")
    persons = definitions.persons
    return np.asarray((ages >= persons.lowest_age) & (ages <= persons.highest_age))


def aspect_codes(households: Columns, definitions: Definitions) -> NDArray[np.uint8]:
    """The aspects of each adult as bits, shape (n, 3)."""
    codes = np.zeros((len(households["bijstand"]), len(SLOTS)), np.uint8)
    for bit, aspect in enumerate(definitions.aspects):
        if aspect.of_household:
            has = households[aspect.household][:, np.newaxis]
        else:
            has = np.isin(_slots(households, aspect.column), aspect.codes)
        codes |= (has * np.uint8(1 << bit)).astype(np.uint8)
    return codes


def status_of(households: Columns, definitions: Definitions) -> NDArray[np.int8]:
    """Recipient, other, or left out of the comparison, shape (n,).

    Who is in education or on a pension is only known of the household; where there is one adult it is that adult.
    """
    away = np.zeros(len(households["bijstand"]), np.bool_)
    if "student_level" in households and STUDENTS in definitions.persons.without:
        away |= households["student_level"] > 0
    if "pensioen" in households and PENSIONERS in definitions.persons.without:
        away |= households["pensioen"]
    away &= households["adults"] == 1
    return np.where(households["bijstand"], RECIPIENT, np.where(away, LEFT_OUT, OTHER)).astype(np.int8)


def _slots(households: Columns, name: str) -> NDArray[Any]:
    """A column with a slot per adult, shape (n, 3); slots that the population does not have are empty."""
    first = households[f"{name}_1"]
    empty = np.full(len(first), NOBODY, first.dtype)
    return np.stack([households.get(f"{name}_{slot}", empty) for slot in SLOTS], axis=1)


def _weight(households: Columns) -> NDArray[np.float64]:
    if "weight" in households:
        return households["weight"].astype(np.float64)
    return np.ones(len(households["bijstand"]))
