"""Availability of work: the gravity measure of the published models, and its variants by kind of job and by sector.

The base is `bereikbaarheid.beschikbaarheid_van_werk`: jobs per member of the labour force, corrected for travel time,
competition and commuting across the border. The report does not publish the decay with travel time, nor the unit in
which the official model measures it; the decay used here is in `data/gebied.yaml`, and the unit is the natural one,
jobs per member of the labour force (so the national mean is near total jobs over total labour force, and a difference
from it is what a weight should be applied to).

A variant that the report calls a share is the availability of one kind of job over the availability of all jobs. Of
jobs abroad neither kind nor sector is known: they count in the total measure only, while their labour force competes
in every measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.banenmarkt import (
    banen_per_gemeente,
    banen_per_sector,
    bereik_ov,
    bereik_weg,
    kolom,
    landelijke_banen,
)
from verdeelmodel.kenmerken.bereikbaarheid import beschikbaarheid_van_werk
from verdeelmodel.kenmerken.declare import kenmerk, verhouding
from verdeelmodel.kenmerken.instellingen import waarde
from verdeelmodel.kenmerken.sectoren import (
    conjunctuurgevoeligheid,
    gewogen_banen,
    groeisectoren,
    krimpsectoren,
    uitstroomgewicht,
)

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Codes = NDArray[Any]

THEMA = "Arbeidsmarkt"
VRAAGKANT = "Vraagkant (arbeidsmarkt)"
MEER_WERK = "Meer werk binnen bereik vergroot de kans op werk en verkleint de kans op bijstand."
BUITEN_BEREIK = "Een gemeente bepaalt niet hoeveel banen er in haar omgeving zijn."
BANEN = ("SPOLISBUS", "GEMEENTESTPLTAB")
PEILDATUM = "31 december (T-1)"
TREND = 2
"""A trend needs at least two years."""
GEEN: tuple[Codes, Floats] = (np.empty(0), np.empty(0))


@kenmerk(
    thema=VRAAGKANT,
    label="Banen per lid beroepsbevolking, gecorrigeerd voor reistijd, concurrentie en grenspendel",
    label_en="Jobs per member of the labour force, corrected for travel time, competition and border commuting",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie=MEER_WERK,
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_per_labour_force(
    gemeente: Codes,
    labour_force: Floats,
    border_jobs: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """Jobs within reach over the road, each shared with all who can reach it, those across the border included.

    In jobs per member of the labour force. The scale of the official indicator is not published.
    """
    banen_hier = banen_per_gemeente(gemeente, banen, jaar)
    bereik = bereik_weg(gemeente, reistijden)
    return beschikbaarheid_van_werk(banen_hier, labour_force, bereik, border_jobs, border_labour_force)


@kenmerk(
    thema=VRAAGKANT,
    label="Laaggeschoolde banen per lid beroepsbevolking, gecorrigeerd voor reistijd, concurrentie en grenspendel",
    label_en="Low-skilled jobs per member of the labour force, for travel time, competition and border commuting",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie="Laaggeschoold werk ligt het dichtst bij wat bijstandsontvangers kunnen doen.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def low_skilled_jobs_per_labour_force(
    gemeente: Codes,
    labour_force: Floats,
    border_jobs: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """As the availability of work, for low-skilled jobs; abroad the national share of low-skilled jobs is assumed.

    The whole labour force competes. The scale of the official indicator is not published.
    """
    laag = banen_per_gemeente(gemeente, banen, jaar, "jobs_low")
    deel_laag = laag.sum() / banen_per_gemeente(gemeente, banen, jaar).sum()
    bereik = bereik_weg(gemeente, reistijden)
    return beschikbaarheid_van_werk(laag, labour_force, bereik, deel_laag * border_jobs, border_labour_force)


@kenmerk(
    thema=THEMA,
    label="Beschikbaarheid van laaggeschoold werk",
    label_en="Availability of low-skilled work",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie="Laaggeschoold werk ligt het dichtst bij wat bijstandsontvangers kunnen doen.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def jobs_low_skilled(low_skilled_jobs_per_labour_force: Floats) -> Floats:
    """The characteristic of the price component under the name of the shortlist."""
    return low_skilled_jobs_per_labour_force


@kenmerk(
    thema=VRAAGKANT,
    label="Verdringing per lid laagopgeleide beroepsbevolking, gecorrigeerd voor reistijd en concurrentie",
    label_en="Displacement per low-educated member of the labour force, for travel time and competition",
    eenheid="gemeente",
    soort="getal",
    bron=("SPOLISBUS", "HOOGSTEOPLTAB"),
    verwacht_teken="+",
    theorie="Hoger opgeleiden die laaggeschoold werk doen, verdringen laagopgeleiden.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def displacement_per_low_educated_labour_force(
    gemeente: Codes, displaced: Floats, low_educated_labour_force: Floats, reistijden: pd.DataFrame
) -> Floats:
    """Middle and higher educated persons in low-skilled work within reach, shared over the low-educated in reach.

    The same gravity measure as for jobs, without the border: its published name does not mention commuting across it.
    The scale of the official indicator is not published.
    """
    return beschikbaarheid_van_werk(displaced, low_educated_labour_force, bereik_weg(gemeente, reistijden))


@kenmerk(
    thema=THEMA,
    label="Beschikbaarheid van werk zonder grenspendel",
    label_en="Availability of work without border commuting",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie=MEER_WERK,
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def beschikbaarheid_zonder_grenspendel(
    gemeente: Codes, labour_force: Floats, banen: pd.DataFrame, reistijden: pd.DataFrame, jaar: float
) -> Floats:
    """As the availability of work, as if nobody crossed the border in either direction."""
    banen_hier = banen_per_gemeente(gemeente, banen, jaar)
    return beschikbaarheid_van_werk(banen_hier, labour_force, bereik_weg(gemeente, reistijden))


@kenmerk(
    thema=THEMA,
    label="Beschikbaarheid van werk, met openbaar vervoer",
    label_en="Availability of work, public transport included",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie="Wie geen auto heeft, is aangewezen op het openbaar vervoer.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def beschikbaarheid_met_ov(
    gemeente: Codes,
    labour_force: Floats,
    border_jobs: Floats,
    border_labour_force: Floats,
    banen: pd.DataFrame,
    reistijden: pd.DataFrame,
    jaar: float,
) -> Floats:
    """As the availability of work, each pair of gemeenten with the better of road and public transport."""
    bereik = np.maximum(bereik_weg(gemeente, reistijden), bereik_ov(gemeente, reistijden))
    banen_hier = banen_per_gemeente(gemeente, banen, jaar)
    return beschikbaarheid_van_werk(banen_hier, labour_force, bereik, border_jobs, border_labour_force)


@kenmerk(
    thema=THEMA,
    label="Extra beschikbaarheid van werk per openbaar vervoer",
    label_en="Extra availability of work by public transport",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie="Wie geen auto heeft, is aangewezen op het openbaar vervoer.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def extra_beschikbaarheid_ov(beschikbaarheid_met_ov: Floats, jobs_per_labour_force: Floats) -> Floats:
    """What public transport adds to the availability over the road; negative where others gain more of the jobs."""
    return beschikbaarheid_met_ov - jobs_per_labour_force


@kenmerk(
    thema=THEMA,
    label="Beschikbaarheid van werk per openbaar vervoer",
    label_en="Availability of work by public transport only",
    eenheid="gemeente",
    soort="getal",
    bron=BANEN,
    peildatum=PEILDATUM,
    verwacht_teken="-",
    theorie="Wie geen auto heeft, is aangewezen op het openbaar vervoer.",
    beinvloedbaar="nee",
    reden=BUITEN_BEREIK,
)
def beschikbaarheid_per_ov(
    gemeente: Codes, labour_force: Floats, banen: pd.DataFrame, reistijden: pd.DataFrame, jaar: float
) -> Floats:
    """As the availability of work, with travel time by public transport instead of the road; without the border."""
    banen_hier = banen_per_gemeente(gemeente, banen, jaar)
    return beschikbaarheid_van_werk(banen_hier, labour_force, bereik_ov(gemeente, reistijden))


def aandeel_in_beschikbaarheid(
    soort_banen: Floats, alle_banen: Floats, beroepsbevolking: Floats, bereik: Floats, uit_buitenland: Floats
) -> Floats:
    """The availability of one kind of job over the availability of all jobs, (n,); `nan` where no job is in reach."""
    deel = beschikbaarheid_van_werk(soort_banen, beroepsbevolking, bereik, 0.0, uit_buitenland)
    return verhouding(deel, beschikbaarheid_van_werk(alle_banen, beroepsbevolking, bereik, 0.0, uit_buitenland))


def sectorgewicht(sectoren: pd.DataFrame, jaar: float, soort: str) -> tuple[Codes, Floats]:
    """The codes of the sectors and their weights: `groei` and `krimp` 0 or 1, `conjunctuur` and `uitstroom` a number.

    Growth and shrinkage look at the last years up to and including `jaar`; sensitivity to the cycle at all years of
    the table (2004-2020 in the report: one weight per sector); leaving bijstand at `jaar` itself.
    """
    if soort == "uitstroom":
        eigen = sectoren[sectoren["year"] == jaar]
        return eigen["sector"].to_numpy(), uitstroomgewicht(
            kolom("sectoren", eigen, "jobs_from_bijstand"), eigen["jobs"]
        )
    if soort == "conjunctuur":
        breed = landelijke_banen(sectoren, np.inf)
        if breed.shape[1] < TREND:
            return GEEN
        return breed.index.to_numpy(), conjunctuurgevoeligheid(breed, breed.columns)
    breed = landelijke_banen(sectoren, jaar, int(waarde("groei_jaren")))
    if breed.shape[1] < TREND:
        return GEEN
    keuze = groeisectoren if soort == "groei" else krimpsectoren
    return breed.index.to_numpy(), keuze(breed, breed.columns, waarde("groei_marge")).astype(np.float64)


def banen_naar_sector(gemeente: Codes, banen: pd.DataFrame, sectoren: pd.DataFrame, jaar: float, soort: str) -> Floats:
    """The jobs of each gemeente, each counted with the weight of its sector (see `sectorgewicht`), (n,).

    `nan` everywhere when the table of sectors says nothing about this year.
    """
    codes, gewicht = sectorgewicht(sectoren, jaar, soort)
    if codes.size == 0:
        return np.full(np.asarray(gemeente).shape, np.nan)
    return gewogen_banen(banen_per_sector(gemeente, banen, jaar, codes), gewicht)
