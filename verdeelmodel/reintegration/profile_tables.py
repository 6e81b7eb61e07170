"""All tables of a profile, and those about the profile itself: its definitions and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.reintegration.profile_layout import Layout
from verdeelmodel.reintegration.profile_questions import questions_table
from verdeelmodel.reintegration.profile_tables_combinations import combinations_table, numbers_table
from verdeelmodel.reintegration.profile_tables_gemeente import aspects_table, bounds_table, gemeenten_table, table_1
from verdeelmodel.reintegration.profile_tables_published import published_tables
from verdeelmodel.reintegration.profile_tables_wijk import (
    groups_table,
    index_table,
    table_2,
    table_3,
    table_a1,
    table_a2,
)
from verdeelmodel.table import Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.profile_study import RecipientProfile


def all_tables(profile: RecipientProfile) -> list[Table]:
    """Every table of the profile, in the order of the source."""
    return [
        table_1(profile),
        aspects_table(profile),
        gemeenten_table(profile),
        table_2(profile),
        groups_table(profile),
        index_table(profile),
        table_3(profile),
        table_a1(profile),
        table_a2(profile),
        bounds_table(profile),
        numbers_table(profile),
        combinations_table(profile),
        *published_tables(profile),
        questions_table(profile),
        definitions_table(profile),
        suppression_table(profile),
    ]


def definitions_table(profile: RecipientProfile) -> Table:
    """What each aspect is, how it is computed here, and where that differs from the source."""
    layout = Layout("profile_definitions", text("profile.table.definitions", name=str(profile.definitions.name)))
    for key in ("aspect", "definition", "computed", "difference", "place", "certainty"):
        layout.column(key, text(f"profile.column.{key}"))
    persons = profile.definitions.persons
    layout.row(
        aspect=text("profile.persons"),
        definition=text("profile.persons_definition", low=persons.lowest_age, high=persons.highest_age),
        computed=", ".join(text(f"profile.without.{group}") for group in persons.without) or "-",
        difference=str(persons.approximation),
        place=persons.source,
        certainty=persons.certainty,
    )
    for aspect in profile.definitions.aspects:
        layout.row(
            aspect=str(aspect.label),
            definition=str(aspect.definition),
            computed=text(
                "profile.of_household" if aspect.of_household else "profile.of_person",
                name=aspect.household or aspect.column,
            ),
            difference=str(aspect.approximation),
            place=aspect.source,
            certainty=aspect.certainty,
        )
    return layout.table(profile, of=profile.definitions.source).public("settings")


def suppression_table(profile: RecipientProfile) -> Table:
    """How much is left out, and what an attack on all that is shown can still find out."""
    found = profile.published
    layout = Layout("profile_suppression", text("profile.table.suppression"))
    layout.column("what", text("profile.column.what"))
    layout.column("number", text("profile.column.number"), "code")
    narrowest = min((high - low for low, high in found.ranges.values()), default=float("inf"))
    rows = {
        "numbers": str(len(found.known)),
        "threshold": str(profile.threshold),
        "primary": str(len(found.primary)),
        "secondary": str(len(found.secondary)),
        "narrowest": "-" if narrowest == float("inf") else str(round(narrowest)),
    }
    for key, value in rows.items():
        layout.row(what=text(f"profile.left_out.{key}"), number=value)
    return layout.table(profile, [text("profile.note.suppression")], source="").public("counting")
