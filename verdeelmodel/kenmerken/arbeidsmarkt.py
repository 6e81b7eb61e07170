"""The labour market of a gemeente apart from travel times: unemployment, students, migrants, self-employed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken.banenmarkt import banen_per_gemeente
from verdeelmodel.kenmerken.declare import kenmerk, verhouding

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

_arbeidsmarkt = partial(kenmerk, thema="Arbeidsmarkt", eenheid="gemeente", soort="aandeel", beinvloedbaar="nee")
_vraagkant = partial(
    kenmerk, thema="Vraagkant (arbeidsmarkt)", eenheid="gemeente", soort="aandeel", beinvloedbaar="nee"
)
REGIO = "De arbeidsmarkt is groter dan een gemeente."
_zelfstandig = partial(
    _arbeidsmarkt,
    bron=("INPATAB",),
    verwacht_teken="?",
    theorie="Zelfstandigen hebben geen werknemersverzekering, maar ook minder vaak bijstand.",
    reden=REGIO,
)


@_vraagkant(
    label="Aandeel werkend onder niveau in gemeente",
    label_en="Share working below their level in the municipality",
    bron=("SPOLISBUS", "HOOGSTEOPLTAB"),
    verwacht_teken="+",
    theorie="Wie onder zijn niveau werkt, houdt een baan bezet voor iemand met minder opleiding.",
    reden=REGIO,
)
def municipality_share_working_below_level(working_below_level: Floats) -> Floats:
    """The fraction of workers below the level of their education; the unit of the official model is not published."""
    return working_below_level


@_vraagkant(
    label="Aandeel studenten (hbo/wo) onder de potentiële beroepsbevolking in gemeente",
    label_en="Share of students in higher education among the potential labour force",
    bron=("ONDERWIJSINSCHRTAB",),
    verwacht_teken="?",
    theorie="Studenten concurreren om laaggeschoold deeltijdwerk.",
    reden="Waar studenten wonen volgt uit de ligging van opleidingen.",
)
def municipality_share_students(students_higher: Floats, potential_labour_force: Floats) -> Floats:
    """Students in higher education over the potential labour force (15 to 75 years); a fraction."""
    return verhouding(students_higher, potential_labour_force)


@_vraagkant(
    label="Aandeel WW'ers onder de beroepsbevolking in gemeente",
    label_en="Share on unemployment benefit among the labour force",
    bron=("SECMBUS",),
    verwacht_teken="+",
    theorie="Veel WW'ers wijst op een slechte arbeidsmarkt en op instroom in de bijstand later.",
    reden=REGIO,
)
def municipality_share_unemployment_benefit(ww_persons: Floats, labour_force: Floats) -> Floats:
    """Persons on unemployment benefit over the labour force; a fraction."""
    return verhouding(ww_persons, labour_force)


@_arbeidsmarkt(
    label="Arbeidsmigranten en buitenlandse seizoenarbeiders",
    label_en="Labour migrants and foreign seasonal workers (non-residents)",
    bron=("SPOLISBUS", "GEMEENTESTPLTAB"),
    peildatum="31 december (T-1)",
    verwacht_teken="+",
    theorie="Arbeidsmigranten en bijstandsontvangers concurreren om hetzelfde werk.",
    reden=REGIO,
)
def labour_migrants(jobs_non_residents: Floats, gemeente: NDArray[Any], banen: pd.DataFrame, jaar: float) -> Floats:
    """Jobs in the gemeente held by people not registered as living in the Netherlands, as a share of all its jobs.

    The report counts such jobs and speaks of a share without naming the denominator; all jobs in the gemeente is the
    choice here.
    """
    return verhouding(jobs_non_residents, banen_per_gemeente(gemeente, banen, jaar))


@_zelfstandig(label="Aandeel zelfstandigen en zzp'ers", label_en="Share of self-employed")
def self_employed(aandeel_zelfstandigen: Floats, households: Floats, labour_force: Floats) -> Floats:
    """All self-employed persons as a fraction of the labour force."""
    return verhouding(aandeel_zelfstandigen * households, labour_force)


@_zelfstandig(
    label="Aandeel zelfstandigen zonder directeuren-grootaandeelhouder",
    label_en="Share of self-employed without director-major shareholders",
)
def self_employed_without_dga(
    aandeel_zelfstandigen: Floats, aandeel_dga: Floats, households: Floats, labour_force: Floats
) -> Floats:
    """Self-employed persons who are not director and major shareholder, as a fraction of the labour force."""
    return verhouding((aandeel_zelfstandigen - aandeel_dga) * households, labour_force)


@_zelfstandig(label="Aandeel zzp'ers", label_en="Share of self-employed without staff")
def self_employed_zzp(aandeel_zzp: Floats, households: Floats, labour_force: Floats) -> Floats:
    """Self-employed persons without staff as a fraction of the labour force."""
    return verhouding(aandeel_zzp * households, labour_force)
