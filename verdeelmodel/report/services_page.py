"""The page on services: everything of the study to read and print, and its figures as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.reintegration.services_tables_odds import compared_note, selection_warning
from verdeelmodel.report.figures_services import funnel_figure, incidence_figure, odds_figure
from verdeelmodel.report.page import Section, page
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

PAGE = "services.html"
# The parts of each section of the page; rows of persons and free text are for review and stay out.
SECTIONS = {
    "data": ("reading",),
    "people": ("gemeenten", "persons", "housing", "provision", "status", "outcome"),
    "chances": ("odds", "tailored_odds", "overall"),
    "offered": ("offered", "service_odds", "selection", "truth"),
    "time": ("leaving", "returns", "cox"),
    "gemeenten": ("funnel",),
    "source": ("published",),
}
FIGURES = {"offered": odds_figure, "time": incidence_figure, "gemeenten": funnel_figure}


def services_page(study: ServicesStudy) -> str:
    """The whole page; the same study gives the same bytes."""
    sections = [_section(study, key) for key in SECTIONS]
    lead = [text("services.page.lead"), str(study.clients), *compared_note(study), *selection_warning(study)]
    title = text("services.page.title")
    return page(title, title, lead, sections, study.clients.synthetic)


def _section(study: ServicesStudy, key: str) -> Section:
    drawn = FIGURES[key](study) if key in FIGURES else ""
    name = {"offered": "odds", "time": "incidence", "gemeenten": "funnel"}.get(key, "")
    figures = [(text(f"services.figure.{name}"), drawn)] if drawn else []
    tables = study.tables(SECTIONS[key])
    return Section(key, text(f"services.page.{key}"), figures=figures, tables=tables)


def services_files(study: ServicesStudy) -> dict[str, str]:
    """The page and every figure that there is, by file name."""
    found = {PAGE: services_page(study)}
    drawn = {"funnel.svg": funnel_figure, "leaving.svg": incidence_figure, "odds.svg": odds_figure}
    return found | {name: svg for name, draw in drawn.items() if (svg := draw(study))}
