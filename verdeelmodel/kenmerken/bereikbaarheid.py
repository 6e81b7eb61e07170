"""How much of something lies within reach: jobs for a labour force, customers for a centre.

Plain functions on arrays. An area is a position: vectors have shape (n,), matrices (n, n) with row i the place where
people live and column j the place they go to. The report says only that jobs are weighed by travel time over the
road, with competition and correction for commuting across the border; the form below is the one of the literature
(Shen 1998) and every choice is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verdeelmodel.errors import Problem, RequestError, unknown_name
from verdeelmodel.wording import text

Floats = NDArray[np.float64]
Vorm = Literal["exponentieel", "gauss", "drempel"]


@dataclass(frozen=True)
class Verval:
    """How the weight of a place falls with the minutes t to it, from 1 at t = 0; nothing beyond `grens` minutes.

    - `exponentieel`: (1/2) ** (t / halveringstijd)
    - `gauss`: (1/2) ** ((t / halveringstijd) ** 2), a plateau nearby
    - `drempel`: 1 up to and including `halveringstijd`, then 0
    """

    halveringstijd: float
    vorm: Vorm = "exponentieel"
    grens: float = np.inf

    def __post_init__(self) -> None:
        """Refuse every wrong field together."""
        problemen = [
            Problem(str(getattr(self, naam)), where=naam, expected=text("kenmerken_gebied.verval.positive"))
            for naam in ("halveringstijd", "grens")
            if not getattr(self, naam) > 0
        ]
        if self.vorm not in get_args(Vorm):
            problemen.append(
                unknown_name(self.vorm, get_args(Vorm), text("kenmerken_gebied.verval.form"), where="vorm")
            )
        if problemen:
            raise RequestError(text("kenmerken_gebied.verval.wrong"), problemen)

    def gewicht(self, minuten: ArrayLike) -> Floats:
        """The weight at each travel time, same shape; an infinite travel time weighs nothing."""
        t = np.asarray(minuten, dtype=np.float64)
        if self.vorm == "drempel":
            gewicht = (t <= self.halveringstijd).astype(np.float64)
        else:
            gewicht = np.exp2(-((t / self.halveringstijd) ** (2 if self.vorm == "gauss" else 1)))
        return np.where((t <= self.grens) & np.isfinite(t), gewicht, 0.0)


def reistijdmatrix(gebieden: ArrayLike, van: ArrayLike, naar: ArrayLike, minuten: ArrayLike, binnen: float) -> Floats:
    """Minutes from each of `gebieden` to each, shape (n, n), from a long table with a row per pair.

    A pair that is absent is out of reach (infinite); the time within an area that the table does not give is
    `binnen`.
    """
    codes = np.asarray(gebieden)
    matrix = np.full((codes.size, codes.size), np.inf)
    np.fill_diagonal(matrix, binnen)
    rij, kolom = _positie(codes, np.asarray(van)), _positie(codes, np.asarray(naar))
    tijd = np.asarray(minuten, dtype=np.float64)
    bekend = (rij >= 0) & (kolom >= 0) & np.isfinite(tijd)
    matrix[rij[bekend], kolom[bekend]] = tijd[bekend]
    return matrix


def bereikbare_banen(banen: ArrayLike, bereik: Floats) -> Floats:
    """Jobs within reach of each area, weighed by travel time, without regard to competition: sum_j f_ij B_j."""
    gevonden: Floats = bereik @ np.asarray(banen, dtype=np.float64)
    return gevonden


def concurrentie(beroepsbevolking: ArrayLike, bereik: Floats, uit_buitenland: ArrayLike = 0.0) -> Floats:
    """The labour force that competes for the jobs of each area: sum_k f_kj L_k, plus those from abroad (j,)."""
    gevonden: Floats = bereik.T @ np.asarray(beroepsbevolking, dtype=np.float64)
    return gevonden + np.asarray(uit_buitenland, dtype=np.float64)


def beschikbaarheid_van_werk(
    banen: ArrayLike,
    beroepsbevolking: ArrayLike,
    bereik: Floats,
    banen_buitenland: ArrayLike = 0.0,
    concurrenten_buitenland: ArrayLike = 0.0,
) -> Floats:
    """Jobs per member of the labour force, corrected for travel time, competition and commuting across the border.

    A_i = sum_j f_ij B_j / D_j + G_i / D_i with D_j = sum_k f_kj L_k + C_j: every job is shared out over all who can
    reach it. `bereik` holds f; `banen_buitenland` G and `concurrenten_buitenland` C are the jobs abroad within reach
    of an area and the labour force abroad that competes for its jobs, both already weighed by travel time; the jobs
    abroad are shared with the competitors of the area itself. Without G and C the mean of A weighed by L is total
    jobs over total labour force (counting jobs that someone can reach). An area whose jobs nobody can reach adds
    nothing.
    """
    concurrenten = concurrentie(beroepsbevolking, bereik, concurrenten_buitenland)
    per_hoofd = _deel(np.asarray(banen, dtype=np.float64), concurrenten)
    buitenland = _deel(
        np.broadcast_to(np.asarray(banen_buitenland, dtype=np.float64), concurrenten.shape), concurrenten
    )
    uitkomst: Floats = bereik @ per_hoofd + buitenland
    return uitkomst


def klantenpotentieel(inwoners: ArrayLike, aantrekking: Floats) -> Floats:
    """The customers of each centre when inhabitants spread over the centres in proportion to their attraction, (n,).

    `aantrekking` (n, n): what centre j means to the people of i, 0 when out of reach. The customers of all centres
    together are the inhabitants who can reach any centre.
    """
    mensen = np.asarray(inwoners, dtype=np.float64)
    deel = _deel(aantrekking, aantrekking.sum(axis=1, keepdims=True))
    klanten: Floats = mensen @ deel
    return klanten


def aantrekking_van_kernen(
    inwoners: ArrayLike, x: ArrayLike, y: ArrayLike, macht: float, straal: float, binnen: float
) -> Floats:
    """The pull of each centre on the people of each: inhabitants ** macht / distance ** 2 within `straal`; (n, n).

    Distances as the crow flies, in the unit of x and y; never below `binnen`, the distance to the own centre.
    """
    oost, noord = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    afstand = np.maximum(np.hypot(oost[:, None] - oost[None, :], noord[:, None] - noord[None, :]), binnen)
    kracht = np.asarray(inwoners, dtype=np.float64)[None, :] ** macht
    gevonden: Floats = np.where(afstand <= straal, kracht / afstand**2, 0.0)
    return gevonden


def _positie(codes: NDArray[Any], gezocht: NDArray[Any]) -> NDArray[np.intp]:
    """The position of each code in `codes`, -1 where it is not there."""
    volgorde = np.argsort(codes, kind="stable")
    plaats = np.minimum(np.searchsorted(codes, gezocht, sorter=volgorde), codes.size - 1)
    gevonden = volgorde[plaats]
    return np.where(codes[gevonden] == gezocht, gevonden, -1)


def _deel(teller: Floats, noemer: Floats) -> Floats:
    """The quotient, 0 where the denominator is 0: nobody to share with, so nothing to hand out."""
    noemer = np.broadcast_to(noemer, teller.shape)
    return np.divide(teller, noemer, out=np.zeros(teller.shape), where=noemer > 0)
