"""Buurten and wijken: how large they are, where they lie, and who lives in which.

Households are put in order of standing, with chance added, and fill the buurten in order of theirs. Every buurt gets
its size, every margin of the municipality stays met, and the chance decides how segregated the place is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.draws import Streams, normal, whole_counts
from verdeelmodel.synthetic.frame import as_published, frame, margins
from verdeelmodel.synthetic.persons import GROUP_OF_CODE, Columns
from verdeelmodel.synthetic.targets import drivers

BUURTEN = 13_000
PER_WIJK, MOST_WIJKEN = 5, 99


@dataclass(frozen=True)
class Buurten:
    """The buurten of one municipality, in the order of their numbers; all arrays of shape (b,).

    `standing` is standard normal: high where few are in need. `share` is the part of the households, sum 1.
    """

    buurt: NDArray[np.int32]
    wijk: NDArray[np.int32]
    share: NDArray[np.float64]
    standing: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@cache
def number_of_buurten() -> NDArray[np.int64]:
    """Buurten per municipality of the frame, some 13,000 in all."""
    size = frame().inwoners_2020.to_numpy(np.float64) ** 0.92
    return np.asarray(np.maximum(np.rint(BUURTEN * size / size.sum()), 2), dtype=np.int64)


@cache
def segregation() -> NDArray[np.float64]:
    """How much the standing of households decides where they live: correlation between 0.1 and 0.75."""
    city = drivers()[:, 0]
    strength = as_published(0.38 + 0.07 * city, "segregation_relocation_index_bijstand", 0.6)
    return np.asarray(np.clip(strength, 0.10, 0.75))


def buurten_of(place: int, seed: int) -> Buurten:
    """The buurten of the municipality at this place of the frame; the same for every scale and set of years."""
    f, gemeente = frame(), int(frame().index[place])
    stream = Streams(seed, gemeente).of("buurten")
    count = int(number_of_buurten()[place])
    wijken = min(max(1, round(count / PER_WIJK)), MOST_WIJKEN)
    wijk = np.sort(np.arange(count) % wijken)
    numbers = np.arange(count) - np.searchsorted(wijk, wijk)
    size = np.exp(0.75 * normal(stream, count).astype(np.float64))
    standing = 0.6 * normal(stream, wijken)[wijk] + 0.8 * normal(stream, count)
    standing = (standing - standing.mean()) / max(float(standing.std()), 0.1)
    radius = np.sqrt(float(f.km2.iloc[place]) / np.pi)
    angle, distance = 2 * np.pi * stream.random(count), radius * np.sqrt(stream.random(count))
    return Buurten(
        buurt=(gemeente * 10_000 + (wijk + 1) * 100 + numbers).astype(np.int32),
        wijk=(gemeente * 100 + wijk + 1).astype(np.int32),
        share=size / size.sum(),
        standing=standing.astype(np.float64),
        x=float(f.x.iloc[place]) + distance * np.cos(angle),
        y=float(f.y.iloc[place]) + distance * np.sin(angle),
    )


def settle(streams: Streams, units: Columns, buurten: Buurten, strength: float) -> NDArray[Any]:
    """The place of the buurt of each household, shape (n,): sizes as declared, standing as far as segregation goes."""
    n = len(units["_need"])
    stream = streams.of("settling")
    standing = -0.7 * units["_need"] + 0.5 * (units["housing"] == 0) - 0.7 * (units["housing"] == 1)
    standing = standing - 0.6 * (GROUP_OF_CODE[units["origin_1"]] >= 2) + 0.2 * (units["_level"] - 1)
    spread = max(float(standing.std()), 1e-3)
    score = strength * standing / spread + np.sqrt(1 - strength**2) * normal(stream, n)
    order = np.argsort(score, kind="stable")
    by_standing = np.argsort(buurten.standing, kind="stable")
    counts = whole_counts(buurten.share[by_standing], n)
    place = np.empty(n, np.int32)
    place[order] = np.repeat(by_standing, counts)
    return place


def rate_of_buurt(buurten: Buurten, place: int, strength: float) -> NDArray[np.float64]:
    """The share of the labour force without work in each buurt: higher where the standing is low, mean as published."""
    f = frame().iloc[place]
    mean = 0.06 + 0.9 * float(margins().rate[place, -1]) + 0.15 * (0.72 - f.participatie / 100)
    spread = np.exp(-1.1 * strength * buurten.standing)
    return np.asarray(np.clip(mean * spread / (buurten.share @ spread), 0.01, 0.6))
