"""Who forms a household: type, ages, origins, partner and children.

Type, age and origin come from one table, raked to the margins of the municipality, in whole households.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.draws import Streams, chance, normal, pick, raked, uniform, whole_counts
from verdeelmodel.synthetic.frame import ANCHOR, YEARS

Columns = dict[str, NDArray[Any]]
SINGLE, COUPLE, COUPLE_CHILDREN, MOTHER, FATHER, OTHER, AT_HOME = range(7)
OLDEST = 65
NEVER = -1

AGE_BANDS = np.array([[18, 20], [20, 25], [25, 30], [30, 40], [40, 45], [45, 50], [50, 60], [60, 66]])
BAND_OF_MARGIN = np.array([0, 0, 1, 1, 1, 2, 2, 2])
# Within the three published age groups: the share of each band.
BAND_SHARE = np.array([0.36, 0.64, 0.27, 0.50, 0.23, 0.26, 0.45, 0.29])
# Rows: band; columns: type. How the types are spread over the ages before raking.
TYPE_BY_AGE = np.array(
    [
        [0.10, 0.004, 0.001, 0.004, 0.0002, 0.02, 0.86],
        [0.32, 0.06, 0.02, 0.02, 0.001, 0.03, 0.55],
        [0.38, 0.20, 0.16, 0.05, 0.003, 0.03, 0.18],
        [0.26, 0.12, 0.48, 0.08, 0.010, 0.01, 0.05],
        [0.22, 0.07, 0.52, 0.12, 0.025, 0.01, 0.04],
        [0.23, 0.10, 0.46, 0.12, 0.040, 0.01, 0.04],
        [0.27, 0.26, 0.32, 0.08, 0.035, 0.01, 0.03],
        [0.31, 0.55, 0.08, 0.03, 0.010, 0.01, 0.01],
    ]
)
# Rows: origin group; columns: type, and below it band. Ratios to independence.
TYPE_BY_ORIGIN = np.array(
    [
        [1.0, 1.05, 1.0, 0.85, 0.95, 0.8, 1.0],
        [1.2, 1.05, 0.9, 0.95, 0.9, 1.5, 0.8],
        [0.7, 0.7, 1.4, 1.2, 1.0, 1.2, 1.2],
        [1.0, 0.6, 0.7, 2.6, 1.6, 1.2, 1.0],
        [1.2, 0.5, 0.6, 2.8, 1.3, 1.5, 0.8],
        [0.7, 0.5, 1.5, 1.4, 0.9, 1.2, 1.2],
        [1.1, 0.6, 1.1, 1.5, 1.2, 1.8, 0.8],
    ]
)
AGE_BY_ORIGIN = np.array(
    [
        [0.95, 0.95, 0.9, 0.9, 1.0, 1.0, 1.1, 1.1],
        [0.8, 0.95, 1.2, 1.2, 1.0, 1.0, 0.9, 0.9],
        [1.3, 1.3, 1.2, 1.2, 1.2, 1.0, 0.8, 0.5],
        [1.0, 1.1, 1.1, 1.0, 1.0, 1.0, 1.1, 0.8],
        [1.2, 1.5, 1.4, 1.2, 1.0, 0.9, 0.8, 0.5],
        [1.4, 1.4, 1.3, 1.2, 1.2, 1.0, 0.7, 0.5],
        [1.2, 1.3, 1.4, 1.4, 1.2, 1.0, 0.7, 0.4],
    ]
)
# The codes of the schema within a group of origin, and their share nationally.
ORIGIN_CODES: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...] = (
    ((0,), (1.0,)),
    ((17, 19, 20, 21, 22, 24), (0.13, 0.06, 0.065, 0.012, 0.66, 0.073)),
    ((1,), (1.0,)),
    ((2,), (1.0,)),
    ((3,), (1.0,)),
    ((4,), (1.0,)),
    (
        (5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 23),
        (0.026, 0.040, 0.024, 0.052, 0.060, 0.075, 0.050, 0.064, 0.105, 0.049, 0.084, 0.062, 0.160, 0.149),
    ),
)
# Share that was born abroad, by group of origin.
FIRST_GENERATION = np.array([0.0, 0.62, 0.52, 0.53, 0.63, 0.48, 0.74])
SAME_ORIGIN = np.array([0.93, 0.35, 0.80, 0.55, 0.40, 0.82, 0.70])
GROUP_OF_CODE = np.array([next(g for g, (codes, _) in enumerate(ORIGIN_CODES) if c in codes) for c in range(25)])
ASYLUM = np.isin(np.arange(25), [7, 11, 12, 13, 14])


def seed_table() -> NDArray[np.float64]:
    """How type, age and origin go together before raking: (7 types, 8 bands, 7 origins)."""
    by_age = TYPE_BY_AGE / TYPE_BY_AGE.sum(axis=1, keepdims=True)
    return np.asarray(by_age.T[:, :, None] * TYPE_BY_ORIGIN.T[:, None, :] * AGE_BY_ORIGIN.T[None, :, :])


def band_margin(ages: NDArray[np.float64]) -> NDArray[np.float64]:
    """The three published age groups spread over the eight bands."""
    return np.asarray(ages[BAND_OF_MARGIN] * BAND_SHARE)


def cells(
    types: NDArray[np.float64], ages: NDArray[np.float64], origins: NDArray[np.float64], n: int
) -> tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]]:
    """Type, band and origin group of n households that meet the three margins, each shape (n,)."""
    table = raked(seed_table(), [types, band_margin(ages), origins])
    # Rounding is carried along: first within an origin, then within a type, so that also small margins are met.
    counts = whole_counts(table.transpose(2, 0, 1), n)
    places = np.repeat(np.arange(counts.size), counts.ravel())
    group, kind, band = np.unravel_index(places, counts.shape)
    return kind.astype(np.int8), band.astype(np.int8), group.astype(np.int8)


def persons(
    streams: Streams,
    kind: NDArray[np.int8],
    band: NDArray[np.int8],
    group: NDArray[np.int8],
) -> Columns:
    """Adults and children of the households in the year of anchor."""
    n = len(kind)
    ages = streams.of("ages")
    low, high = AGE_BANDS[band, 0], AGE_BANDS[band, 1]
    age = (low + uniform(ages, n) * (high - low)).astype(np.int8)
    columns: Columns = {"household_type": kind, "age_1": age}
    columns |= _origin(streams, group, "1")
    columns |= _children(streams, kind, age)
    columns |= _partner(streams, columns)
    return columns


def _origin(streams: Streams, group: NDArray[np.int8], slot: str) -> Columns:
    stream = streams.of(f"origin {slot}")
    n = len(group)
    code = np.zeros(n, np.int8)
    for g, (codes, shares) in enumerate(ORIGIN_CODES):
        members = np.flatnonzero(group == g)
        if len(codes) == 1:
            code[members] = codes[0]
        elif len(members):
            code[members] = pick(stream, len(members), codes, shares)
    share = np.where(ASYLUM[code], 0.9, FIRST_GENERATION[group])
    first = chance(stream, n, share)
    generation = np.where(group == 0, 0, np.where(first, 1, 2)).astype(np.int8)
    return {f"origin_{slot}": code, f"generation_{slot}": generation}


def _children(streams: Streams, kind: NDArray[np.int8], age: NDArray[np.int8]) -> Columns:
    """The age of the youngest child: that of the head less the age at which the last child came."""
    stream = streams.of("children")
    n = len(kind)
    parent = (kind == COUPLE_CHILDREN) | (kind == MOTHER) | (kind == FATHER)
    at_birth = np.where(kind == FATHER, 34.0, 31.5) + 5.2 * normal(stream, n)
    at_birth = np.where(age < 32, np.minimum(at_birth, age - 3 * uniform(stream, n)), at_birth)
    youngest = np.clip(age - at_birth, 0, np.minimum(age - 16, 30)).astype(np.int8)
    youngest = np.where(parent, youngest, NEVER).astype(np.int8)
    more = pick(stream, n, (0, 1, 2, 3), (0.42, 0.40, 0.13, 0.05))
    minors = np.where(parent & (youngest < 18), 1 + more * (youngest < 15), 0).astype(np.int8)
    return {"age_youngest_child": youngest, "_minors": minors}


def _partner(streams: Streams, columns: Columns) -> Columns:
    """Second and third adults, sexes, and the number of persons."""
    stream = streams.of("partner")
    kind, age = columns["household_type"], columns["age_1"]
    n = len(kind)
    two = (kind == COUPLE) | (kind == COUPLE_CHILDREN) | (kind == OTHER)
    three = (kind == OTHER) & chance(stream, n, 0.3)
    sex_1 = np.where(chance(stream, n, np.where(two, 0.76, np.where(kind == AT_HOME, 0.57, 0.53))), 1, 2)
    sex_1 = np.where(kind == MOTHER, 2, np.where(kind == FATHER, 1, sex_1)).astype(np.int8)
    younger = np.where(sex_1 == 1, -2.0, 2.0) + 4.0 * normal(stream, n)
    youngest = np.maximum(18, columns["age_youngest_child"] + 16)
    age_2 = np.where(two, np.clip(age + younger, youngest, 78), NEVER).astype(np.int8)
    age_3 = np.where(three, np.clip(age + 9 * normal(stream, n), 18, 78), NEVER).astype(np.int8)
    other_sex = (3 - sex_1).astype(np.int8)
    same_sex = chance(stream, n, 0.015)
    sex_2 = np.where(two, np.where(same_sex, sex_1, other_sex), NEVER).astype(np.int8)
    sex_3 = np.where(three, np.where(chance(stream, n, 0.5), 1, 2), NEVER).astype(np.int8)
    found: Columns = {"age_2": age_2, "age_3": age_3, "sex_1": sex_1, "sex_2": sex_2, "sex_3": sex_3}
    for slot, there in (("2", two), ("3", three)):
        found |= _other_origin(streams, columns, slot, there)
    found["adults"] = (1 + two + three).astype(np.int8)
    return found


def _other_origin(streams: Streams, columns: Columns, slot: str, there: NDArray[np.bool_]) -> Columns:
    """Origin of another adult: mostly that of the first, else Dutch or another group."""
    stream = streams.of(f"same origin {slot}")
    n = len(there)
    code_1 = columns["origin_1"]
    same = chance(stream, n, SAME_ORIGIN[GROUP_OF_CODE[code_1]])
    group = pick(stream, n, range(7), (0.62, 0.16, 0.02, 0.035, 0.01, 0.02, 0.135))
    drawn = _origin(streams, group, slot)
    code = np.where(same, code_1, drawn[f"origin_{slot}"])
    generation = np.where(same, columns["generation_1"], drawn[f"generation_{slot}"])
    return {
        f"origin_{slot}": np.where(there, code, NEVER).astype(np.int8),
        f"generation_{slot}": np.where(there, generation, NEVER).astype(np.int8),
    }


def in_year(columns: Columns, year: int, last: NDArray[np.int16]) -> Columns:
    """The household as it was in an earlier year: everybody younger, children not yet born or still minor.

    `last` is the last year of each household, from which its ages count. A couple or parent whose child was not there
    yet is a household without children; a young single person may still have lived with the parents.
    """
    back = np.maximum(last - year, 0).astype(np.int8)
    earlier = dict(columns)
    for slot in ("age_1", "age_2", "age_3"):
        age = columns[slot]
        earlier[slot] = np.where(age == NEVER, NEVER, np.maximum(age - back, 18)).astype(np.int8)
    youngest = columns["age_youngest_child"]
    unborn = (youngest != NEVER) & (youngest < back)
    kind = columns["household_type"]
    kind = np.where(unborn & (kind == COUPLE_CHILDREN), COUPLE, kind)
    kind = np.where(unborn & ((kind == MOTHER) | (kind == FATHER)), SINGLE, kind)
    kind = np.where((columns["_left_home"] > year) & (columns["household_type"] == SINGLE), AT_HOME, kind)
    earlier["household_type"] = kind.astype(np.int8)
    earlier["age_youngest_child"] = np.where((youngest == NEVER) | unborn, NEVER, youngest - back).astype(np.int8)
    still_minor = (youngest - back < 18) & (youngest >= 18)
    minors = np.where(unborn, 0, np.where(still_minor, np.maximum(columns["_minors"], 1), columns["_minors"]))
    earlier["_minors"] = np.where(youngest == NEVER, 0, minors).astype(np.int8)
    return earlier


def moments(streams: Streams, columns: Columns) -> Columns:
    """When each household came to its place and, for the young, left the home of the parents."""
    stream = streams.of("moments")
    age = columns["age_1"]
    n = len(age)
    mobility = np.where(age < 30, 0.09, np.where(age < 45, 0.05, 0.025))
    years_here = np.floor(np.log(np.maximum(uniform(stream, n), 1e-7)) / np.log1p(-mobility))
    entered = (ANCHOR - np.minimum(years_here, 40)).astype(np.int16)
    leaving = chance(stream, n, np.where(age < 30, 0.30, 0.0))
    left_home = np.where(leaving, YEARS[0] + 1 + stream.integers(0, 3, n), YEARS[0]).astype(np.int16)
    return {"_entered": entered, "_left_home": left_home}
