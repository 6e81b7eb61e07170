"""The page of a profile: findings, figures of tiles, and every table in the order of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.reintegration.profile_findings import findings
from verdeelmodel.report.figures_profile import gemeenten_figure, index_figure, position_figure
from verdeelmodel.report.page import Section, page
from verdeelmodel.wording import text

if TYPE_CHECKING:
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
    "definitions": ("profile_definitions",),
    "left_out": ("profile_suppression",),
}


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
    tables = [made[key] for key in PARTS[part] if key in made]
    return Section(part, text(f"profile.page.{part}"), figures=_figures(profile, part), tables=tables)


def _figures(profile: RecipientProfile, part: str) -> list[tuple[str, str]]:
    aspects = profile.definitions.aspects
    if part == "gemeenten":
        return [
            (text("profile.drawing.caption_gemeenten", aspect=str(aspect.label)), gemeenten_figure(profile, k))
            for k, aspect in enumerate(aspects)
        ]
    if part != "groups":
        return []
    drawn = []
    for gemeente in profile.areas.chosen:
        for k in profile.wijk_aspects:
            caption = text("profile.drawing.caption", aspect=str(aspects[k].label), gemeente=gemeente.name)
            drawn.append((caption, position_figure(profile, gemeente, k)))
        drawn.append((text("profile.drawing.caption_index", gemeente=gemeente.name), index_figure(profile, gemeente)))
    return drawn
