"""The law that the synthetic country follows: who is on bijstand, for how long, and what part of the norm is paid.

Probability of bijstand = the published weights + effects that the official model does not know + the policy of the
municipality + chance. Chance is a latent burden per household that lasts over the years, so that spells of bijstand
have a length; in each year it is logistic and independent between households.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.draws import Streams, normal, uniform
from verdeelmodel.synthetic.frame import ANCHOR
from verdeelmodel.synthetic.persons import NEVER, Columns
from verdeelmodel.synthetic.surroundings import Surroundings

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Planted:
    """Everything that was planted: effects on the logit of bijstand and of the price, and how chance behaves."""

    volume: Mapping[str, float]
    turning: Mapping[int, float]
    price: Mapping[str, float]
    lasting: float
    persistence: float
    price_precision: float
    staying: float
    longest_years: int
    constant: float
    constant_with_effects: float
    price_constant: float
    poor_recipients: float
    working_recipients: float


@cache
def planted() -> Planted:
    """The planted magnitudes, as packaged."""
    import tomllib

    entries = tomllib.loads(files("verdeelmodel.synthetic").joinpath("data", "waarheid.toml").read_text("utf-8"))
    chance, constants = entries["toeval"], entries["constante"]
    return Planted(
        volume=entries["volume"],
        turning={int(year): effect for year, effect in entries["wisselend"].items()},
        price=entries["prijs"],
        lasting=chance["blijvend"],
        persistence=chance["traagheid"],
        price_precision=chance["precisie_prijs"],
        staying=chance["omstandigheden_gelijk"],
        longest_years=chance["langste_duur"],
        constant=constants["volume"],
        constant_with_effects=constants["volume_met_effecten"],
        price_constant=constants["prijs"],
        poor_recipients=entries["ontvangers"]["onder_lage_inkomensgrens"],
        working_recipients=entries["ontvangers"]["werkt"],
    )


def omitted(
    units: Columns, kenmerken: Mapping[str, NDArray[Any]], surroundings: Surroundings, year: int
) -> tuple[Values, Values]:
    """The part of the logits of bijstand and of the price that the official model does not know, each shape (n,)."""
    p = planted()
    ill = kenmerken["gezondheidsproblemen"]
    parts = {
        "schulden_en_gezondheid": kenmerken["problematische_schulden"] & ill,
        "uitval_psychisch": units["dropouts_psychological"] > 0,
        "segregatie_buurt": surroundings.segregation[units["_buurt"]],
        "gescheiden": units["gescheiden"],
        "centrumfunctie_gezondheid": ill * surroundings.customers,
        "kamerhuur": units["kamerhuur"],
    }
    volume, price = p.turning[year] * units["jeugdzorg"], np.zeros(len(ill))
    for name, values in parts.items():
        volume += p.volume[name] * values
        price += p.price.get(name, 0.0) * values
    return volume, price


class Burden:
    """The latent burden of each household: a lasting part and a part that fades, seen back from the anchor year."""

    def __init__(self, streams: Streams, n: int, persistence: float) -> None:
        self.streams, self.persistence = streams, persistence
        stream = streams.of("burden")
        self.lasting = normal(stream, n).astype(np.float64)
        self.fading = normal(stream, n).astype(np.float64)
        self.year = ANCHOR

    def back_to(self, year: int) -> None:
        """Move to an earlier year."""
        while self.year > year:
            self.year -= 1
            new = normal(self.streams.of("burden", self.year), len(self.fading))
            self.fading = self.persistence * self.fading + np.sqrt(1 - self.persistence**2) * new

    def latent(self) -> Values:
        """Standard normal burden in this year, shape (n,)."""
        return mixed(self.lasting, self.fading)


def mixed(lasting: Values, fading: Values) -> Values:
    """The lasting and the fading part together, standard normal."""
    share = planted().lasting
    return np.asarray(np.sqrt(share) * lasting + np.sqrt(1 - share) * fading)


def logistic_noise(latent: Values) -> Values:
    """Standard normal numbers as logistic ones of the same rank."""
    from scipy.special import log_ndtr

    return np.asarray(log_ndtr(latent) - log_ndtr(-latent))


def years_before(streams: Streams, year: int, lasting: Values, fading: Values, needed: Values) -> NDArray[Any]:
    """For recipients: for how many whole years before this one they were on bijstand without a break, shape (r,).

    `needed` is the latent burden above which a household is on bijstand. Before the households are seen it is taken as
    it is now; that their circumstances were another is a chance per year.
    """
    stream = streams.of("spell", year)
    persistence = planted().persistence
    years = np.zeros(len(lasting), np.int16)
    going = np.ones(len(lasting), np.bool_)
    for _ in range(planted().longest_years):
        new = normal(stream, len(lasting))
        fading = persistence * fading + np.sqrt(1 - persistence**2) * new
        going &= (mixed(lasting, fading) > needed) & (uniform(stream, len(lasting)) < planted().staying)
        if not going.any():
            break
        years += going
    return years


def fractions(stream: np.random.Generator, predictor: Values) -> NDArray[np.float32]:
    """The part of the norm that is paid: beta-distributed around the logistic of the predictor."""
    mean = np.clip(1 / (1 + np.exp(-predictor)), 0.02, 0.995)
    precision = planted().price_precision
    return np.clip(stream.beta(mean * precision, (1 - mean) * precision), 0.01, 1.0).astype(np.float32)


def months(years: NDArray[Any], stream: np.random.Generator, age: NDArray[Any]) -> NDArray[np.int16]:
    """Consecutive months on bijstand, never more than since the eighteenth birthday."""
    part = np.floor(12 * uniform(stream, len(years))) + 1
    return np.asarray(np.minimum(12 * years + part, np.maximum(12 * (age - 17), 1)), dtype=np.int16)


def nothing_paid(n: int) -> NDArray[np.float32]:
    """The price of households without bijstand."""
    return np.full(n, NEVER, np.float32)
