"""Every value of the law in one flat list, for `params`: what it is, its date, unit, source and certainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from verdeelmodel.errors import RequestError, UnknownRuleError, unknown_name
from verdeelmodel.law.facts import Certainty, packaged_rows
from verdeelmodel.law.macro import TOTAL, macrobudgets
from verdeelmodel.law.norms import gross_norms, wealth_limits
from verdeelmodel.law.rules import budget_rules, rule_years
from verdeelmodel.law.vangnet import Vangnet, eligible_cost_rules, vangnet_rules, vangnet_use, vangnet_years
from verdeelmodel.law.weights import COMPONENTS, Weight, Weights, model_years, weights
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

# Notes that point at a suspected error or gap in the publication itself.
SUSPECT_NOTES = frozenset({"jaar_ontbreekt", "datum_afwijkend", "datum_gelijk", "alleen_paar", "schaal_onbekend"})


@dataclass(frozen=True)
class Entry:
    """One value: `value` as published, `corrected` when an error is suspected and a better value is known."""

    subject: str
    key: str
    label: str
    year: int
    value: str
    corrected: str
    unit: str
    date: str
    source: str
    certainty: Certainty
    note: str
    suspected: bool

    @property
    def uncertain(self) -> bool:
        """Whether it was not read in full or an error is suspected."""
        return self.suspected or self.certainty is not Certainty.full

    def matches(self, words: str) -> bool:
        """Whether the key, label, year or unit holds these words."""
        wanted = words.casefold()
        return wanted in self.key.casefold() or wanted in self.label.casefold() or wanted == str(self.year)


def _weights() -> Iterator[Entry]:
    for year in model_years():
        for component in COMPONENTS:
            table = weights(year, component)
            rows = (*table.rows, *((table.constant,) if table.constant else ()))
            yield from (_weight(table, row) for row in rows)
            yield from (_reference(table, r.kenmerk, r.label, r.estimated, r.applied) for r in table.references)
            if table.constant is None:
                yield _no_constant(table)


def _weight(table: Weights, row: Weight) -> Entry:
    certainty = table.link_certainty if row is table.constant and table.component == "prijs" else row.certainty
    notes = [text(f"law.note.{n}") for n in row.notes]
    if certainty is not Certainty.full:
        notes.append(text("law.note.link_prijs"))
    return Entry(
        "gewicht",
        f"{table.component}.{row.kenmerk}",
        row.label,
        table.year,
        row.published,
        "",
        text(f"law.unit.{row.indicator.unit}"),
        _dates(row.estimated, row.applied),
        row.source,
        certainty,
        "; ".join(notes),
        bool(SUSPECT_NOTES & set(row.notes)),
    )


def _reference(table: Weights, kenmerk: str, label: str, estimated: str, applied: str) -> Entry:
    return Entry(
        "gewicht",
        f"{table.component}.{kenmerk}",
        label,
        table.year,
        text("law.reference"),
        "",
        text("law.unit.nul_een"),
        _dates(estimated, applied),
        table.source,
        Certainty.full,
        text("law.note.referentie"),
        False,
    )


def _no_constant(table: Weights) -> Entry:
    return Entry(
        "gewicht",
        f"{table.component}.constant",
        text("law.constant_word"),
        table.year,
        text("law.no_constant"),
        "",
        text("law.unit.log_odds"),
        "",
        table.source,
        Certainty.unknown,
        text("law.constant_remedy"),
        False,
    )


def _dates(estimated: str, applied: str) -> str:
    if not estimated and not applied:
        return ""
    return text("law.dates", estimated=estimated or "-", applied=applied or "-")


def _norms() -> Iterator[Entry]:
    for year in model_years():
        for row in gross_norms(year).rows:
            yield Entry(
                "norm",
                f"{row.kind}.{row.kostendelers}",
                text(f"law.norm.{row.kind}"),
                year,
                f"{row.published:.2f}",
                f"{row.corrected:.2f}" if row.suspected else "",
                text("law.unit.norm"),
                row.date,
                row.source,
                row.certainty,
                text(f"law.note.{row.reason}") if row.reason else "",
                row.suspected,
            )


def _wealth() -> Iterator[Entry]:
    for year in model_years():
        for row in wealth_limits(year).rows:
            key = f"{row.limit}.{row.group}"
            label = text(f"law.wealth.{row.limit}")
            value = f"{row.euro:.0f}"
            yield _plain("vermogensgrens", key, label, year, value, text("law.unit.euro"), row.date, row.source)


def _plain(
    subject: str, key: str, label: str, year: int, value: str, unit: str, date: str, source: str,
    certainty: Certainty = Certainty.full, note: str = "",
) -> Entry:  # fmt: skip
    return Entry(subject, key, label, year, value, "", unit, date, source, certainty, note, False)


def _rules() -> Iterator[Entry]:
    for year in rule_years():
        for v in budget_rules(year).values.values():
            place = f"{v.article}; {v.note}" if v.article and v.note else v.article or v.note
            label = text(f"law.rule.{v.key}")
            yield _plain("regels", v.key, label, year, str(v.value), v.unit, str(year), v.source, v.certainty, place)


def _vangnet() -> Iterator[Entry]:
    for year in vangnet_years():
        for variant in vangnet_rules(year).variants:
            yield from _variant(variant)
        try:
            marked = eligible_cost_rules(year)
        except UnknownRuleError:
            continue
        label, note = text("law.eligible"), text(f"law.vangnet_note.{marked.note}")
        value = (
            f"{marked.free_amount:.0f} / {_percent(marked.free_share)}"
            if marked.free_amount
            else text("law.all_deducted")
        )
        unit = text("law.unit.euro")
        yield _plain("vangnet", "lasten", label, year, value, unit, str(year), marked.source, marked.certainty, note)


def _variant(v: Vangnet) -> Iterator[Entry]:
    label = text(f"law.vangnet.{v.variant}")
    reached = text("law.above" if v.strict else "law.at_least", share=_percent(v.deficit))
    condition = _multi_year(v)
    access = text("law.access_line", reached=reached, condition=condition, other=text(f"law.other.{v.other}"))
    note = "; ".join(x for x in (v.article, text(f"law.vangnet_note.{v.note}") if v.note else "") if x)
    share = text("law.unit.budget_share")
    date = str(v.year)
    yield _plain("vangnet", f"{v.variant}.toegang", label, v.year, access, share, date, v.source, v.access, note)
    tranches = "; ".join(text("law.tranche", rate=_percent(r, 0), share=_percent(s)) for s, r in v.tranches)
    amount = tranches or text("law.not_found")
    yield _plain("vangnet", f"{v.variant}.bedrag", label, v.year, amount, share, date, v.source, v.amount, note)
    if v.own_risk is not None:
        risk = _percent(v.own_risk, 2)
        yield _plain("vangnet", f"{v.variant}.eigen_risico", label, v.year, risk, share, date, v.source, v.amount, note)


def _percent(share: float, decimals: int = 1) -> str:
    return format_number(share, "share", decimals)


def _multi_year(v: Vangnet) -> str:
    if v.multi_year is None:
        return text("law.multi.geen")
    m = v.multi_year
    return text(f"law.multi.{m.rule}", years=m.years, deficit=_percent(m.deficit), at_least=m.at_least)


def _macro() -> Iterator[Entry]:
    for b in macrobudgets():
        value = text("law.not_found") if b.euro is None else f"{b.euro:.0f}"
        key = b.stage if b.part == TOTAL else f"{b.stage}.{b.part}"
        note = text("law.note.ongeveer") if b.approximate else ""
        label = text(f"law.stage.{b.stage}")
        unit = text("law.unit.euro")
        yield _plain("macrobudget", key, label, b.year, value, unit, str(b.year), b.source, b.certainty, note)


def _use() -> Iterator[Entry]:
    for u in vangnet_use():
        for key, value in (("verzoeken", u.requests), ("toegekend", u.granted), ("bedrag", u.euro)):
            if value is not None:
                label, unit = text(f"law.use.{key}"), text("law.unit.euro" if key == "bedrag" else "law.unit.aantal")
                yield _plain(
                    "vangnetgebruik", key, label, u.year, f"{value:.0f}", unit, str(u.year), u.source, u.certainty
                )


def _tested() -> Iterator[Entry]:
    for r in packaged_rows("tested.csv"):
        value = text(f"law.tested.{r['status']}")
        certainty = Certainty(r["certainty"])
        yield _plain("getoetst", r["key"], r["label"], int(r["year"]), value, "", r["year"], r["source"], certainty)


SUBJECTS: dict[str, Callable[[], Iterable[Entry]]] = {
    "gewicht": _weights,
    "norm": _norms,
    "vermogensgrens": _wealth,
    "regels": _rules,
    "vangnet": _vangnet,
    "macrobudget": _macro,
    "vangnetgebruik": _use,
    "getoetst": _tested,
}
_ALIASES = {
    "weight": "gewicht",
    "weights": "gewicht",
    "gewichten": "gewicht",
    "norms": "norm",
    "normen": "norm",
    "wealth": "vermogensgrens",
    "vermogen": "vermogensgrens",
    "rules": "regels",
    "regel": "regels",
    "macro": "macrobudget",
    "usage": "vangnetgebruik",
    "tested": "getoetst",
}


def subject_key(name: str) -> str:
    """The subject of this name, Dutch or English; RequestError with a did-you-mean when there is none."""
    key = _ALIASES.get(name.casefold(), name.casefold())
    if key not in SUBJECTS:
        known = [*SUBJECTS, *_ALIASES]
        raise RequestError(
            text("law.unknown_subject", subjects=", ".join(SUBJECTS)),
            [unknown_name(name, known, text("law.subject_word"))],
        )
    return key


def entries(subject: str | None = None) -> tuple[Entry, ...]:
    """Every value of one subject, or of all, in the order of publication."""
    chosen = SUBJECTS if subject is None else {subject: SUBJECTS[subject]}
    return tuple(entry for make in chosen.values() for entry in make())


def find(subject: str, words: Iterable[str] = ()) -> tuple[Entry, ...]:
    """The values of a subject that match every word (a key, part of a label, or a year); RequestError when none do."""
    every = entries(subject)
    found = tuple(e for e in every if all(e.matches(w) for w in words))
    if not found:
        known = sorted({e.key for e in every} | {e.key.split(".", 1)[-1] for e in every} | {str(e.year) for e in every})
        problems = [unknown_name(w, known, subject) for w in words if not any(e.matches(w) for e in every)]
        raise RequestError(text("law.nothing_found", subject=subject, words=" ".join(words)), problems)
    return found
