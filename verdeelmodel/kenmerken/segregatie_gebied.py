"""Segregation of a gemeente as a kenmerk: of recipients of bijstand, and by non-western migration background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.declare import Telling, kenmerk
from verdeelmodel.kenmerken.segregatie import (
    segregatie_boven_toeval,
    segregatie_index,
    verhuisindex,
    verwachte_segregatie,
)

if TYPE_CHECKING:
    import pandas as pd

Maat = Callable[[Any, Any, Any], NDArray[np.float64]]

BIJSTAND = ("BIJSTANDPERSOONBUS", "GBAHUISHOUDENSBUS", "GBAADRESOBJECTBUS", "VSLGWBTAB", "NIETVSLGWBTAB")
HERKOMST = ("GBAPERSOONTAB", "GBAHUISHOUDENSBUS", "GBAADRESOBJECTBUS", "VSLGWBTAB", "NIETVSLGWBTAB")
_segregatie = partial(
    kenmerk,
    thema="Segregatie",
    eenheid="gemeente",
    verwacht_teken="+",
    theorie="In een gesegregeerde gemeente hebben bewoners minder netwerken en voorbeelden die naar werk leiden.",
    beinvloedbaar="deels",
    reden="Een gemeente stuurt op termijn met woningbouw en woningtoewijzing.",
)


def per_gemeente(maat: Maat, telling: Telling, waargenomen: bool = False) -> pd.Series[float]:
    """One measure of segregation of a count per buurt, with the codes of the gemeenten as index.

    With `waargenomen` it is taken over the households in the data themselves. Chance needs that: in a sample it is the
    few households drawn from a buurt that scatter, however many others each of them stands for.
    """
    import pandas as pd

    groep, totaal = telling.waargenomen() if waargenomen else (telling.groep, telling.totaal)
    return pd.Series(maat(groep, totaal - groep, telling.gemeente), index=np.unique(telling.gemeente))


@_segregatie(
    label="Segregatie-index (o.b.v. bijstandsontvangst)",
    label_en="Segregation index by bijstand receipt",
    soort="getal",
    bron=BIJSTAND,
)
def segregation_index_bijstand(telling_bijstand: Telling) -> pd.Series[float]:
    """How unevenly households on bijstand are spread over the buurten: 0 evenly, 1 completely apart."""
    return per_gemeente(segregatie_index, telling_bijstand)


@_segregatie(
    label="Segregatie-index (o.b.v. niet-westerse migratieachtergrond)",
    label_en="Segregation index by non-western migration background",
    soort="getal",
    bron=HERKOMST,
)
def segregation_index_nonwestern(telling_niet_westers: Telling) -> pd.Series[float]:
    """How unevenly households with a non-western background are spread over the buurten: 0 evenly, 1 apart."""
    return per_gemeente(segregatie_index, telling_niet_westers)


@_segregatie(
    label="Verhuisindex (o.b.v. bijstandsontvangst)",
    label_en="Relocation index by bijstand receipt",
    soort="aandeel",
    bron=BIJSTAND,
)
def segregation_relocation_index_bijstand(telling_bijstand: Telling) -> pd.Series[float]:
    """The share of all households that would have to move for an even spread of those on bijstand: 0 to 0.5."""
    return per_gemeente(verhuisindex, telling_bijstand)


@_segregatie(
    label="Verhuisindex (o.b.v. niet-westerse migratieachtergrond)",
    label_en="Relocation index by non-western migration background",
    soort="aandeel",
    bron=HERKOMST,
)
def segregation_relocation_index_nonwestern(telling_niet_westers: Telling) -> pd.Series[float]:
    """The share of all households that would have to move for an even spread of non-western households: 0 to 0.5."""
    return per_gemeente(verhuisindex, telling_niet_westers)


@_segregatie(
    label="Segregatie-index bij toeval (o.b.v. bijstandsontvangst)",
    label_en="Segregation index expected by chance, bijstand receipt",
    soort="getal",
    bron=BIJSTAND,
)
def segregatie_bij_toeval_bijstand(telling_bijstand: Telling) -> pd.Series[float]:
    """The index if the households on bijstand were drawn at random: what small numbers give by themselves."""
    return per_gemeente(verwachte_segregatie, telling_bijstand, waargenomen=True)


@_segregatie(
    label="Segregatie-index bij toeval (o.b.v. niet-westerse migratieachtergrond)",
    label_en="Segregation index expected by chance, non-western migration background",
    soort="getal",
    bron=HERKOMST,
)
def segregatie_bij_toeval_niet_westers(telling_niet_westers: Telling) -> pd.Series[float]:
    """The index if the non-western households were drawn at random: what small numbers give by themselves."""
    return per_gemeente(verwachte_segregatie, telling_niet_westers, waargenomen=True)


@_segregatie(
    label="Segregatie boven toeval (o.b.v. bijstandsontvangst)",
    label_en="Segregation beyond chance, bijstand receipt",
    soort="getal",
    bron=BIJSTAND,
)
def segregatie_boven_toeval_bijstand(telling_bijstand: Telling) -> pd.Series[float]:
    """The segregation index with chance taken out: (index - expected) / (1 - expected)."""
    return per_gemeente(segregatie_boven_toeval, telling_bijstand, waargenomen=True)


@_segregatie(
    label="Segregatie boven toeval (o.b.v. niet-westerse migratieachtergrond)",
    label_en="Segregation beyond chance, non-western migration background",
    soort="getal",
    bron=HERKOMST,
)
def segregatie_boven_toeval_niet_westers(telling_niet_westers: Telling) -> pd.Series[float]:
    """The segregation index with chance taken out: (index - expected) / (1 - expected)."""
    return per_gemeente(segregatie_boven_toeval, telling_niet_westers, waargenomen=True)
