"""What sets sectors apart: growing or shrinking, sensitive to the business cycle, taking in recipients of bijstand.

Plain functions on arrays; S sectors, T years, n areas.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

AFRONDING = 1e-12
"""A development that meets the margin exactly counts; this absorbs the rounding of the arithmetic."""


def trend(banen: ArrayLike, jaren: ArrayLike) -> tuple[Floats, Floats]:
    """The straight line through the jobs (S, T) of each sector: mean level and change a year, both (S,)."""
    b, t = np.asarray(banen, dtype=np.float64), np.asarray(jaren, dtype=np.float64)
    uit_midden = t - t.mean()
    niveau: Floats = b.mean(axis=-1)
    helling: Floats = (b * uit_midden).sum(axis=-1) / (uit_midden**2).sum()
    return niveau, helling


def ontwikkeling(banen: ArrayLike, jaren: ArrayLike) -> Floats:
    """The change over the whole period along the trend, as a fraction of the mean jobs of the period, (S,).

    The report sets "the five-year average and the trend" against the national development of the same period.
    """
    niveau, helling = trend(banen, jaren)
    t = np.asarray(jaren, dtype=np.float64)
    return _deel(helling * (t.max() - t.min()), niveau)


def groeisectoren(banen: ArrayLike, jaren: ArrayLike, marge: float) -> Flags:
    """Sectors whose jobs rise and do so at least `marge` more than all jobs together, (S,)."""
    eigen, landelijk = _tegenover_land(banen, jaren)
    return (eigen > 0) & (eigen - landelijk >= marge - AFRONDING)


def krimpsectoren(banen: ArrayLike, jaren: ArrayLike, marge: float) -> Flags:
    """Sectors whose jobs fall and lag at least `marge` behind all jobs together, (S,)."""
    eigen, landelijk = _tegenover_land(banen, jaren)
    return (eigen < 0) & (landelijk - eigen >= marge - AFRONDING)


def conjunctuurgevoeligheid(banen: ArrayLike, jaren: ArrayLike) -> Floats:
    """Root mean square error around the trend of each sector, over its mean jobs, (S,).

    The mean is over all T years (not T - 2): the definition of the report speaks of a root mean square error.
    """
    b, t = np.asarray(banen, dtype=np.float64), np.asarray(jaren, dtype=np.float64)
    niveau, helling = trend(b, t)
    rest = b - niveau[:, None] - helling[:, None] * (t - t.mean())[None, :]
    return _deel(np.sqrt((rest**2).mean(axis=1)), niveau)


def uitstroomgewicht(banen_uit_bijstand: ArrayLike, banen: ArrayLike) -> Floats:
    """How much more often leavers of bijstand find work in a sector than its size suggests, (S,).

    The share of the sector in the jobs of people who were on bijstand a year before, over its share in all jobs. The
    mean weighed by jobs is 1. A sector without jobs weighs 0. `nan` when nobody left bijstand for a job.
    """
    uit, alle = np.asarray(banen_uit_bijstand, dtype=np.float64), np.asarray(banen, dtype=np.float64)
    if not uit.sum() > 0:
        return np.full(alle.shape, np.nan)
    return _deel(uit / uit.sum(), alle / alle.sum())


def gewogen_banen(banen: ArrayLike, gewicht: ArrayLike) -> Floats:
    """The jobs of each area, each counted with the weight of its sector: (n, S) and (S,) to (n,)."""
    geteld: Floats = np.asarray(banen, dtype=np.float64) @ np.asarray(gewicht, dtype=np.float64)
    return geteld


def _tegenover_land(banen: ArrayLike, jaren: ArrayLike) -> tuple[Floats, Floats]:
    b = np.asarray(banen, dtype=np.float64)
    return ontwikkeling(b, jaren), ontwikkeling(b.sum(axis=0, keepdims=True), jaren)


def _deel(teller: Floats, noemer: Floats) -> Floats:
    """The quotient, 0 for a sector without jobs: it has no jobs to weigh."""
    gevonden: Floats = np.divide(teller, noemer, out=np.zeros(noemer.shape), where=noemer > 0)
    return gevonden
