"""Origin of the adults, in the groups of the published models; a household counts in every group it has an adult of."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import any_in, any_with, codes

LAND = codes("origin_1")
OVERIG_AFRIKAANS = [LAND[k] for k in ("overig_noord_afrikaans", "overig_midden_afrikaans", "overig_zuid_afrikaans")]
SOMALISCH_ERITREES = [LAND["somalisch"], LAND["eritrees"]]
MIDDEN_OOSTEN = [LAND[k] for k in ("afghaans", "irakees", "syrisch", "iranees")]
OVERIG_NIET_WESTERS = [LAND["overig_aziatisch"], LAND["latijns_amerikaans"]]
OVERIG_WESTERS = [LAND[k] for k in ("indonesisch_japans", "overig_europees", "noord_amerikaans_oceanie")]
JOEGOSLAVISCH_SOVJET = [LAND[k] for k in ("joegoslavisch", "sovjet", "oekraiens")]
AFRIKAANS_ZONDER_MAROKKAANS = [LAND["ghanees"], *SOMALISCH_ERITREES, *OVERIG_AFRIKAANS]
# Buiten Europa, zonder de groepen die sinds 2024 'overig Azië' en 'overig Amerika en Oceanië' heten.
NIET_EUROPEES = [
    *(LAND[k] for k in ("turks", "surinaams", "caribisch", "marokkaans", "chinees", "indiaas")),
    *AFRIKAANS_ZONDER_MAROKKAANS,
    *MIDDEN_OOSTEN,
]
# Turkije, Afrika, Latijns-Amerika en Azië zonder Indonesië en Japan: de indeling die tot en met 2022 in het model gold.
NIET_WESTERS = [*NIET_EUROPEES, *OVERIG_NIET_WESTERS]
GEEN_OF_WESTERS_OF_OVERIG = [
    LAND["nederlands"],
    *(LAND[k] for k in ("caribisch", "chinees", "indiaas")),
    *OVERIG_WESTERS,
    *JOEGOSLAVISCH_SOVJET,
    *OVERIG_NIET_WESTERS,
]

herkomst = partial(
    kenmerk,
    thema="Herkomst",
    bron=("GBAPERSOONTAB", "LANDAKTUEELREF"),
    peildatum="31 december",
    verwacht_teken="+",
    theorie="Taal, netwerk, erkenning van diploma's en discriminatie verkleinen de kans op werk.",
    reden="Herkomst is geen gevolg van gemeentelijk beleid.",
)
westers = partial(herkomst, verwacht_teken="-", theorie="Wie uit een westers land komt, komt vaker voor werk.")


@herkomst(
    label="Geen migratieachtergrond in huishouden",
    label_en="No migration background in household",
    verwacht_teken="-",
    theorie="Referentiecategorie van het volumemodel.",
)
def origin_none(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult without a migration background."""
    return any_with(LAND["nederlands"], origin_1, origin_2, origin_3)


@herkomst(label="Turk in huishouden", label_en="Turkish person in household")
def origin_turkish(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Turkish origin."""
    return any_with(LAND["turks"], origin_1, origin_2, origin_3)


@herkomst(label="Surinamer in huishouden", label_en="Surinamese person in household")
def origin_surinamese(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Surinamese origin."""
    return any_with(LAND["surinaams"], origin_1, origin_2, origin_3)


@herkomst(label="Caribisch Nederlander (Antilliaan) in huishouden", label_en="Dutch Caribbean person in household")
def origin_dutch_caribbean(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Dutch Caribbean (Antillean) origin."""
    return any_with(LAND["caribisch"], origin_1, origin_2, origin_3)


@herkomst(label="Marokkaan in huishouden", label_en="Moroccan person in household")
def origin_moroccan(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Moroccan origin."""
    return any_with(LAND["marokkaans"], origin_1, origin_2, origin_3)


@herkomst(label="Ghanees in huishouden", label_en="Ghanaian person in household")
def origin_ghanaian(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Ghanaian origin."""
    return any_with(LAND["ghanees"], origin_1, origin_2, origin_3)


@herkomst(label="Somaliër of Eritreeër in huishouden", label_en="Somali or Eritrean person in household")
def origin_somali_or_eritrean(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Somali or Eritrean origin."""
    return any_in(SOMALISCH_ERITREES, origin_1, origin_2, origin_3)


@herkomst(label="Overig Afrika in huishouden", label_en="Other African person in household")
def origin_other_african(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of African origin, Moroccans, Ghanaians, Somalis and Eritreans left out."""
    return any_in(OVERIG_AFRIKAANS, origin_1, origin_2, origin_3)


@herkomst(label="Afghaan in huishouden", label_en="Afghan person in household")
def origin_afghan(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Afghan origin."""
    return any_with(LAND["afghaans"], origin_1, origin_2, origin_3)


@herkomst(label="Irakees in huishouden", label_en="Iraqi person in household")
def origin_iraqi(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Iraqi origin."""
    return any_with(LAND["irakees"], origin_1, origin_2, origin_3)


@herkomst(label="Syriër in huishouden", label_en="Syrian person in household")
def origin_syrian(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Syrian origin."""
    return any_with(LAND["syrisch"], origin_1, origin_2, origin_3)


@herkomst(label="Iraniër in huishouden", label_en="Iranian person in household")
def origin_iranian(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Iranian origin."""
    return any_with(LAND["iranees"], origin_1, origin_2, origin_3)


@westers(label="Chinees in huishouden", label_en="Chinese person in household")
def origin_chinese(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Chinese origin."""
    return any_with(LAND["chinees"], origin_1, origin_2, origin_3)


@westers(label="Indiër in huishouden", label_en="Indian person in household")
def origin_indian(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Indian origin."""
    return any_with(LAND["indiaas"], origin_1, origin_2, origin_3)


@herkomst(label="Overig niet-westers in huishouden", label_en="Other non-western person in household")
def origin_other_non_western(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from another non-western country of Asia or Latin America (models to 2022)."""
    return any_in(OVERIG_NIET_WESTERS, origin_1, origin_2, origin_3)


@herkomst(label="Voormalig Joegoslavisch in huishouden", label_en="Former Yugoslavian person in household")
def origin_former_yugoslavian(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from the former Yugoslavia."""
    return any_with(LAND["joegoslavisch"], origin_1, origin_2, origin_3)


@herkomst(label="Voormalige Sovjet-Unie in huishouden", label_en="Person from the former Soviet Union in household")
def origin_former_soviet(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from the former Soviet Union, Ukraine included (models to 2024)."""
    return any_in([LAND["sovjet"], LAND["oekraiens"]], origin_1, origin_2, origin_3)


@westers(label="Overig westers in huishouden", label_en="Other western person in household")
def origin_other_western(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from another western country, Indonesia and Japan included (models to 2022)."""
    return any_in(OVERIG_WESTERS, origin_1, origin_2, origin_3)


@herkomst(label="Overig Azië in huishouden", label_en="Other Asian person in household")
def origin_other_asian(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from another country of Asia (models from 2024)."""
    return any_in([LAND["indonesisch_japans"], LAND["overig_aziatisch"]], origin_1, origin_2, origin_3)


@westers(label="Overig Europees in huishouden", label_en="Other European person in household")
def origin_other_european(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from another country of Europe (models from 2024)."""
    return any_with(LAND["overig_europees"], origin_1, origin_2, origin_3)


@westers(label="Overig Amerika en Oceanië in huishouden", label_en="Other American or Oceanian person in household")
def origin_other_america_oceania(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from another country of America or from Oceania (models from 2024)."""
    return any_in([LAND["latijns_amerikaans"], LAND["noord_amerikaans_oceanie"]], origin_1, origin_2, origin_3)


@herkomst(
    label="Voormalige Sovjet-Unie zonder Oekraïne in huishouden",
    label_en="Person from the former Soviet Union without Ukraine in household",
)
def origin_former_soviet_excl_ukraine(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from the former Soviet Union without Ukraine (model 2026)."""
    return any_with(LAND["sovjet"], origin_1, origin_2, origin_3)


@herkomst(label="Oekraïner in huishouden", label_en="Ukrainian person in household")
def origin_ukrainian(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Ukrainian origin (model 2026)."""
    return any_with(LAND["oekraiens"], origin_1, origin_2, origin_3)


@herkomst(label="Afrikaan, niet Marokkaans, in huishouden", label_en="African, not Moroccan person in household")
def origin_african_excl_moroccan(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of African origin, Moroccans left out (price model)."""
    return any_in(AFRIKAANS_ZONDER_MAROKKAANS, origin_1, origin_2, origin_3)


@herkomst(
    label="Irakees, Syriër, Iraniër of Afghaan in huishouden",
    label_en="Iraqi, Syrian, Iranian or Afghan person in household",
)
def origin_iraqi_syrian_iranian_or_afghan(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult of Iraqi, Syrian, Iranian or Afghan origin (price model)."""
    return any_in(MIDDEN_OOSTEN, origin_1, origin_2, origin_3)


@westers(
    label="Geen, westerse of overige niet-westerse migratieachtergrond in huishouden",
    label_en="No, western or other non-western background in household",
)
def origin_none_western_or_other_non_western(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult without a migration background or a row of the price model for the origin (its reference)."""
    return any_in(GEEN_OF_WESTERS_OF_OVERIG, origin_1, origin_2, origin_3)


@herkomst(
    label="Niet-westerse migratieachtergrond in huishouden", label_en="Non-western migration background in household"
)
def niet_westers(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult with a non-western migration background."""
    return any_in(NIET_WESTERS, origin_1, origin_2, origin_3)


@herkomst(
    label="Niet-Europese herkomst (zonder overig Azië en overig Amerika en Oceanië) in huishouden",
    label_en="Non-European origin in household (other Asia, America and Oceania left out)",
)
def niet_europees(origin_1: Ints, origin_2: Ints, origin_3: Ints) -> Flags:
    """At least one adult from outside Europe; other Asia, other America and Oceania are left out."""
    return any_in(NIET_EUROPEES, origin_1, origin_2, origin_3)
