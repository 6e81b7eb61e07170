"""Origin in more detail: recent arrivals, generation, and parts of Africa (tested, or in the model of 2026)."""

from __future__ import annotations

from functools import partial

import numpy as np

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import any_with, codes

LAND = codes("origin_1")
GENERATIE = codes("generation_1")

herkomst = partial(
    kenmerk,
    thema="Herkomst",
    bron=("GBAPERSOONTAB", "LANDAKTUEELREF"),
    peildatum="31 december",
    verwacht_teken="+",
    theorie="Taal, netwerk, erkenning van diploma's en discriminatie verkleinen de kans op werk.",
    reden="Herkomst is geen gevolg van gemeentelijk beleid.",
)
recent = partial(
    herkomst,
    verwacht_teken="-",
    theorie="Wie na 24 februari 2022 kwam, valt meestal onder tijdelijke bescherming en niet onder de bijstand.",
)


def any_of_origin_and(code: int, origins: tuple[Ints, ...], marks: tuple[Flags, ...]) -> Flags:
    """Whether any adult has this origin and, the same adult, the mark; shape (n,)."""
    found = np.zeros(origins[0].shape, dtype=np.bool_)
    for origin, mark in zip(origins, marks, strict=True):
        found |= (origin == code) & mark
    return found


@recent(
    label="Voormalige Sovjet-Unie zonder Oekraïne, na 24 februari 2022 gekomen, in huishouden",
    label_en="From the former Soviet Union without Ukraine, arrived after 24 February 2022, in household",
)
def origin_former_soviet_excl_ukraine_recent(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, recent_1: Flags, recent_2: Flags, recent_3: Flags
) -> Flags:
    """At least one adult from the former Soviet Union, not Ukraine, who arrived after 24 February 2022 (model 2026)."""
    return any_of_origin_and(LAND["sovjet"], (origin_1, origin_2, origin_3), (recent_1, recent_2, recent_3))


@recent(
    label="Oekraïner, na 24 februari 2022 gekomen, in huishouden",
    label_en="Ukrainian who arrived after 24 February 2022 in household",
)
def origin_ukrainian_recent(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, recent_1: Flags, recent_2: Flags, recent_3: Flags
) -> Flags:
    """At least one adult of Ukrainian origin who arrived after 24 February 2022 (model 2026)."""
    return any_of_origin_and(LAND["oekraiens"], (origin_1, origin_2, origin_3), (recent_1, recent_2, recent_3))


@herkomst(
    label="Marokkaanse herkomst, eerste generatie, in huishouden",
    label_en="Moroccan origin, first generation, in household",
)
def marokkaans_eerste_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Moroccan origin and the first generation."""
    return any_of_origin_and(
        LAND["marokkaans"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["eerste"], generation_2 == GENERATIE["eerste"], generation_3 == GENERATIE["eerste"]),
    )


@herkomst(
    label="Marokkaanse herkomst, tweede generatie, in huishouden",
    label_en="Moroccan origin, second generation, in household",
)
def marokkaans_tweede_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Moroccan origin and the second generation."""
    return any_of_origin_and(
        LAND["marokkaans"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["tweede"], generation_2 == GENERATIE["tweede"], generation_3 == GENERATIE["tweede"]),
    )


@herkomst(
    label="Turkse herkomst, eerste generatie, in huishouden", label_en="Turkish origin, first generation, in household"
)
def turks_eerste_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Turkish origin and the first generation."""
    return any_of_origin_and(
        LAND["turks"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["eerste"], generation_2 == GENERATIE["eerste"], generation_3 == GENERATIE["eerste"]),
    )


@herkomst(
    label="Turkse herkomst, tweede generatie, in huishouden", label_en="Turkish origin, second generation, in household"
)
def turks_tweede_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Turkish origin and the second generation."""
    return any_of_origin_and(
        LAND["turks"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["tweede"], generation_2 == GENERATIE["tweede"], generation_3 == GENERATIE["tweede"]),
    )


@herkomst(
    label="Surinaamse herkomst, eerste generatie, in huishouden",
    label_en="Surinamese origin, first generation, in household",
)
def surinaams_eerste_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Surinamese origin and the first generation."""
    return any_of_origin_and(
        LAND["surinaams"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["eerste"], generation_2 == GENERATIE["eerste"], generation_3 == GENERATIE["eerste"]),
    )


@herkomst(
    label="Surinaamse herkomst, tweede generatie, in huishouden",
    label_en="Surinamese origin, second generation, in household",
)
def surinaams_tweede_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Surinamese origin and the second generation."""
    return any_of_origin_and(
        LAND["surinaams"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["tweede"], generation_2 == GENERATIE["tweede"], generation_3 == GENERATIE["tweede"]),
    )


@herkomst(
    label="Antilliaanse herkomst, eerste generatie, in huishouden",
    label_en="Antillean origin, first generation, in household",
)
def caribisch_eerste_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Antillean origin and the first generation."""
    return any_of_origin_and(
        LAND["caribisch"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["eerste"], generation_2 == GENERATIE["eerste"], generation_3 == GENERATIE["eerste"]),
    )


@herkomst(
    label="Antilliaanse herkomst, tweede generatie, in huishouden",
    label_en="Antillean origin, second generation, in household",
)
def caribisch_tweede_generatie(
    origin_1: Ints, origin_2: Ints, origin_3: Ints, generation_1: Ints, generation_2: Ints, generation_3: Ints
) -> Flags:
    """At least one adult of Antillean origin and the second generation."""
    return any_of_origin_and(
        LAND["caribisch"],
        (origin_1, origin_2, origin_3),
        (generation_1 == GENERATIE["tweede"], generation_2 == GENERATIE["tweede"], generation_3 == GENERATIE["tweede"]),
    )


@herkomst(
    label="Noord-Afrikaan (niet Marokkaans) in huishouden", label_en="North African (not Moroccan) person in household"
)
def noord_afrikaans(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of North African origin without a row of its own in the model."""
    return any_with(LAND["overig_noord_afrikaans"], origin_1, origin_2, origin_3)


@herkomst(label="Midden-Afrikaan in huishouden", label_en="Central African person in household")
def midden_afrikaans(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Central African origin without a row of its own in the model."""
    return any_with(LAND["overig_midden_afrikaans"], origin_1, origin_2, origin_3)


@herkomst(label="Zuidelijk Afrikaan in huishouden", label_en="Southern African person in household")
def zuid_afrikaans(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Southern African origin without a row of its own in the model."""
    return any_with(LAND["overig_zuid_afrikaans"], origin_1, origin_2, origin_3)
