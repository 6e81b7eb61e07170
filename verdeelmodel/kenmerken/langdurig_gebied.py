"""How long households have been on bijstand, and wage cost subsidies.

Both are figures of the gemeente in the report; here they are kenmerken of the household with those on bijstand as
denominator, so that the municipal figure is their share.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.declare import kenmerk

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

THEMA = "(Langdurig) in de bijstand"
MAANDEN_PER_JAAR = 12
_langdurig = partial(
    kenmerk,
    thema=THEMA,
    bron=("BIJSTANDPERSOONBUS", "GBAHUISHOUDENSBUS"),
    peildatum="ultimo van het jaar",
    verwacht_teken="+",
    theorie="Wie lang bijstand ontvangt, verliest vaardigheden en netwerk en stroomt minder uit.",
    beinvloedbaar="ja",
    reden="De duur hangt mee af van het uitstroombeleid van de gemeente zelf.",
)


def langer_dan(bijstand: Flags, bijstand_months: NDArray[Any], jaren: int) -> Flags:
    """Households that are on bijstand and have been so, without a break, for more than this many years."""
    return bijstand & (bijstand_months > MAANDEN_PER_JAAR * jaren)


def _langer_dan(jaren: int) -> Callable[[Flags, NDArray[Any]], Flags]:
    langste = f"{jaren} year{'s' if jaren > 1 else ''}"

    def long_term_bijstand(bijstand: Flags, bijstand_months: NDArray[Any]) -> Flags:
        return langer_dan(bijstand, bijstand_months, jaren)

    long_term_bijstand.__doc__ = f"""On bijstand, and without a break for more than {langste}.

    A share is of the households on bijstand. The appendix of the report says "more than N years", its tables
    "N years or longer"; this is the former.
    """
    return _langdurig(
        key=f"long_term_bijstand_{jaren}y",
        label=f"Aandeel bijstandsontvangers dat langer dan {jaren} jaar in de bijstand zit",
        label_en=f"On bijstand for more than {langste}",
        noemer="bijstand",
    )(long_term_bijstand)


# The report tests one kenmerk for each number of years; only the number differs.
for _jaren in range(1, 11):
    globals()[f"long_term_bijstand_{_jaren}y"] = _langer_dan(_jaren)


@_langdurig(
    label="Aandeel bijstandsontvangers dat langer dan een jaar in de bijstand zit",
    label_en="Share of recipients on bijstand for more than 1 year",
    eenheid="gemeente",
    soort="aandeel",
)
def long_term_bijstand(aandeel_long_term_bijstand_1y: Floats) -> Floats:
    """The shortest of the ten durations, `long_term_bijstand_1y` to `_10y`, under the name of the shortlist."""
    return aandeel_long_term_bijstand_1y


@kenmerk(
    thema=THEMA,
    label="Loonkostensubsidies",
    label_en="Households with a wage cost subsidy relative to households on bijstand",
    bron=("VRLSRGPERSONENTAB",),
    verwacht_teken="?",
    theorie="Loonkostensubsidie brengt mensen met een beperking aan het werk en verlaagt de uitkering.",
    beinvloedbaar="ja",
    reden="De gemeente verstrekt de subsidie zelf.",
    noemer="bijstand",
)
def wage_cost_subsidies(lks: Flags) -> Flags:
    """A wage cost subsidy in the household; the municipal figure is their number over the households on bijstand.

    A ratio rather than a share: a household with the subsidy need not be on bijstand.
    """
    return lks
