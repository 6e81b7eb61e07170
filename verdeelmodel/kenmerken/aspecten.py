"""The five aspects of the profile of recipients: what makes finding work more complex, and how many come together."""

from __future__ import annotations

from functools import partial

import numpy as np

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import codes

TYPE = codes("household_type")
SCHULDGRENS = 10_000

aspect = partial(
    kenmerk,
    thema="Profiel van bijstandsontvangers",
    peildatum="31 december",
    verwacht_teken="+",
    theorie="Elk aspect verkleint de kans op duurzaam werk, en aspecten versterken elkaar.",
    reden="Het aspect is geen gevolg van bijstandsbeleid.",
)


@aspect(
    label="Financiële problemen",
    label_en="Financial problems",
    bron=("INHATAB", "VEHTAB", "Schuldenproblematiek"),
    beinvloedbaar="deels",
    reden="Schuldhulpverlening is een taak van de gemeente.",
)
def aspect_financieel(income_below_poverty: Flags, debt_total: Ints, wsnp: Flags) -> Flags:
    """Income below the low-income limit, more than 10,000 euro of debt, or a debt-restructuring track.

    The source prints the limit as "at least", "more than" and "above" 10,000 euro; here it is more than.
    """
    return income_below_poverty | (debt_total > SCHULDGRENS) | wsnp


@aspect(label="Gezondheidsproblemen (aspect)", label_en="Health problems (aspect)", bron=("MEDICIJNTAB", "SECMBUS"))
def aspect_gezondheid(medicine_chronic: Flags, ao_15_80: Flags) -> Flags:
    """Medication for a chronic disease, or partially disabled for work.

    Narrower than the health problems of the model (`gezondheidsproblemen`).
    """
    return medicine_chronic | ao_15_80


@aspect(
    label="Laag opleidingsniveau (aspect)",
    label_en="Low education (aspect)",
    bron=("HOOGSTEOPLTAB",),
    beinvloedbaar="deels",
    reden="Scholing van bijstandsontvangers is gemeentelijk beleid.",
)
def aspect_opleiding(low_education: Flags) -> Flags:
    """At least one adult with at most a vmbo diploma."""
    return low_education


@aspect(
    label="Niet-westerse migratieachtergrond (aspect)",
    label_en="Non-western migration background (aspect)",
    bron=("GBAPERSOONTAB", "LANDAKTUEELREF"),
)
def aspect_niet_westers(niet_westers: Flags) -> Flags:
    """At least one adult with a non-western migration background."""
    return niet_westers


@aspect(label="Eenoudergezin (aspect)", label_en="One-parent family (aspect)", bron=("GBAHUISHOUDENSBUS",))
def aspect_eenouder(household_type: Ints, age_youngest_child: Ints) -> Flags:
    """One adult with at least one own child under 18 at home."""
    eenouder = (household_type == TYPE["eenouder_moeder"]) | (household_type == TYPE["eenouder_vader"])
    return eenouder & (age_youngest_child >= 0) & (age_youngest_child < 18)


@aspect(
    label="Aantal aspecten",
    label_en="Number of aspects",
    soort="aantal",
    bron=("INHATAB", "VEHTAB", "MEDICIJNTAB", "HOOGSTEOPLTAB", "GBAPERSOONTAB", "GBAHUISHOUDENSBUS"),
)
def aantal_aspecten(
    aspect_financieel: Flags,
    aspect_gezondheid: Flags,
    aspect_opleiding: Flags,
    aspect_niet_westers: Flags,
    aspect_eenouder: Flags,
) -> Ints:
    """How many of the five aspects come together in the household: 0 to 5."""
    return (
        aspect_financieel.astype(np.int8) + aspect_gezondheid + aspect_opleiding + aspect_niet_westers + aspect_eenouder
    )
