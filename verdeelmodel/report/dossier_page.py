"""The page of one gemeente."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.explain.peers import size_label
from verdeelmodel.explain.tables import tables
from verdeelmodel.report import figures_bridge
from verdeelmodel.report.figures import funnel, timeline, waterfall
from verdeelmodel.report.figures_scatter import scatter
from verdeelmodel.report.page import Section, page
from verdeelmodel.report.sentences import (
    attributed_sentences,
    core,
    gap_sentences,
    limits,
    since_sentences,
    unusual_sentences,
)
from verdeelmodel.scenario.since import SinceLastYear
from verdeelmodel.table import NotApplicable, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.table import Table

    Since = SinceLastYear | NotApplicable

DRAWN = ("country", "group_vergelijking", "chosen")


def dossier_page(found: Dossier, back: str = "", since: Since | None = None) -> str:
    """The whole dossier as one HTML file; `back` is a link to the page from which it is reached.

    Without `since` nothing is said of the year before.
    """
    made = {t.key: t for t in dossier_tables(found, since)}
    title = text("report.title", name=found.name, year=found.country.year)
    return page(title, title, lead(found), sections(found, made, since), found.country.synthetic, back)


def dossier_tables(found: Dossier, since: Since | None = None) -> list[Table]:
    """Every table of the dossier, with what changed since the year before where that is known."""
    made = tables(found)
    if not isinstance(since, SinceLastYear):
        return made
    totals = {a.year: float(a.saldo.budget.sum()) for a in found.country.accounts}
    budgets = [(line.year, line.budget / totals[line.year]) for line in found.years if totals.get(line.year)]
    return [*made, *since.tables(found.code, budgets)]


def lead(found: Dossier) -> list[str]:
    """Who this is about and with what it is computed."""
    inhabitants = format_number(found.inhabitants, "count")
    group = text(f"report.member.{found.group}") if found.group else text("report.member.none")
    size = size_label(found.country, found.inhabitants)
    return [
        text("report.who", name=found.name, code=found.code, inhabitants=inhabitants, size=size, group=group),
        text("report.computed", population=found.country.name, model=found.country.model.name, year=found.country.year),
    ]


def sections(found: Dossier, made: dict[str, Table], since: Since | None = None) -> list[Section]:
    """The parts of the page in the order in which a council asks."""
    parts = [
        Section("kern", text("report.section.findings"), core(found), tables=[made["types"]]),
        *_saldo(found, made),
        *([] if since is None else [_since(found, made, since)]),
        _rate(found, made),
        Section(
            "afwijking",
            text("report.section.residual"),
            figures=[(text("report.caption.funnel"), funnel(found.country, found.gemeente))],
            tables=[made[k] for k in ("residual_age", "residual_origin", "residual_buurt") if k in made],
        ),
    ]
    if found.unusual is not None:
        shown = [made["unusual"]] if "unusual" in made else []
        parts.append(Section("bijzonder", text("report.section.unusual"), unusual_sentences(found), tables=shown))
    if "candidates" in made:
        parts.append(Section("kandidaten", text("report.section.candidates"), tables=[made["candidates"]]))
    if "peers" in made:
        parts.append(Section("vergelijkbaar", text("report.section.peers"), tables=[made["peers"]]))
    return [*parts, Section("grenzen", text("report.section.limits"), limits(found))]


def _saldo(found: Dossier, made: dict[str, Table]) -> list[Section]:
    """The saldo over the years; then the two questions about its cause, each with what it asks."""
    parts = []
    if "years" in made:
        figures = [(text("report.caption.timeline"), timeline(found))]
        parts.append(Section("jaren", text("report.section.years"), figures=figures, tables=[made["years"]]))
    if "gap" in made:
        answer = text(f"report.gap_{found.numbers.verdict}")
        said = [text("report.gap_question", year=found.country.year), answer, *gap_sentences(found)]
        parts.append(Section("toeval", text("report.section.chance"), said, tables=[made["gap"]]))
    if "attributed" in made:
        said = [text("report.attributed_question"), *attributed_sentences(found)]
        parts.append(Section("toedeling", text("report.section.attributed"), said, tables=[made["attributed"]]))
    elif "gap" in made and found.objective == 0:
        said = [text("report.attributed_question"), text("report.attributed_historical")]
        parts.append(Section("toedeling", text("report.section.attributed"), said))
    return parts


def _since(found: Dossier, made: dict[str, Table], since: Since) -> Section:
    figures, shown = [], [made[key] for key in ("change", "stability") if key in made]
    if isinstance(since, SinceLastYear):
        change = since.change(found.code)
        figures.append((text("report.caption.change"), figures_bridge.waterfall(change)))
    return Section("verandering", text("report.section.since"), since_sentences(found, since), figures, shown)


def _rate(found: Dossier, made: dict[str, Table]) -> Section:
    figures = [
        (text("report.caption.waterfall"), waterfall(found, c))
        for key in DRAWN
        for c in found.comparisons
        if c.key == key
    ]
    figures.append((text("report.caption.scatter"), scatter(found)))
    return Section("kans", text("report.section.rate"), figures=figures, tables=[made["themes"], made["kenmerken"]])
