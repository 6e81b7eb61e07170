"""The page of a profile: findings, figures of tiles, and every table in the order of the source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.profile_findings import findings
from verdeelmodel.report.figures_profile import (
    gemeenten_figure,
    gemeenten_index_figure,
    index_figure,
    position_figure,
    recipients_figure,
)
from verdeelmodel.report.page import Section, page
from verdeelmodel.report.questions_page import QUESTIONS
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_figures import Area
    from verdeelmodel.reintegration.profile_study import RecipientProfile
    from verdeelmodel.table import Table

# Which tables stand in which part of the page.
PARTS: dict[str, tuple[str, ...]] = {
    "overview": ("profile_table_1", "profile_table_a1"),
    "aspects": ("profile_aspects",),
    "gemeenten": ("profile_gemeenten",),
    "wijken": ("profile_table_2", "profile_table_a2"),
    "groups": ("profile_wijk_groups", "profile_wijk_index"),
    "inequality": ("profile_table_3",),
    "combinations": ("profile_numbers", "profile_combinations"),
    "bounds": ("profile_bounds",),
    "published": ("profile_published_numbers", "profile_published_shares"),
    "questions": ("profile_questions",),
    "definitions": ("profile_definitions",),
    "left_out": ("profile_suppression",),
}
# On the page of questions these can be read in full.
IN_FULL = {"finding", "look", "place", "certainty"}


def profile_page(profile: RecipientProfile) -> str:
    """The whole profile as one HTML file."""
    made = {table.key: table for table in profile.tables()}
    names = ", ".join(area.name for area in profile.areas.chosen)
    title = text("profile.page.title", names=names, year=profile.year)
    lead = [text("profile.page.lead", population=profile.population, definitions=str(profile.definitions.name))]
    parts = [Section("kern", text("profile.page.findings"), findings(profile))]
    parts += [_section(profile, part, made) for part in PARTS if any(key in made for key in PARTS[part])]
    return page(title, title, lead, parts, profile.synthetic)


def _section(profile: RecipientProfile, part: str, made: dict[str, Table]) -> Section:
    tables = [slim(made[key]) for key in PARTS[part] if key in made]
    drawn = _figures(profile, part)
    empty = [text("profile.drawing.empty", caption=caption) for caption, figure in drawn if not figure]
    figures = [(caption, figure) for caption, figure in drawn if figure]
    pages = [(QUESTIONS, text("profile.questions.read"))] if part == "questions" else []
    return Section(part, text(f"profile.page.{part}"), sentences=empty, figures=figures, tables=tables, pages=pages)


def slim(table: Table) -> Table:
    """The table without a first column that is the same in every row, names that repeat the code and long texts."""
    values = {c.key: list(table.values[c.key]) for c in table.columns}
    first = table.columns[0].key
    left_out = {first} if table.row_group == first and len(set(map(str, values[first]))) == 1 else set()
    left_out |= {"name"} if "wijk" in values and values.get("name") == values["wijk"] else set()
    left_out |= IN_FULL if table.key == "profile_questions" else set()
    columns = tuple(c for c in table.columns if c.key not in left_out)
    evidence = {key: behind for key, behind in table.evidence.items() if key not in left_out}
    return replace(table, columns=columns, values={c.key: values[c.key] for c in columns}, evidence=evidence)


def _figures(profile: RecipientProfile, part: str) -> list[tuple[str, str]]:
    """The figures of a part of the page, each with its caption; a figure without anything to show is empty."""
    drawn: list[tuple[str, str]] = []
    if part == "gemeenten":
        for k, aspect in enumerate(profile.definitions.aspects):
            drawn.append((text("profile.drawing.caption_gemeenten", aspect=aspect.label), gemeenten_figure(profile, k)))
        drawn.append((text("profile.drawing.caption_gemeenten_index"), gemeenten_index_figure(profile)))
    for gemeente in profile.areas.chosen:
        if part == "overview":
            caption = text("profile.drawing.caption_recipients", gemeente=gemeente.name)
            drawn.append((caption, recipients_figure(profile, gemeente)))
        if part == "groups":
            drawn += _wijk_figures(profile, gemeente)
    return drawn


def _wijk_figures(profile: RecipientProfile, gemeente: Area) -> list[tuple[str, str]]:
    drawn = []
    for k in profile.wijk_aspects:
        aspect = str(profile.definitions.aspects[k].label)
        caption = text("profile.drawing.caption", aspect=aspect, gemeente=gemeente.name)
        drawn.append((caption, position_figure(profile, gemeente, k)))
    return [*drawn, (text("profile.drawing.caption_index", gemeente=gemeente.name), index_figure(profile, gemeente))]
