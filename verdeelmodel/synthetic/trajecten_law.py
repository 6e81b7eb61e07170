"""What is planted in the synthetic client file: shares, odds of work, and who gets which service.

A register that does not know how ready for work somebody is shows the planted odds exactly, since readiness is drawn
so that it leaves them as they are: within a service the odds of work of the ready are a fixed number of times those of
the others, and services differ in how many of their clients are ready. What a service does to clients who are alike
in readiness follows from that, and is the other half of the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Places = NDArray[np.int64]
NONE = "none"


@dataclass(frozen=True)
class PlantedServices:
    """Everything that was planted; each mapping is a part of the packaged file."""

    facts: Mapping[str, Any]
    ready_odds: float
    gemeenten: Mapping[str, Mapping[str, float]]
    sex: Mapping[str, Mapping[str, float]]
    age: Mapping[str, Mapping[str, float]]
    housing: Mapping[str, Mapping[str, float]]
    provision: Mapping[str, float]
    tailored: Mapping[str, Mapping[str, float]]
    services: Mapping[str, Mapping[str, Any]]
    misspelt: Mapping[str, list[str]]
    reasons: Mapping[int, Mapping[str, float]]
    unknown_reasons: tuple[str, ...]

    @property
    def window(self) -> tuple[date, date]:
        """The first and the last day of the observation."""
        return self.facts["van"], self.facts["tot"]

    @property
    def clients(self) -> int:
        """How many clients of an age to be studied there are."""
        return int(sum(entry["omvang"] for entry in self.gemeenten.values()))


@cache
def planted_services() -> PlantedServices:
    """The planted magnitudes, as packaged."""
    import tomllib

    entries = tomllib.loads(files("verdeelmodel.synthetic").joinpath("data", "trajecten.toml").read_text("utf-8"))
    return PlantedServices(
        facts=entries["bestand"],
        ready_odds=entries["klaar"]["odds"],
        gemeenten=entries["gemeenten"],
        sex=entries["geslacht"],
        age=entries["leeftijd"],
        housing=entries["huisvesting"],
        provision=entries["regeling"],
        tailored=entries["specifiek"],
        services=entries["producten"],
        misspelt=entries["verschreven"],
        reasons={int(group): shares for group, shares in entries["redenen"].items()},
        unknown_reasons=tuple(entries["redenen_onbekend"]["teksten"]),
    )


def odds_without_readiness() -> dict[str, float]:
    """For every service the odds ratio of work against no service that the register shows."""
    return {name: float(entry["odds"]) for name, entry in planted_services().services.items()}


def odds_at_equal_readiness() -> dict[str, float]:
    """For every service the odds ratio of work against no service among clients who are alike in readiness."""
    services = planted_services().services
    start = _lift(services[NONE]["klaar"])
    return {name: float(np.exp(log(entry["odds"]) - _lift(entry["klaar"]) + start)) for name, entry in services.items()}


def ready_shares(service: Places, to_work: NDArray[np.bool_]) -> Values:
    """The chance that each client is ready for work, given the service and the outcome, shape (n,)."""
    planted = planted_services()
    share = np.array([entry["klaar"] for entry in planted.services.values()])[service]
    odds = share / (1 - share) * np.where(to_work, planted.ready_odds, 1.0)
    return np.asarray(odds / (1 + odds))


def _lift(share: float) -> float:
    """What the ready among the clients of a service add to its log odds of work."""
    return log(1 - share + share * planted_services().ready_odds)


def work_chances(scores: Values, target: float) -> Values:
    """Logistic chances with these scores and a constant so that their mean is the target, shape (n,)."""
    from scipy.optimize import brentq

    def gap(constant: float) -> float:
        return float(np.mean(1 / (1 + np.exp(-constant - scores))) - target)

    constant = float(brentq(gap, -20.0, 20.0))
    return np.asarray(1 / (1 + np.exp(-constant - scores)))


def service_chances(man: NDArray[np.bool_], age: Places) -> Values:
    """The chance of every service for each client, skewed by sex and age but with the planted shares, shape (n, 21)."""
    services = list(planted_services().services.values())
    tilt = np.zeros((len(man), len(services)))
    for place, entry in enumerate(services):
        tilt[:, place] = entry["man"] * man + entry["jong"] * (age == 0) + entry["midden"] * (age == 1)
    shares = np.array([entry["aandeel"] for entry in services])
    shares /= shares.sum()
    level = np.log(shares)
    for _ in range(20):
        chances = np.exp(level + tilt)
        chances /= chances.sum(axis=1, keepdims=True)
        level += np.log(shares / chances.mean(axis=0))
    return np.asarray(chances)


def log_odds(entries: Mapping[str, Mapping[str, float]]) -> Values:
    """The planted effects of a characteristic on the logit of work, in the order of its categories."""
    return np.asarray(np.log([entry["odds"] for entry in entries.values()]))
