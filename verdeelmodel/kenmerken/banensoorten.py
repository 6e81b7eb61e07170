"""The availability of one kind of job, or of one kind of sector, mostly as a share of the availability of all jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.kenmerken.banenmarkt import banen_per_gemeente, bereik_weg
from verdeelmodel.kenmerken.bereikbaarheid import beschikbaarheid_van_werk
from verdeelmodel.kenmerken.beschikbaarheid import (
    BANEN,
    BUITEN_BEREIK,
    MEER_WERK,
    PEILDATUM,
    THEMA,
    Codes,
    Floats,
    aandeel_in_beschikbaarheid,
    banen_naar_sector,
)
from verdeelmodel.kenmerken.declare import kenmerk

if TYPE_CHECKING:
    import pandas as pd


@kenmerk(
    thema=THEMA,
    label="Beschikbaarheid van werk naar sector",
    label_en="Availability of work weighted by sector",
    eenheid="gemeente",
    soort="getal",
    bron=("BIJSTANDPERSOONBUS", "SPOLISBUS", "BETAB"),
    peildatum="1 januari (T-1) voor bijstand, 1 januari (T) voor banen",
    verwacht_teken="-",
    theorie=MEER_WERK,
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_by_sector(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    sectoren: pd.DataFrame,
    jaar: float,
) -> Floats:
    """Jobs per member of the labour force, each job weighed by how often leavers of bijstand find work in its sector.

    The weight of a sector is its share in the jobs of people who were on bijstand a year before, over its share in
    all jobs.
    """
    banen_hier = banen_naar_sector(gemeente, banen, sectoren, jaar, "uitstroom")
    return beschikbaarheid_van_werk(
        banen_hier, labour_force, bereik_weg(gemeente, reistijden), 0.0, border_labour_force
    )


@kenmerk(
    thema=THEMA,
    label="Aandeel flexwerk in totale beschikbaarheid van werk",
    label_en="Share of flexible work in the availability of work",
    eenheid="gemeente",
    soort="aandeel",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="+",
    theorie="Flexibel werk geeft minder bestaanszekerheid en vaker terugval in de bijstand.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_flexible(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """On-call work, agency work and fixed-term contracts within reach, as a share of all jobs within reach."""
    soort, alle = banen_per_gemeente(gemeente, banen, jaar, "jobs_flex"), banen_per_gemeente(gemeente, banen, jaar)
    return aandeel_in_beschikbaarheid(soort, alle, labour_force, bereik_weg(gemeente, reistijden), border_labour_force)


@kenmerk(
    thema=THEMA,
    label="Aandeel deeltijdwerk in totale beschikbaarheid van werk",
    label_en="Share of part-time work in the availability of work",
    eenheid="gemeente",
    soort="aandeel",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="+",
    theorie="Deeltijdwerk levert minder vaak genoeg inkomen op om uit de bijstand te komen.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_part_time(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """Part-time jobs (agreed hours below a full working week) within reach, as a share of all jobs within reach."""
    soort, alle = banen_per_gemeente(gemeente, banen, jaar, "jobs_parttime"), banen_per_gemeente(gemeente, banen, jaar)
    return aandeel_in_beschikbaarheid(soort, alle, labour_force, bereik_weg(gemeente, reistijden), border_labour_force)


@kenmerk(
    thema=THEMA,
    label="Aandeel kleine deeltijdbanen in totale beschikbaarheid van werk",
    label_en="Share of small part-time jobs in the availability of work",
    eenheid="gemeente",
    soort="aandeel",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="+",
    theorie="Een baan van minder dan twaalf uur levert zelden genoeg inkomen op.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_small_part_time(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """Part-time jobs of less than 12 hours a week within reach, as a share of all jobs within reach."""
    soort, alle = (
        banen_per_gemeente(gemeente, banen, jaar, "jobs_parttime_small"),
        banen_per_gemeente(gemeente, banen, jaar),
    )
    return aandeel_in_beschikbaarheid(soort, alle, labour_force, bereik_weg(gemeente, reistijden), border_labour_force)


@kenmerk(
    thema=THEMA,
    label="Beschikbaarheid van middelbaar geschoold werk",
    label_en="Availability of middle-skilled work",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="?",
    theorie="Werk op middelbaar niveau is voor een deel van de bijstandsontvangers bereikbaar.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def beschikbaarheid_middelbaar_werk(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """Middle-skilled jobs per member of the labour force, corrected as all work is; none abroad counts."""
    banen_hier = banen_per_gemeente(gemeente, banen, jaar, "jobs_middle")
    return beschikbaarheid_van_werk(
        banen_hier, labour_force, bereik_weg(gemeente, reistijden), 0.0, border_labour_force
    )


@kenmerk(
    thema=THEMA,
    label="Beschikbaarheid van hooggeschoold werk",
    label_en="Availability of high-skilled work",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="?",
    theorie="Veel hooggeschoold werk zegt weinig over kansen van laagopgeleiden.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def beschikbaarheid_hooggeschoold_werk(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """High-skilled jobs per member of the labour force, corrected as all work is; none abroad counts."""
    banen_hier = banen_per_gemeente(gemeente, banen, jaar, "jobs_high")
    return beschikbaarheid_van_werk(
        banen_hier, labour_force, bereik_weg(gemeente, reistijden), 0.0, border_labour_force
    )


@kenmerk(
    thema=THEMA,
    label="Aandeel werk in groeisectoren in totale beschikbaarheid van werk",
    label_en="Share of growing sectors in the availability of work",
    eenheid="gemeente",
    soort="aandeel",
    bron=("LISA",),
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie="In groeiende sectoren ontstaan nieuwe banen.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_growth_sectors(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    sectoren: pd.DataFrame,
    jaar: float,
) -> Floats:
    """Jobs in growing sectors within reach, as a share of all jobs within reach.

    A growing sector has a rising trend over five years, at least two percentage points above that of all jobs. The
    report weighs by postcode area; jobs are known here per gemeente.
    """
    soort = banen_naar_sector(gemeente, banen, sectoren, jaar, "groei")
    alle = banen_per_gemeente(gemeente, banen, jaar)
    return aandeel_in_beschikbaarheid(soort, alle, labour_force, bereik_weg(gemeente, reistijden), border_labour_force)


@kenmerk(
    thema=THEMA,
    label="Aandeel werk in krimpsectoren in totale beschikbaarheid van werk",
    label_en="Share of shrinking sectors in the availability of work",
    eenheid="gemeente",
    soort="aandeel",
    bron=("LISA",),
    peildatum=PEILDATUM,
    verwacht_teken="+",
    theorie="In krimpende sectoren verdwijnen banen.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_shrinking_sectors(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    sectoren: pd.DataFrame,
    jaar: float,
) -> Floats:
    """Jobs in shrinking sectors within reach, as a share of all jobs within reach.

    A shrinking sector has a falling trend over five years, at least two percentage points below that of all jobs.
    """
    soort = banen_naar_sector(gemeente, banen, sectoren, jaar, "krimp")
    alle = banen_per_gemeente(gemeente, banen, jaar)
    return aandeel_in_beschikbaarheid(soort, alle, labour_force, bereik_weg(gemeente, reistijden), border_labour_force)


@kenmerk(
    thema=THEMA,
    label="Aandeel conjunctuurgevoelige werkgelegenheid in totale beschikbaarheid van werk",
    label_en="Cyclically sensitive employment in the availability of work",
    eenheid="gemeente",
    soort="getal",
    bron=("LISA",),
    peildatum=PEILDATUM,
    verwacht_teken="+",
    theorie="Conjunctuurgevoelig werk verdwijnt het eerst als het slechter gaat.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_cyclical(
    gemeente: Codes,
    labour_force: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    sectoren: pd.DataFrame,
    jaar: float,
) -> Floats:
    """The mean sensitivity to the business cycle of the jobs within reach.

    The sensitivity of a sector is the root mean square error around the trend of its national jobs, over their mean.
    """
    soort = banen_naar_sector(gemeente, banen, sectoren, jaar, "conjunctuur")
    alle = banen_per_gemeente(gemeente, banen, jaar)
    return aandeel_in_beschikbaarheid(soort, alle, labour_force, bereik_weg(gemeente, reistijden), border_labour_force)
