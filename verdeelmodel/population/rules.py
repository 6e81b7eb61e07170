"""What must hold for every household: each rule a function named after what is wrong, true where it is.

The parameters of a rule are the columns it looks at (or `areas`, `limits`); a rule is applied to a population that has
them all. Its sentence, in both languages, is `population.rule.NAME`.
"""
# mypy: disable-error-code="no-any-return"
# Comparisons of arrays are Any to mypy; every rule returns a mask.

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Severity = Literal["error", "warning"]
Mask = NDArray[np.bool_]
Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
CONTEXT = ("areas", "limits")

SINGLE, COUPLE_NO_CHILDREN, COUPLE_CHILDREN, MOTHER, FATHER, OTHER, ADULT_CHILD = range(7)
OWNED = 0
ABSENT = -1
# Assets this many times the limit of a couple are called far above it.
FAR_ABOVE = 3


@dataclass(frozen=True)
class Areas:
    """The codes that a household of one year may have, sorted; `division` is None when that division is not known."""

    gemeenten: Ints
    buurten: Ints
    gemeente_of_buurt: Ints
    division: Ints | None


@dataclass(frozen=True)
class Limits:
    """Values of the law that a rule needs for one year; None when not known."""

    aow_age: float | None
    couple_assets: float


@dataclass(frozen=True)
class Rule:
    """A rule for households: its name, how serious it is, and the function that marks the rows that break it."""

    name: str
    severity: Severity
    marks: Callable[..., Mask]
    inputs: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The household columns the rule looks at."""
        return tuple(name for name in self.inputs if name not in CONTEXT)


_RULES: dict[str, Rule] = {}


def rule(severity: Severity = "error") -> Callable[[Callable[..., Mask]], Callable[..., Mask]]:
    """Declare a rule; its parameter names are the columns it needs."""

    def declare(function: Callable[..., Mask]) -> Callable[..., Mask]:
        name = function.__name__
        _RULES[name] = Rule(name, severity, function, tuple(inspect.signature(function).parameters))
        return function

    return declare


def household_rules() -> Mapping[str, Rule]:
    """Every declared rule by name, in the order of declaration."""
    return MappingProxyType(_RULES)


def in_runs(values: Ints, judge: Callable[[Ints], Mask]) -> Mask:
    """A judgement per value, asked once per run of equal values: households are sorted by area."""
    if len(values) == 0:
        return np.zeros(0, dtype=bool)
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    return np.repeat(judge(values[starts]), np.diff(np.append(starts, len(values))))


@rule()
def gemeente_not_in_division(gemeente: Ints, areas: Areas) -> Mask:
    """A gemeente that does not exist in the division of the population."""
    allowed = areas.division
    if allowed is None:
        return np.zeros(len(gemeente), dtype=bool)
    return in_runs(gemeente, lambda found: ~np.isin(found, allowed))


@rule()
def gemeente_without_row(gemeente: Ints, areas: Areas) -> Mask:
    """A gemeente that is not in the table of gemeenten of this year."""
    return in_runs(gemeente, lambda found: ~np.isin(found, areas.gemeenten))


@rule()
def household_without_buurt(buurt: Ints) -> Mask:
    """No buurt at all."""
    return buurt <= 0


@rule()
def buurt_without_row(buurt: Ints, areas: Areas) -> Mask:
    """A buurt that is not in the table of buurten of this year."""
    return in_runs(buurt, lambda found: ~np.isin(found, areas.buurten) & (found > 0))


@rule()
def buurt_of_other_gemeente(gemeente: Ints, buurt: Ints, areas: Areas) -> Mask:
    """A buurt that lies in another gemeente than the household."""
    if len(areas.buurten) == 0:
        return np.zeros(len(gemeente), dtype=bool)
    place = np.minimum(np.searchsorted(areas.buurten, buurt), len(areas.buurten) - 1)
    return (areas.buurten[place] == buurt) & (areas.gemeente_of_buurt[place] != gemeente)


@rule()
def reference_person_above_aow(age_1: Ints, limits: Limits) -> Mask:
    """A reference person who has reached AOW age, for whom there is no bijstand."""
    if limits.aow_age is None:
        return np.zeros(len(age_1), dtype=bool)
    return age_1 >= np.ceil(limits.aow_age)


@rule()
def couple_with_one_adult(household_type: Ints, adults: Ints) -> Mask:
    """A couple needs two adults."""
    return (adults < 2) & ((household_type == COUPLE_NO_CHILDREN) | (household_type == COUPLE_CHILDREN))


@rule()
def single_with_two_adults(household_type: Ints, adults: Ints) -> Mask:
    """A single, a single parent or an adult child is one adult."""
    alone = (household_type == SINGLE) | (household_type == MOTHER) | (household_type == FATHER)
    return (adults > 1) & (alone | (household_type == ADULT_CHILD))


@rule()
def more_adults_than_persons(adults: Ints, persons: Ints) -> Mask:
    """Adults are persons too."""
    return adults > persons


@rule()
def second_adult_without_age(adults: Ints, age_2: Ints) -> Mask:
    """Two adults, but no age of the second."""
    return (adults >= 2) & (age_2 == ABSENT)


@rule()
def age_without_second_adult(adults: Ints, age_2: Ints) -> Mask:
    """One adult, but an age of a second."""
    return (adults < 2) & (age_2 != ABSENT)


@rule()
def third_adult_does_not_fit(adults: Ints, age_3: Ints) -> Mask:
    """An age of a third adult exactly where there are three or more."""
    return (adults >= 3) != (age_3 != ABSENT)


@rule()
def second_adult_half_described(age_2: Ints, sex_2: Ints, origin_2: Ints, generation_2: Ints, hci_2: Ints) -> Mask:
    """Sex, origin, generation and HCI of the second adult are there exactly when the second adult is."""
    absent = age_2 == ABSENT
    return (
        ((sex_2 == ABSENT) != absent)
        | ((origin_2 == ABSENT) != absent)
        | ((generation_2 == ABSENT) != absent)
        | ((hci_2 == ABSENT) != absent)
    )


@rule()
def first_adult_half_described(sex_1: Ints, origin_1: Ints, generation_1: Ints, hci_1: Ints) -> Mask:
    """Of the first adult everything is known."""
    return (sex_1 == ABSENT) | (origin_1 == ABSENT) | (generation_1 == ABSENT) | (hci_1 == ABSENT)


@rule()
def children_without_age(household_type: Ints, age_youngest_child: Ints) -> Mask:
    """A household with children needs the age of the youngest."""
    with_children = (household_type == COUPLE_CHILDREN) | (household_type == MOTHER) | (household_type == FATHER)
    return with_children & (age_youngest_child == ABSENT)


@rule()
def age_without_children(household_type: Ints, age_youngest_child: Ints) -> Mask:
    """A household without children has no age of the youngest."""
    childless = (household_type == SINGLE) | (household_type == COUPLE_NO_CHILDREN) | (household_type == ADULT_CHILD)
    return childless & (age_youngest_child != ABSENT)


@rule()
def months_without_bijstand(bijstand: Mask, bijstand_months: Ints) -> Mask:
    """Months on bijstand, but no bijstand on the reference date."""
    return ~bijstand & (bijstand_months > 0)


@rule("warning")
def bijstand_without_months(bijstand: Mask, bijstand_months: Ints) -> Mask:
    """Bijstand on the reference date that lasts no month yet."""
    return bijstand & (bijstand_months == 0)


@rule()
def paid_without_bijstand(bijstand: Mask, fraction_paid: Floats) -> Mask:
    """A fraction paid, but no bijstand."""
    return ~bijstand & (fraction_paid >= 0)


@rule()
def bijstand_without_fraction_paid(bijstand: Mask, fraction_paid: Floats) -> Mask:
    """Bijstand of which it is not known how much was paid."""
    return bijstand & (fraction_paid < 0)


@rule("warning")
def bijstand_with_large_assets(bijstand: Mask, assets: Ints, limits: Limits) -> Mask:
    """Bijstand with assets far above the limit."""
    return bijstand & (assets > FAR_ABOVE * limits.couple_assets)


@rule()
def more_dropouts_with_problems_than_dropouts(dropouts: Ints, dropouts_psychological: Ints) -> Mask:
    """Dropped-out students with psychological problems are dropped-out students."""
    return dropouts_psychological > dropouts


@rule()
def dropout_age_does_not_fit(dropouts: Ints, dropout_age: Ints) -> Mask:
    """An age of the youngest dropped-out student exactly where there is one."""
    return (dropouts > 0) != (dropout_age != ABSENT)


@rule()
def more_in_labour_force_than_persons(labour_force: Ints, persons: Ints) -> Mask:
    """The labour force of a household is part of it."""
    return labour_force > persons


@rule()
def more_zzp_than_self_employed(zelfstandigen: Ints, zzp: Ints) -> Mask:
    """Self-employed persons without staff are self-employed."""
    return zzp > zelfstandigen


@rule("warning")
def home_equity_without_owned_home(home_equity: Ints, housing: Ints) -> Mask:
    """Surplus value of an owned home in a household that rents."""
    return (home_equity > 0) & (housing != OWNED)


@rule("warning")
def rent_allowance_in_owned_home(huurtoeslag: Mask, housing: Ints) -> Mask:
    """Rent allowance in an owned home."""
    return huurtoeslag & (housing == OWNED)
