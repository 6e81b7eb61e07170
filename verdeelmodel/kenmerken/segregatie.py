"""Segregation between the buurten of a gemeente: segregatie-index, verhuisindex and what chance alone would give.

Every public function takes plain arrays with an element per buurt: `groep` the households in the group, `rest` the
other households and `gebied` the gemeente of the buurt. It returns an array of floats with an element per gemeente,
in ascending order of the gemeenten in `gebied` (the order of `numpy.unique`). An element is `nan` where the index is
not applicable: the group, or the rest, has no household in that gemeente. `meet_segregatie` gives the same values
with the reason in words.

A buurt without households contributes nothing. The group is counted in households, as in the report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.table import Column, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Buurten:
    """The counts per buurt, and per gemeente: sizes (B,) and (G,); `nummer` (B,) is the position of the gemeente."""

    groep: Floats
    rest: Floats
    gemeenten: NDArray[Any]
    nummer: NDArray[np.intp]

    def som(self, per_buurt: Floats) -> Floats:
        """The sum over the buurten of each gemeente, shape (G,)."""
        return np.bincount(self.nummer, weights=per_buurt, minlength=self.gemeenten.size).astype(np.float64)


def segregatie_index(groep: ArrayLike, rest: ArrayLike, gebied: ArrayLike) -> Floats:
    """Half the sum over buurten of |A_buurt / A_gemeente - O_buurt / O_gemeente|, one value per gemeente.

    Guaranteed: between 0 (evenly spread) and 1 (complete segregation); the same when group and rest change places or
    are counted in another unit; merging two buurten never raises it. `nan` where the group or the rest is empty.
    """
    buurten = _lees(groep, rest, gebied)
    in_groep, in_rest = buurten.som(buurten.groep), buurten.som(buurten.rest)
    verschil = np.abs(
        _deel(buurten.groep, in_groep[buurten.nummer]) - _deel(buurten.rest, in_rest[buurten.nummer]),
    )
    return np.clip(0.5 * buurten.som(verschil), 0.0, 1.0)


def verhuisindex(groep: ArrayLike, rest: ArrayLike, gebied: ArrayLike) -> Floats:
    """The share of all households that would have to move to another buurt for an even spread, one value per gemeente.

    The mean over households of |share of the group in the buurt - share in the gemeente|. Guaranteed: between 0 and
    0.5, and equal to 2 P (1 - P) times the segregatie-index, P the share of the group. `nan` where the group or the
    rest is empty.
    """
    buurten = _lees(groep, rest, gebied)
    totaal = buurten.groep + buurten.rest
    in_groep, in_totaal = buurten.som(buurten.groep), buurten.som(totaal)
    aandeel = _deel(in_groep, in_totaal)[buurten.nummer]
    afwijking = np.where(totaal > 0, np.abs(np.divide(buurten.groep, np.where(totaal > 0, totaal, 1.0)) - aandeel), 0.0)
    index = _deel(buurten.som(totaal * afwijking), in_totaal)
    gevuld = (in_groep > 0) & (in_totaal - in_groep > 0)
    return np.where(gevuld, np.clip(index, 0.0, 0.5), np.nan)


def verwachte_segregatie(groep: ArrayLike, rest: ArrayLike, gebied: ArrayLike) -> Floats:
    """The mean segregatie-index when the group is drawn at random from the households of the gemeente.

    The buurten keep their sizes, the gemeente keeps the size of its group: the count in a buurt is then
    hypergeometric and its mean absolute deviation has a closed form. Small buurten and small groups make this high:
    it is the part of the index that says nothing about where people live. The counts must be whole numbers. `nan`
    where the group or the rest is empty.
    """
    buurten = _lees(groep, rest, gebied)
    fail_if_counts_are_not_whole(buurten.groep, buurten.rest)
    totaal = buurten.groep + buurten.rest
    in_groep, in_totaal = buurten.som(buurten.groep), buurten.som(totaal)
    afwijking = _gemiddelde_afwijking(in_totaal[buurten.nummer], in_groep[buurten.nummer], totaal)
    return _deel(buurten.som(afwijking) * in_totaal, 2.0 * in_groep * (in_totaal - in_groep))


def segregatie_boven_toeval(groep: ArrayLike, rest: ArrayLike, gebied: ArrayLike) -> Floats:
    """The segregatie-index with chance taken out: (index - expected) / (1 - expected).

    0 is what random allocation would give, 1 complete segregation, negative more even than chance. `nan` where the
    group or the rest is empty, and where chance alone gives complete segregation (every buurt has one household).
    """
    index = segregatie_index(groep, rest, gebied)
    verwacht = verwachte_segregatie(groep, rest, gebied)
    ruimte = 1.0 - verwacht
    return _deel(index - verwacht, np.where(ruimte > 1e-12, ruimte, 0.0))


def toevalsverdeling(
    groep: ArrayLike, rest: ArrayLike, gebied: ArrayLike, trekkingen: int = 1000, seed: int = 0
) -> Floats:
    """The segregatie-index in `trekkingen` random allocations of the group, shape (trekkingen, gemeenten).

    For the spread around the expected value: the share of draws at or above the observed index is its chance under
    random allocation. A gemeente draws from its own stream, so its draws do not depend on which other gemeenten are
    present.
    """
    buurten = _lees(groep, rest, gebied)
    fail_if_counts_are_not_whole(buurten.groep, buurten.rest)
    uitkomst = np.full((trekkingen, buurten.gemeenten.size), np.nan)
    for positie, gemeente in enumerate(buurten.gemeenten):
        eigen = buurten.nummer == positie
        totaal = (buurten.groep + buurten.rest)[eigen]
        aantal = buurten.groep[eigen].sum()
        if 0 < aantal < totaal.sum():
            stroom = np.random.default_rng([seed, crc32(str(gemeente).encode())])
            uitkomst[:, positie] = _trek(stroom, totaal, aantal, trekkingen)
    return uitkomst


@dataclass(frozen=True)
class Segregatie:
    """Segregation of one group in every gemeente; `nan` in an array is spelled out as not applicable in `to_table`."""

    gemeenten: NDArray[Any]
    index: Floats
    verhuisindex: Floats
    verwacht: Floats
    boven_toeval: Floats

    def __str__(self) -> str:
        return str(self.to_table())

    def to_frame(self) -> pd.DataFrame:
        """A row per gemeente; missing where the index is not applicable."""
        return self.to_table().to_frame()

    def to_table(self) -> Table:
        """A row per gemeente with index, verhuisindex, the value expected by chance and the index beyond chance."""
        leeg = NotApplicable(text("kenmerken_gebied.segregatie.empty_group"))
        series = {k: getattr(self, k) for k in ("index", "verhuisindex", "verwacht", "boven_toeval")}
        return Table(
            key="segregatie",
            title=text("kenmerken_gebied.segregatie.title"),
            columns=(
                Column("gemeente", text("kenmerken_gebied.segregatie.gemeente"), "code"),
                *(Column(k, text(f"kenmerken_gebied.segregatie.{k}"), "number", decimals=3) for k in series),
            ),
            values={
                "gemeente": self.gemeenten.tolist(),
                **{k: [leeg if np.isnan(v) else float(v) for v in waarden] for k, waarden in series.items()},
            },
        )


def meet_segregatie(groep: ArrayLike, rest: ArrayLike, gebied: ArrayLike) -> Segregatie:
    """All measures of segregation of one group, a value per gemeente."""
    maten: tuple[Callable[[ArrayLike, ArrayLike, ArrayLike], Floats], ...] = (
        segregatie_index,
        verhuisindex,
        verwachte_segregatie,
        segregatie_boven_toeval,
    )
    gemeenten = np.unique(np.asarray(gebied))
    return Segregatie(gemeenten, *(maat(groep, rest, gebied) for maat in maten))


def fail_if_counts_are_not_whole(*tellingen: Floats) -> None:
    """Random allocation of households is defined for whole households only."""
    if any(np.any(telling != np.floor(telling)) for telling in tellingen):
        raise DataError(text("kenmerken_gebied.segregatie.not_whole"))


def _lees(groep: ArrayLike, rest: ArrayLike, gebied: ArrayLike) -> _Buurten:
    plaats = np.asarray(gebied)
    problemen: list[Problem] = []
    tellingen = [_telling(naam, reeks, plaats, problemen) for naam, reeks in (("groep", groep), ("rest", rest))]
    if problemen:
        raise DataError(text("kenmerken_gebied.segregatie.wrong_input"), problemen)
    gemeenten, nummer = np.unique(plaats, return_inverse=True)
    return _Buurten(tellingen[0], tellingen[1], gemeenten, nummer.reshape(-1))


def _telling(naam: str, reeks: ArrayLike, plaats: NDArray[Any], problemen: list[Problem]) -> Floats:
    """One row of counts as numbers; what is wrong with it is added to the problems."""
    try:
        telling = np.asarray(reeks, dtype=np.float64)
    except (TypeError, ValueError) as fout:
        problemen.append(Problem(str(fout), where=naam, expected=text("kenmerken_gebied.segregatie.count_expected")))
        return np.empty(0)
    if plaats.ndim != 1 or telling.shape != plaats.shape:
        vorm = f"{telling.shape}: {text('kenmerken_gebied.segregatie.not_a_row')}"
        problemen.append(Problem(vorm, where=naam, expected=str((plaats.size,))))
        return telling
    for i in np.flatnonzero(~((telling >= 0) & np.isfinite(telling))):
        verwacht = text("kenmerken_gebied.segregatie.count_expected")
        problemen.append(Problem(str(telling[i]), where=f"{naam}[{i}]", expected=verwacht))
    return telling


def _deel(teller: Floats, noemer: Floats) -> Floats:
    """The quotient, `nan` where the denominator is 0."""
    uit = np.full(np.broadcast(teller, noemer).shape, np.nan)
    gevonden: Floats = np.divide(teller, noemer, out=uit, where=np.asarray(noemer) != 0)
    return gevonden


def _gemiddelde_afwijking(totaal: Floats, groep: Floats, trekking: Floats) -> Floats:
    """Mean absolute deviation of a hypergeometric count: `trekking` out of `totaal`, of which `groep` count.

    Sum over k >= m of (k - mean) p(k) telescopes to m (totaal - groep - trekking + m) p(m) / totaal with m the first
    whole number above the mean; the deviations below the mean add up to the same, hence the factor two.
    """
    bruikbaar = (totaal > 0) & (groep > 0) & (groep < totaal) & (trekking > 0)
    n, a, t = (np.where(bruikbaar, reeks, 1.0) for reeks in (totaal, groep, trekking))
    m = np.floor(a * t / n) + 1.0
    mogelijk = bruikbaar & (m <= a) & (m <= t)
    k = np.where(mogelijk, m, 0.0)
    log_kans = _log_keuzes(a, k) + _log_keuzes(n - a, t - k) - _log_keuzes(n, t)
    return np.where(mogelijk, 2.0 * k * (n - a - t + k) * np.exp(np.where(mogelijk, log_kans, 0.0)) / n, 0.0)


def _log_keuzes(uit: Floats, hoeveel: Floats) -> Floats:
    """Logarithm of the number of ways to choose `hoeveel` out of `uit`."""
    from scipy.special import gammaln

    keuzes: Floats = gammaln(uit + 1.0) - gammaln(hoeveel + 1.0) - gammaln(uit - hoeveel + 1.0)
    return keuzes


def _trek(stroom: np.random.Generator, totaal: Floats, aantal: float, trekkingen: int) -> Floats:
    """The index in each random allocation of `aantal` households over buurten of these sizes, shape (trekkingen,)."""
    groot = totaal.astype(np.int64)
    a = stroom.multivariate_hypergeometric(groot, int(aantal), size=trekkingen, method="marginals")
    o = groot[None, :] - a
    verschil: Floats = 0.5 * np.abs(a / aantal - o / (groot.sum() - aantal)).sum(axis=1)
    return verschil
