"""Whether the findings hang on how many gemeenten are chosen, and on how their saldo is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verdeelmodel.compare.groups import GemeenteTable, KenmerkLabel
from verdeelmodel.compare.least_squares import estimate
from verdeelmodel.compare.regressions import SYSTEMATIC_LEVEL, stars
from verdeelmodel.compare.saldi import MEASURES, Measure, Saldi
from verdeelmodel.compare.sample import sample, standardise
from verdeelmodel.compare.selection import SelectionOptions, select
from verdeelmodel.errors import VerdeelmodelError
from verdeelmodel.table import Cell, Column, Evidence, NotApplicable, Table
from verdeelmodel.wording import text

NUMBERS = (5, 10, 15, 20, 25)


@dataclass(frozen=True)
class Variant:
    """One kenmerk under one choice of number and measure; the estimates are None, with a reason, when not computed."""

    kenmerk: KenmerkLabel
    control: str
    number: int
    measure: Measure
    tekort: float | None = None
    overschot: float | None = None
    marks: tuple[str, str, str] = ("", "", "")
    systematic: bool | None = None
    reason: str = ""
    degrees: int | None = None


def sensitivity(
    saldi: Saldi,
    table: GemeenteTable,
    options: SelectionOptions,
    controls: Sequence[str] = (),
    numbers: Sequence[int] = NUMBERS,
) -> tuple[Variant, ...]:
    """Select and regress anew for every number and measure; a choice that cannot be made carries its reason."""
    found: list[Variant] = []
    for measure in MEASURES:
        for number in numbers:
            found += _variants(saldi, table, replace(options, number=number, measure=measure), controls)
    return tuple(found)


def _variants(saldi: Saldi, table: GemeenteTable, options: SelectionOptions, controls: Sequence[str]) -> list[Variant]:
    control = "+".join(controls)
    try:
        groups = select(saldi, options).groups
        chosen = sample(standardise(table, groups), controls)
    except VerdeelmodelError as error:
        reason = error.summary
        return [Variant(k, control, options.number, options.measure, reason=reason) for k in table.kenmerken]
    computed: dict[int, Variant] = {}
    for block in chosen.blocks:
        fits = estimate(block.X, block.Y)
        p, estimates = fits.p, fits.estimate
        for at, j in enumerate(block.columns):
            marks = (stars(p[0, at]), stars(p[1, at]), stars(p[2, at]))
            computed[int(j)] = Variant(
                table.kenmerken[j],
                control,
                options.number,
                options.measure,
                float(estimates[0, at]),
                float(estimates[1, at]),
                marks,
                bool((p[:, at] < SYSTEMATIC_LEVEL).any()),
                degrees=fits.degrees,
            )
    return [
        computed.get(j) or Variant(k, control, options.number, options.measure, reason=chosen.reasons[k.key])
        for j, k in enumerate(table.kenmerken)
    ]


def sensitivity_table(variants: Sequence[Variant], synthetic: bool = False) -> Table:
    """Every variant: number, measure, coefficients with stars, systematic or not."""
    values: dict[str, list[Cell]] = {
        "kenmerk": [v.kenmerk.key for v in variants],
        "control": [v.control for v in variants],
        "number": [v.number for v in variants],
        "measure": [text(f"compare.selection.measure.{v.measure}") for v in variants],
        "coef_tekort": [_or_reason(v, v.tekort) for v in variants],
        "stars_tekort": [_or_reason(v, v.marks[0]) for v in variants],
        "coef_overschot": [_or_reason(v, v.overschot) for v in variants],
        "stars_overschot": [_or_reason(v, v.marks[1]) for v in variants],
        "stars_difference": [_or_reason(v, v.marks[2]) for v in variants],
        "systematic": [_or_reason(v, v.systematic) for v in variants],
    }
    kinds = {"kenmerk": "code", "control": "code", "number": "count", "measure": "text", "systematic": "flag"}
    kinds |= {key: "stars" for key in values if key.startswith("stars")}
    columns = tuple(Column(k, text(f"compare.column.{k}"), kinds.get(k, "number")) for k in values)  # type: ignore[arg-type]
    made = Table("sensitivity", text("compare.sensitivity.title"), columns, values, synthetic)
    return made.public("settings", ("number",)).behind([Evidence(degrees_of_freedom=v.degrees) for v in variants])


def _or_reason(variant: Variant, value: Cell | None) -> Cell:
    return NotApplicable(variant.reason) if variant.systematic is None or value is None else value


def sensitivity_overview(variants: Sequence[Variant], synthetic: bool = False) -> Table:
    """Per kenmerk in how many variants it is systematic, and between which values its coefficients lie."""
    by: dict[str, list[Variant]] = {}
    for variant in variants:
        by.setdefault(variant.kenmerk.key, []).append(variant)
    rows = []
    for own in by.values():
        known = [v for v in own if v.systematic is not None]
        tekort = [v.tekort for v in known if v.tekort is not None]
        overschot = [v.overschot for v in known if v.overschot is not None]
        none = NotApplicable(own[0].reason)
        bounds: list[Cell] = [bound(side) if side else none for side in (tekort, overschot) for bound in (min, max)]
        rows.append((own[0].kenmerk, sum(bool(v.systematic) for v in known), len(known), bounds))
    values: dict[str, list[Cell]] = {
        "thema": [kenmerk.thema for kenmerk, *_ in rows],
        "kenmerk": [kenmerk.label for kenmerk, *_ in rows],
        "times": [times for _, times, _, _ in rows],
        "variants": [count for _, _, count, _ in rows],
    }
    for at, key in enumerate(("low_tekort", "high_tekort", "low_overschot", "high_overschot")):
        values[key] = [bounds[at] for *_, bounds in rows]
    kinds = {"thema": "text", "kenmerk": "text", "times": "count", "variants": "count"}
    columns = tuple(Column(k, text(f"compare.sensitivity.{k}"), kinds.get(k, "number")) for k in values)  # type: ignore[arg-type]
    title = text("compare.sensitivity.title_overview")
    note = text("compare.sensitivity.note")
    made = Table("sensitivity_overview", title, columns, values, synthetic, (note,), row_group="thema")
    degrees = [min((v.degrees for v in own if v.degrees is not None), default=None) for own in by.values()]
    behind = [Evidence(degrees_of_freedom=free) for free in degrees]
    return made.public("counting", ("times", "variants")).behind(behind)
