"""Other benefits and studying: reasons why a household has no right to bijstand, or a lower one."""

from __future__ import annotations

from functools import partial

from verdeelmodel.kenmerken.declare import Flags, Ints, kenmerk
from verdeelmodel.kenmerken.volwassenen import codes

GEEN_STUDENT = codes("student_level")["geen"]

uitkering = partial(
    kenmerk,
    thema="Niet-rechthebbenden",
    bron=("SECMBUS",),
    peildatum="31 december",
    verwacht_teken="-",
    theorie="Een andere uitkering gaat voor op bijstand en wordt ermee verrekend.",
    reden="Het recht op een andere uitkering volgt uit landelijke wetten.",
)


@uitkering(label="AO-uitkering (15%-80% of onbekend) in huishouden", label_en="Disability benefit (15-80% or unknown)")
def benefit_disability_15_80_or_unknown(ao_15_80: Flags) -> Flags:
    """At least one person with a disability benefit for a degree of 15 to 80 percent, or an unknown degree."""
    return ao_15_80


@uitkering(label="AO-uitkering (80%-100%) in huishouden", label_en="Disability benefit (80-100%)")
def benefit_disability_80_100(ao_80_100: Flags) -> Flags:
    """At least one person with a disability benefit for a degree of 80 to 100 percent."""
    return ao_80_100


@uitkering(label="WW-uitkering in huishouden", label_en="Unemployment benefit (WW)")
def benefit_unemployment(ww: Flags) -> Flags:
    """At least one person with an unemployment benefit."""
    return ww


@uitkering(label="Anw-uitkering in huishouden", label_en="Survivors' benefit (Anw)")
def benefit_survivors(anw: Flags) -> Flags:
    """At least one person with a survivors' benefit."""
    return anw


@uitkering(
    label="Ziektewetuitkering of wachtgeld in huishouden (tot en met 2022 met overige uitkering)",
    label_en="Sickness benefit or wachtgeld (to 2022 with other benefits)",
)
def benefit_sickness_or_wachtgeld(ziektewet: Flags, overige_uitkering: Flags, overige_uitkering_telt: float) -> Flags:
    """At least one person with sickness benefit or wachtgeld, or with another benefit in rules years that count it."""
    return ziektewet | (overige_uitkering & bool(overige_uitkering_telt))


@uitkering(label="Pensioenuitkering in huishouden", label_en="Pension")
def benefit_pension(pensioen: Flags) -> Flags:
    """At least one person with a pension."""
    return pensioen


@uitkering(
    label="Student (mbo/hbo/wo) in huishouden",
    label_en="Student (mbo/hbo/wo)",
    bron=("ONDERWIJSINSCHRTAB",),
    peildatum="1 oktober",
    theorie="Studenten hebben recht op studiefinanciering en niet op bijstand.",
    reden="Of iemand studeert is geen gevolg van bijstandsbeleid.",
)
def student(student_level: Ints) -> Flags:
    """At least one student in mbo, hbo or wo."""
    return student_level != GEEN_STUDENT


@uitkering(label="Wajonguitkering in huishouden", label_en="Disability benefit for young persons (Wajong)")
def wajong_in_huishouden(wajong: Flags) -> Flags:
    """At least one person with a Wajong benefit, apart from the other disability benefits."""
    return wajong


@uitkering(
    label="Loonkostensubsidie in huishouden",
    label_en="Wage cost subsidy in household",
    thema="Loonkostensubsidie",
    bron=("VRLSRGPERSONENTAB",),
    theorie="Wie met loonkostensubsidie werkt, krijgt naast dat loon minder bijstand uitbetaald.",
    beinvloedbaar="ja",
    reden="De gemeente beslist zelf over de inzet van loonkostensubsidie.",
)
def wage_cost_subsidy_indicator(lks: Flags) -> Flags:
    """At least one person works with a wage cost subsidy."""
    return lks
