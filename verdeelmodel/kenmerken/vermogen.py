"""Too much wealth for bijstand, by the limits of the rules year."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import codes

TYPE = codes("household_type")

vermogen = partial(
    kenmerk,
    thema="Niet-rechthebbenden",
    bron=("VEHTAB", "GBAHUISHOUDENSBUS"),
    peildatum="1 januari",
    verwacht_teken="-",
    theorie="Wie meer bezit dan de vermogensgrens van de Participatiewet, heeft geen recht op bijstand.",
    reden="Vermogen is geen gevolg van gemeentelijk beleid.",
)


@vermogen(label="Alleenstaande zonder thuiswonend kind", label_en="Single adult without a child at home")
def alleenstaand_voor_vermogen(adults: Ints, household_type: Ints) -> Flags:
    """One adult who is not a single parent: the group to which the wealth limit of a single person applies.

    Everybody else has the limit of a couple. The law gives single parents that limit too; the label of 2026 no longer
    names them, which is read as a shorter label and not as another group.
    """
    eenouder = (household_type == TYPE["eenouder_moeder"]) | (household_type == TYPE["eenouder_vader"])
    return (adults == 1) & ~eenouder


@vermogen(label="Alleenstaande, vermogen boven de grens", label_en="Single, assets above the limit")
def wealth_single_above_limit(
    alleenstaand_voor_vermogen: Flags, assets: Ints, vermogensgrens_alleenstaande: float
) -> Flags:
    """A single person with more assets, the owned home left out, than the limit of the rules year."""
    return alleenstaand_voor_vermogen & (assets > vermogensgrens_alleenstaande)


@vermogen(
    label="Alleenstaande, vermogen tot en met de grens, overwaarde boven de grens",
    label_en="Single, assets up to the limit, home equity above the limit",
)
def wealth_single_below_limit_home_equity_above(
    alleenstaand_voor_vermogen: Flags,
    assets: Ints,
    home_equity: Ints,
    vermogensgrens_alleenstaande: float,
    overwaardegrens_alleenstaande: float,
) -> Flags:
    """A single person whose assets are within the limit, but not the surplus value of the owned home."""
    return (
        alleenstaand_voor_vermogen
        & (assets <= vermogensgrens_alleenstaande)
        & (home_equity > overwaardegrens_alleenstaande)
    )


@vermogen(label="Paar of eenouder, vermogen boven de grens", label_en="Couple or single parent, assets above the limit")
def wealth_couple_above_limit(alleenstaand_voor_vermogen: Flags, assets: Ints, vermogensgrens_paar: float) -> Flags:
    """A couple or single parent with more assets, the owned home left out, than the limit of the rules year."""
    return ~alleenstaand_voor_vermogen & (assets > vermogensgrens_paar)


@vermogen(
    label="Paar of eenouder, vermogen tot en met de grens, overwaarde boven de grens",
    label_en="Couple or single parent, assets up to the limit, home equity above the limit",
)
def wealth_couple_below_limit_home_equity_above(
    alleenstaand_voor_vermogen: Flags,
    assets: Ints,
    home_equity: Ints,
    vermogensgrens_paar: float,
    overwaardegrens_paar: float,
) -> Flags:
    """A couple or single parent whose assets are within the limit, but not the surplus value of the owned home."""
    return ~alleenstaand_voor_vermogen & (assets <= vermogensgrens_paar) & (home_equity > overwaardegrens_paar)
