"""The law that the clients of the synthetic country follow: who finds work, who leaves bijstand, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.persons import Columns

Values = NDArray[np.float64]
# Outcome after 23 months: not working; working with benefit; lasting with benefit; fully at the end; lasting and full.
NOT_WORKING, WITH_BENEFIT, LASTING, FULL, LASTING_FULL = range(1, 6)
# After three years: still on bijstand; left for a reason outside the client; for one of the client; left for work.
STAYED, OUTSIDE, OWN_REASON, TO_WORK = range(1, 5)
ASPECTS = ("financial", "health", "nonwestern", "single_parent", "education")
MAN, WOMAN = 1, 2
REASON_OF_AGE = "AOW"


@dataclass(frozen=True)
class PlantedClients:
    """Everything that was planted in the clients; each mapping is a part of the packaged file."""

    facts: Mapping[str, float]
    outcome: Mapping[str, tuple[float, ...]]
    outcome_at_work: tuple[float, ...]
    leaving: Mapping[str, float]
    housing: Mapping[str, float]
    housing_share: Mapping[str, float]
    provision: Mapping[str, float]
    service_share: Mapping[str, float]
    service_effect: Mapping[str, float]
    reasons: Mapping[int, Mapping[str, float]]


@cache
def planted_clients() -> PlantedClients:
    """The planted magnitudes, as packaged."""
    import tomllib

    entries = tomllib.loads(packaged_text())
    return PlantedClients(
        facts=entries["clienten"],
        outcome={name: tuple(values) for name, values in entries["uitkomst"].items()},
        outcome_at_work=tuple(entries["uitkomst_werkend"]["aandelen"]),
        leaving=entries["vertrek"],
        housing=entries["huisvesting"],
        housing_share=entries["huisvesting_aandeel"],
        provision=entries["regeling"],
        service_share=entries["voorzieningen"]["aandeel"],
        service_effect=entries["voorzieningen"]["effect"],
        reasons={int(group): shares for group, shares in entries["redenen"].items()},
    )


def packaged_text() -> str:
    """The file of planted effects as it is written into the truth of a population."""
    return files("verdeelmodel.synthetic").joinpath("data", "clienten.toml").read_text(encoding="utf-8")


def outcome_probabilities(clients: Mapping[str, NDArray[Any]]) -> Values:
    """The chance of each of the five outcomes for clients who did not work at the start, shape (n, 5)."""
    effects = planted_clients().outcome
    covariates = outcome_covariates(clients)
    scores = np.zeros((len(clients["age"]), 5))
    scores[:, 1:] = effects["constante"]
    for name, values in covariates.items():
        scores[:, 1:] += values[:, None] * np.asarray(effects[name])
    scores -= scores.max(axis=1, keepdims=True)
    chances = np.exp(scores)
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def outcome_covariates(clients: Mapping[str, NDArray[Any]]) -> dict[str, Values]:
    """What the outcome depends on, under the names of the packaged file, each shape (n,)."""
    found = {name: clients[name].astype(np.float64) for name in ASPECTS}
    found["geen_aspect"] = (np.sum([found[name] for name in ASPECTS], axis=0) == 0).astype(np.float64)
    found["vrouw"] = (clients["sex"] == WOMAN).astype(np.float64)
    found["leeftijd"] = (clients["age"] - 40.0) / 10
    return found


def leaving_probabilities(clients: Mapping[str, NDArray[Any]], gemeente_effect: float) -> Values:
    """The chance of each of the four ways in which three years can end, shape (n, 4).

    Groups 2 and 3 have the same chance for everybody; what is left is shared between still on bijstand and work by a
    logit of sex, age, housing, service and municipality.
    """
    p = planted_clients()
    score = np.full(len(clients["age"]), p.leaving["constante"] + gemeente_effect)
    score += p.leaving["man"] * (clients["sex"] == MAN)
    age = clients["age"]
    score += p.leaving["leeftijd_18_22"] * (age <= 22) + p.leaving["leeftijd_23_44"] * ((age > 22) & (age < 45))
    score += np.array(list(p.housing.values()))[clients["_housing"]]
    score += np.array(list(p.service_effect.values()))[clients["_service"]]
    rest = 1 - p.leaving["aandeel_groep_2"] - p.leaving["aandeel_groep_3"]
    work = rest / (1 + np.exp(-score))
    fixed = np.broadcast_to([p.leaving["aandeel_groep_2"], p.leaving["aandeel_groep_3"]], (len(score), 2))
    return np.column_stack([rest - work, fixed, work])


def chosen(chances: Values, turn: Values) -> NDArray[np.int8]:
    """The group, from 1, in which each turn between 0 and 1 falls when the chances are laid end to end, shape (n,)."""
    return np.asarray(1 + (turn[:, None] > np.cumsum(chances[:, :-1], axis=1)).sum(axis=1), dtype=np.int8)


def drawn(stream: np.random.Generator, shares: Mapping[str, float], n: int) -> NDArray[np.int8]:
    """Places in the mapping, drawn by its shares, shape (n,)."""
    upto = np.cumsum(list(shares.values()))
    place = np.searchsorted(upto / upto[-1], stream.random(n), side="right")
    return np.asarray(np.minimum(place, len(upto) - 1), dtype=np.int8)


def ways(clients: Columns, turn: Values, gemeente_effect: float) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """The outcome after 23 months (0 for who came later) and the way three years end, each shape (n,).

    One turn decides both, so that who finds work early is also who leaves for work. Who reaches the age of AOW leaves
    for that reason, unless work came first.
    """
    p = planted_clients()
    stock, at_work = clients["_first"] == 0, clients["_at_work"]
    chances = outcome_probabilities(clients)
    chances[at_work] = np.asarray(p.outcome_at_work) / sum(p.outcome_at_work)
    outcome = np.where(stock, chosen(chances, turn), 0).astype(np.int8)
    way = chosen(leaving_probabilities(clients, gemeente_effect), turn)
    off = outcome >= FULL
    way[off & (way == STAYED)] = OUTSIDE
    old = clients["age"] >= p.facts["aow_vanaf"]
    way[old] = np.where(off[old], OUTSIDE, OWN_REASON)
    return outcome, way
