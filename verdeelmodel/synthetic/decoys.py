"""Decoys for the afwegingskader: kenmerken that must be rejected, each for its own reason.

They are candidates like any other; `with_decoys()` adds them to a registry. What is planted about them is in
`data/waarheid.toml`, and `REASONS` says why each must fail.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.kenmerken import Registry, kenmerk, registry
from verdeelmodel.kenmerken.registry import declared_in

Flags = NDArray[np.bool_]

# The multiplier of Knuth: spreads consecutive numbers evenly over the whole numbers below 2^32.
SPREAD, MODULUS = 2654435761, 2**32
NOISE_SHARE = 0.12

REASONS: dict[str, str] = {
    "lokvogel_ruis": "verklaringskracht",
    "lokvogel_dubbel": "aanvullend",
    "lokvogel_stuurbaar": "niet_beinvloedbaar",
    "lokvogel_wisselend": "stabiel",
    "lokvogel_centrum": "huishoudniveau",
}
_lokvogel = partial(kenmerk, thema="Lokvogels", eenheid="huishouden", verwacht_teken="+")


@_lokvogel(
    label="Lokvogel: ruis",
    label_en="Decoy: noise",
    theorie="Geen: het kenmerk is door het lot bepaald.",
    beinvloedbaar="nee",
    reden="Het hangt nergens van af.",
)
def lokvogel_ruis(household: NDArray[Any]) -> Flags:
    """Pure noise: one household in eight, decided by its number alone."""
    return (household.astype(np.uint64) * SPREAD % MODULUS) < NOISE_SHARE * MODULUS


@_lokvogel(
    label="Lokvogel: dubbel (laagopgeleid of lage HCI)",
    label_en="Decoy: redundant (low education or low human capital)",
    bron=("HOOGSTEOPLTAB", "SPOLISBUS"),
    theorie="Weinig menselijk kapitaal maakt werk vinden moeilijker; dat zit al in het model.",
    beinvloedbaar="nee",
    reden="Opleiding en arbeidsverleden liggen vast.",
)
def lokvogel_dubbel(hci_low: Flags, low_education: Flags) -> Flags:
    """Low human capital by another name: what it adds to the kenmerk that the model has, has no effect of its own."""
    return hci_low | low_education


@_lokvogel(
    label="Lokvogel: stuurbaar (loonkostensubsidie in huishouden)",
    label_en="Decoy: influenceable (wage cost subsidy in the household)",
    bron=("VRLSRGPERSONENTAB",),
    theorie="Loonkostensubsidie houdt mensen met een beperking aan het werk.",
    beinvloedbaar="ja",
    reden="De gemeente verstrekt de subsidie zelf.",
)
def lokvogel_stuurbaar(lks: Flags) -> Flags:
    """What the municipality decides itself: it goes with bijstand, and with the policy of the municipality."""
    return lks


@_lokvogel(
    label="Lokvogel: wisselend (jeugdzorg in huishouden)",
    label_en="Decoy: unstable (youth care in the household)",
    bron=("JEUGDHULPBUS",),
    theorie="Zorgen om kinderen kosten tijd die niet aan werk besteed kan worden.",
    beinvloedbaar="deels",
    reden="De gemeente bepaalt mee wie jeugdzorg krijgt.",
)
def lokvogel_wisselend(jeugdzorg: Flags) -> Flags:
    """A kenmerk whose planted effect turns from positive to negative over the years."""
    return jeugdzorg


@_lokvogel(
    label="Lokvogel: centrum (ziekenhuisbezoek in huishouden)",
    label_en="Decoy: centre function only (hospital visit in the household)",
    bron=("ZVWZORGKOSTENTAB",),
    theorie="Wie ziek is, werkt minder; maar vooral: in een centrum staat een ziekenhuis.",
    beinvloedbaar="nee",
    reden="Waar ziekenhuizen staan volgt uit ligging en geschiedenis.",
)
def lokvogel_centrum(care_hospital: Flags) -> Flags:
    """More common where people come from the whole region, without an effect on the household itself."""
    return care_hospital


def with_decoys(known: Registry | None = None) -> Registry:
    """The registry (default: the one in use) with the decoys added."""
    import sys

    return (known or registry()).extended(declared_in(sys.modules[__name__]))
