"""Effects of the buurt: work that is not the norm, people nearby without work, nuisance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verdeelmodel.kenmerken.banenmarkt import kolom
from verdeelmodel.kenmerken.declare import Telling, kenmerk, verhouding
from verdeelmodel.kenmerken.instellingen import waarde

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

_buurt = partial(kenmerk, thema="Buurtkenmerken", verwacht_teken="+", beinvloedbaar="deels")
NORM = "Waar weinig mensen werken, ontbreken voorbeelden en netwerken die naar werk leiden."
STUREN = "Een gemeente kan op termijn sturen op de samenstelling en leefbaarheid van buurten."


def grens_afwijkend(aandeel: ArrayLike, gewicht: ArrayLike, afwijkingen: float) -> float:
    """The national share plus so many standard deviations between buurten, both weighed by `gewicht` (B,).

    `nan` when nobody counts: then no buurt is far above the country.
    """
    a, w = np.asarray(aandeel, dtype=np.float64), np.asarray(gewicht, dtype=np.float64)
    telt = (w > 0) & ~np.isnan(a)
    if not telt.any():
        return float("nan")
    gemiddeld = np.average(a[telt], weights=w[telt])
    spreiding = np.sqrt(np.average((a[telt] - gemiddeld) ** 2, weights=w[telt]))
    return float(gemiddeld + afwijkingen * spreiding)


def aandeel_in_afwijkende_buurten(
    groep: ArrayLike, totaal: ArrayLike, gebied: ArrayLike, afwijkingen: float
) -> tuple[NDArray[Any], Floats]:
    """The share of `totaal` in buurten where the share of `groep` is far above the country: codes and shares (G,).

    Far above: the national share plus `afwijkingen` standard deviations between buurten. Guaranteed between 0 and 1;
    `nan` for a gebied without anybody.
    """
    t = np.asarray(totaal, dtype=np.float64)
    aandeel = verhouding(groep, t)
    grens = grens_afwijkend(aandeel, t, afwijkingen)
    codes, nummer = np.unique(np.asarray(gebied), return_inverse=True)
    in_afwijkende = np.bincount(nummer, np.where(aandeel > grens, t, 0.0), codes.size)
    return codes, verhouding(in_afwijkende, np.bincount(nummer, t, codes.size))


def _reeks(groep: ArrayLike, totaal: ArrayLike, gebied: ArrayLike) -> pd.Series[float]:
    import pandas as pd

    codes, aandelen = aandeel_in_afwijkende_buurten(groep, totaal, gebied, waarde("werken_niet_de_norm"))
    return pd.Series(aandelen, index=codes)


@_buurt(
    label="Aandeel van de beroepsbevolking in een buurt waar werken niet de norm is",
    label_en="Share of the labour force in a neighbourhood where working is not the norm",
    eenheid="gemeente",
    soort="aandeel",
    theorie=NORM,
    reden=STUREN,
)
def share_in_neighbourhood_work_not_norm(buurten: pd.DataFrame) -> pd.Series[float]:
    """The share of the labour force of the gemeente in buurten where the share without work is far above the country.

    Far above: more than one standard deviation between buurten (`data/gebied.yaml`). The limit of the official model
    is not published; it looks at postcode areas of six positions, here at buurten. A fraction.
    """
    zonder_werk, beroepsbevolking = (kolom("buurten", buurten, naam) for naam in ("non_working", "labour_force"))
    return _reeks(zonder_werk, beroepsbevolking, buurten["gemeente"])


@_buurt(
    label="Aandeel huishoudens in een buurt met veel bijstand",
    label_en="Share of households in a neighbourhood with much bijstand",
    eenheid="gemeente",
    soort="aandeel",
    theorie=NORM,
    reden=STUREN,
)
def aandeel_in_buurt_met_veel_bijstand(telling_bijstand: Telling) -> pd.Series[float]:
    """The share of households in buurten where the share on bijstand is far above the country."""
    return _reeks(telling_bijstand.groep, telling_bijstand.totaal, telling_bijstand.gemeente)


@_buurt(
    label="Aandeel huishoudens in een buurt met veel uitkeringen (zonder AO)",
    label_en="Share of households in a neighbourhood with many benefits (disability excluded)",
    eenheid="gemeente",
    soort="aandeel",
    theorie=NORM,
    reden=STUREN,
)
def aandeel_in_buurt_met_veel_uitkeringen(telling_uitkering_zonder_ao: Telling) -> pd.Series[float]:
    """The share of households in buurten where the share on a benefit (not for disability) is far above the country."""
    telling = telling_uitkering_zonder_ao
    return _reeks(telling.groep, telling.totaal, telling.gemeente)


@_buurt(
    label="Huishouden met bijstand, WW, Ziektewet of overige uitkering",
    label_en="Household with bijstand, unemployment, sickness or other benefit",
    bron=("SECMBUS", "BIJSTANDPERSOONBUS"),
    theorie=NORM,
    reden=STUREN,
)
def uitkering_zonder_ao(
    bijstand: NDArray[np.bool_],
    ww: NDArray[np.bool_],
    ziektewet: NDArray[np.bool_],
    overige_uitkering: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """At least one benefit in the household, benefits for disability and survivors and pensions not counted."""
    return bijstand | ww | ziektewet | overige_uitkering


@_buurt(
    label="Spreiding van bijstand tussen buurten",
    label_en="Spread of bijstand between neighbourhoods",
    eenheid="gemeente",
    soort="getal",
    theorie=NORM,
    reden=STUREN,
)
def spreiding_bijstand_tussen_buurten(telling_bijstand: Telling) -> pd.Series[float]:
    """The largest difference between the share on bijstand in a buurt and in the gemeente, as a multiple of the latter.

    The report names "buurten that deviate much from the municipal mean" without a formula. Buurten of fewer than 50
    households do not count: their share says little. `nan` for a gemeente without bijstand or without such buurten.
    """
    import pandas as pd

    telling = telling_bijstand
    codes, nummer = np.unique(telling.gemeente, return_inverse=True)
    gemiddeld = verhouding(
        np.bincount(nummer, telling.groep, codes.size), np.bincount(nummer, telling.totaal, codes.size)
    )
    afwijking = np.abs(verhouding(telling.groep, telling.totaal) - gemiddeld[nummer])
    groot = telling.waargenomen()[1] >= waarde("kleinste_buurt")
    grootste = np.full(codes.size, np.nan)
    np.fmax.at(grootste, nummer[groot], afwijking[groot])
    return pd.Series(verhouding(grootste, gemiddeld), index=codes)


@_buurt(
    label="Aandeel niet-werkenden in directe omgeving t.o.v. de wijdere omgeving",
    label_en="Share not working in the direct surroundings relative to the wider surroundings",
    eenheid="buurt",
    soort="getal",
    theorie=NORM,
    reden=STUREN,
)
def share_non_working_direct_vs_wider_area(
    non_working: Floats, labour_force: Floats, non_working_wider: Floats
) -> Floats:
    """The share of the labour force of the buurt without work minus that share in its wider surroundings.

    A difference of fractions, 0 where the buurt is like its surroundings. The official formula (difference or ratio)
    and scale are not published.
    """
    return verhouding(non_working, labour_force) - non_working_wider


@_buurt(
    label="Index overlast en onveiligheid",
    label_en="Index of nuisance and unsafety",
    eenheid="buurt",
    soort="getal",
    bron=("Leefbaarometer",),
    theorie="Overlast hangt samen met problemen die werken in de weg staan, en drukt de kansen van bewoners.",
    reden=STUREN,
)
def nuisance_unsafety_index(overlast: Floats) -> Floats:
    """The index of the buurt as supplied. Its official scale is not published: a weight applies to this scale."""
    return overlast
