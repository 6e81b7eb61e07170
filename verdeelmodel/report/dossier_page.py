"""The page of one gemeente."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.explain.peers import size_label
from verdeelmodel.explain.tables import tables
from verdeelmodel.report.figures import funnel, timeline, waterfall
from verdeelmodel.report.page import Section, page
from verdeelmodel.report.sentences import findings, limits
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.table import Table

SHARED = ("country", "group_vergelijking", "peers")


def dossier_page(found: Dossier, back: str = "") -> str:
    """The whole dossier as one HTML file; `back` is a link to the page from which it is reached."""
    made = {t.key: t for t in tables(found)}
    title = text("report.title", name=found.name, year=found.country.year)
    return page(title, title, lead(found), sections(found, made), found.country.synthetic, back)


def lead(found: Dossier) -> list[str]:
    """Who this is about and with what it is computed."""
    inhabitants = format_number(found.inhabitants, "count")
    group = text(f"report.member.{found.group}") if found.group else text("report.member.none")
    size = size_label(found.country, found.inhabitants)
    return [
        text("report.who", name=found.name, code=found.code, inhabitants=inhabitants, size=size, group=group),
        text("report.computed", population=found.country.name, model=found.country.model.name, year=found.country.year),
    ]


def sections(found: Dossier, made: dict[str, Table]) -> list[Section]:
    """The parts of the page in the order in which a council asks."""
    residual = [made[k] for k in ("residual_age", "residual_origin", "residual_buurt") if k in made]
    caption = text("report.caption.funnel")
    parts = [
        Section("kern", text("report.section.findings"), findings(found), tables=[made["types"]]),
        *([_years(found, made)] if "years" in made else []),
        Section(
            "kans",
            text("report.section.rate"),
            figures=[
                (text("report.caption.waterfall"), waterfall(found, c))
                for c in found.comparisons
                if c.key in SHARED[:2]
            ],
            tables=[made["themes"], made["kenmerken"]],
        ),
        Section(
            "afwijking",
            text("report.section.residual"),
            figures=[(caption, funnel(found.country, found.gemeente))],
            tables=residual,
        ),
    ]
    if "candidates" in made:
        parts.append(Section("kandidaten", text("report.section.candidates"), tables=[made["candidates"]]))
    if "peers" in made:
        parts.append(Section("vergelijkbaar", text("report.section.peers"), tables=[made["peers"]]))
    return [*parts, Section("grenzen", text("report.section.limits"), limits(found))]


def _years(found: Dossier, made: dict[str, Table]) -> Section:
    figures = [(text("report.caption.timeline"), timeline(found))]
    shown = [made["years"], *(made[key] for key in ("attributed", "gap") if key in made)]
    return Section("jaren", text("report.section.years"), figures=figures, tables=shown)
