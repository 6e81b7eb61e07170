"""The clients of one municipality: adults of households on bijstand, and those who apply in the three years after.

At the start a client is an adult of a household that is on bijstand on the reference date of the first year made:
aspects, age, sex and place are those of the household. What follows is drawn from the planted law of `clienten_law`,
not from the households of later years.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.households import Plan, compute_chunk, plan
from verdeelmodel.synthetic.clienten_histories import Course, course_of
from verdeelmodel.synthetic.clienten_law import (
    OWN_REASON,
    REASON_OF_AGE,
    STAYED,
    Values,
    drawn,
    planted_clients,
    ways,
)
from verdeelmodel.synthetic.draws import Streams, chance
from verdeelmodel.synthetic.persons import AT_HOME, NEVER, Columns
from verdeelmodel.synthetic.truth import planted

if TYPE_CHECKING:
    import pyarrow as pa

SLOTS = (1, 2, 3)
OWNED = 0
# The kenmerken that are the five aspects, and their names in the table of clients.
ASPECT_OF = {
    "aspect_financieel": "financial",
    "aspect_gezondheid": "health",
    "aspect_opleiding": "education",
    "aspect_niet_westers": "nonwestern",
    "aspect_eenouder": "single_parent",
}
BENEFIT, NO_BENEFIT, UNKNOWN = "uitkering", "geen uitkering", ""


@dataclass(frozen=True)
class Applicants:
    """The households of the first year: their columns, and how far each is from bijstand.

    `distance` is the standard normal burden above which a household comes on bijstand, shape (n,).
    """

    columns: Columns
    distance: Values
    year: int


def clients_of(streams: Streams, households: Applicants) -> pa.Table:
    """A row per spell of every client of the municipality, in the order of client and start."""
    people = _people(streams, households)
    n = len(people["age"])
    turn = streams.of("clients outcome").random(n)
    outcome, way = ways(people, turn, gemeente_effect(streams))
    p = planted_clients().facts
    soonest = np.where(people["age"] >= p["aow_vanaf"], 12 * (p["aow_leeftijd"] - people["age"]), 0)
    soonest = np.clip(soonest, 0, p["maanden"] - 1).astype(np.int16)
    course = course_of(streams.of("clients course"), people["_first"], soonest, people["_at_work"], outcome, way)
    return _rows(streams, people, course, way, households)


def gemeente_effect(streams: Streams) -> float:
    """What the municipality adds to the logit of leaving for work."""
    return float(planted_clients().facts["spreiding_gemeente"] * streams.of("clients gemeente").standard_normal())


@cache
def _aspects() -> Plan:
    return plan(tuple(ASPECT_OF))


def _people(streams: Streams, households: Applicants) -> Columns:
    """The adults who are clients at the start or become one, ordered by household and slot."""
    stream = streams.of("clients people")
    chosen, first = _applicants(stream, households)
    found = {name: values[chosen] for name, values in households.columns.items()}
    where, slot = np.nonzero(_adults(found))
    n = len(where)
    working = chance(stream, n, planted().working_recipients)
    people: Columns = {
        "client": (found["household"][where] * len(SLOTS) + slot).astype(np.int32),
        "buurt": found["buurt"][where],
        "age": np.column_stack([found[f"age_{s}"] for s in SLOTS])[where, slot],
        "sex": np.column_stack([found[f"sex_{s}"] for s in SLOTS])[where, slot],
        "_first": first[where],
        "_months": found["bijstand_months"][where],
        "_at_work": np.where(first[where] == 0, slot < found["working"][where], working),
    }
    people |= _aspects_of(found, households.year, where, slot)
    people |= _circumstances(stream, found, where, people)
    people["sex"] = np.where(chance(stream, n, planted_clients().facts["geslacht_onbekend"]), NEVER, people["sex"])
    return people


def _applicants(stream: np.random.Generator, households: Applicants) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """The households on bijstand, and those that come nearest to it by fresh chance, with the month they enter."""
    p = planted_clients().facts
    start = np.flatnonzero(households.columns["bijstand"])
    others = np.flatnonzero(~households.columns["bijstand"])
    wanted = min(round(p["instroom"] * len(start)), len(others))
    nearness = stream.standard_normal(len(others)) - households.distance[others]
    later = others[np.argsort(nearness, kind="stable")[len(others) - wanted :]]
    months = stream.integers(1, int(p["maanden"]) - 2, wanted)
    chosen = np.concatenate([start, later])
    first = np.concatenate([np.zeros(len(start)), months]).astype(np.int16)
    order = np.argsort(households.columns["household"][chosen], kind="stable")
    return chosen[order], first[order]


def _adults(found: Columns) -> NDArray[np.bool_]:
    """Which slots hold an adult of an age to be a client, shape (households, slots)."""
    ages = np.column_stack([found[f"age_{s}"] for s in SLOTS])
    return np.asarray((ages != NEVER) & (ages >= 18) & (ages <= planted_clients().facts["oudste"]))


def _aspects_of(found: Columns, year: int, where: NDArray[np.int64], slot: NDArray[np.int64]) -> Columns:
    """The five aspects of every client by their kenmerken: origin is that of the person, the rest of the household.

    `where` and `slot` are the household and the place in it of each client, shape (n,).
    """
    from verdeelmodel.kenmerken.parameters import parameter

    made, n = _aspects(), len(where)
    chunk: dict[str, NDArray[Any]] = {"gemeente": np.zeros(n, np.int16), "buurt": np.zeros(n, np.int32)}
    chunk |= {name: found[name][where] for name in made.columns if name not in chunk}
    own = np.column_stack([found[f"origin_{s}"] for s in SLOTS])[where, slot]
    chunk |= {"origin_1": own, "origin_2": np.full(n, NEVER, np.int8), "origin_3": np.full(n, NEVER, np.int8)}
    computed = compute_chunk(made, chunk, {name: parameter(name, year, year) for name in made.parameters})
    return {name: computed[key].astype(np.bool_) for key, name in ASPECT_OF.items()}


def _circumstances(stream: np.random.Generator, found: Columns, where: NDArray[np.int64], people: Columns) -> Columns:
    """Housing, scheme and service at the start, as places in the planted lists."""
    p, n = planted_clients(), len(where)
    kinds = list(p.housing)
    own, at_home = found["housing"][where] == OWNED, found["household_type"][where] == AT_HOME
    housing = np.where(own & ~at_home, kinds.index("eigenaar"), kinds.index("huurder"))
    housing = np.where(at_home, kinds.index("inwonend"), housing).astype(np.int8)
    turn, upto = stream.random(n), 0.0
    for name, share in p.housing_share.items():
        housing[(turn >= upto) & (turn < upto + share)] = kinds.index(name)
        upto += share
    provision = drawn(stream, p.provision, n)
    older = list(p.provision).index("IOAW/Z")
    provision[(provision == older) & (people["age"] < 45)] = 0
    return {"_housing": housing, "_provision": provision, "_service": drawn(stream, p.service_share, n)}


def _rows(streams: Streams, people: Columns, course: Course, way: NDArray[np.int8], households: Applicants) -> pa.Table:
    """The spells as a table: every client once, and again for who came back."""
    import pyarrow as pa

    stream = streams.of("clients rows")
    n, months = len(way), course.months
    again = np.flatnonzero(course.back < months)
    who = np.concatenate([np.arange(n), again])
    second = np.concatenate([np.zeros(n, np.bool_), np.ones(len(again), np.bool_)])
    start = np.where(second, course.back[who], course.first[who])
    end = np.where(second, months, course.left[who])
    order = np.lexsort((second, people["client"][who]))
    who, second, start, end = who[order], second[order], start[order], end[order]
    known = np.where((~second) & (start == 0), people["_months"][who], 1)
    reasons = _reasons(stream, people, way)
    begin = _days(households.year, start - np.maximum(known - 1, 0), stream.random(n)[who])
    until = np.maximum(_days(households.year, end - 1, stream.random(n)[who]), begin)
    columns = {
        "client": people["client"][who],
        "gemeente": (people["buurt"][who] // 10_000).astype(np.int16),
        "buurt": people["buurt"][who],
        "start": begin,
        "end": pa.array(until, mask=end >= months),
        "end_reason": _picked(reasons[0], np.where(end >= months, -1, reasons[1][who])),
        **_whole(stream, people, course, households, who),
    }
    return pa.table(columns)


def _whole(
    stream: np.random.Generator, people: Columns, course: Course, households: Applicants, who: NDArray[np.int64]
) -> dict[str, Any]:
    """What is known of the person and stands on every row."""
    import pyarrow as pa

    p, n = planted_clients(), len(people["age"])
    unknown = chance(stream, n, p.facts["status_onbekend"])
    letters = course.letters()
    ends_on = (course.left == course.months) | (course.back < course.months)
    service = np.where(chance(stream, n, p.facts["voorziening_onbekend"]), -1, people["_service"])
    found: dict[str, Any] = {name: people[name][who] for name in ("sex", "age", *ASPECT_OF.values())}
    found |= {
        "status_start": _picked((BENEFIT, NO_BENEFIT), np.where(unknown, -1, people["_first"] > 0)[who]),
        "status_end": _picked((BENEFIT, NO_BENEFIT), np.where(unknown, -1, ~ends_on)[who]),
        "provision": _picked(tuple(p.provision), people["_provision"][who]),
        "housing": _picked(tuple(p.housing), people["_housing"][who]),
        "services": _picked(tuple(p.service_share), service[who]),
        "status": pa.array(letters[who]).cast(pa.string()),
        "status_from": np.full(len(who), f"{households.year}-01-01", "datetime64[D]"),
    }
    return found


def _reasons(
    stream: np.random.Generator, people: Columns, way: NDArray[np.int8]
) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    """All reasons, and for each client the place of theirs (-1: none, or nobody wrote it down)."""
    p = planted_clients()
    names = (*dict.fromkeys(name for shares in p.reasons.values() for name in shares if name), REASON_OF_AGE)
    place = np.full(len(way), -1, np.int16)
    for group, shares in p.reasons.items():
        members = np.flatnonzero(way == group)
        own = np.array([names.index(name) if name else -1 for name in shares], np.int16)
        place[members] = own[drawn(stream, shares, len(members))]
    old = (people["age"] >= p.facts["aow_vanaf"]) & (way == OWN_REASON)
    place[old] = names.index(REASON_OF_AGE)
    place[way == STAYED] = -1
    return names, place


def _days(year: int, month: NDArray[Any], turn: Values) -> NDArray[np.datetime64]:
    """A day in the month that is so many months after January of the year, shape (n,)."""
    begin = np.datetime64(f"{year}-01", "M") + month.astype(np.int64)
    first = begin.astype("datetime64[D]")
    length = ((begin + 1).astype("datetime64[D]") - first).astype(np.int64)
    return np.asarray(first + np.floor(turn * length).astype(np.int64))


def _picked(names: tuple[str, ...], place: NDArray[Any]) -> pa.Array:
    """The names at these places as text; empty where the place is -1."""
    import pyarrow as pa

    places = np.asarray(place, np.int32)
    indices = pa.array(places, mask=places < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names)).dictionary_decode()
