"""What a population holds, as tables to read."""

from __future__ import annotations

from typing import Any

from verdeelmodel.population.population import Population
from verdeelmodel.population.schema import table_schema
from verdeelmodel.table import Cell, Column, Evidence, NotApplicable, Table, format_number
from verdeelmodel.wording import text


def describe_population(population: Population) -> tuple[Table, Table]:
    """The population year by year, and its columns with what they mean."""
    return years_table(population), columns_table(population)


def years_table(population: Population) -> Table:
    """A row per year: households, municipalities, neighbourhoods, households on bijstand and their share."""
    rows: list[list[Cell]] = []
    behind: list[tuple[int, int]] = []
    for year in population.years:
        bijstand = sum(int(block["bijstand"].sum()) for block in population.chunks(year, ["bijstand"]))
        count = population.count(year)
        areas = [_areas(population, table, year) for table in ("gemeenten", "buurten")]
        share: Cell = bijstand / count if count else NotApplicable(text("population.info.no_households"))
        rows.append([str(year), count, *areas, bijstand, share])
        behind.append((count, bijstand))
    kinds = {
        "year": "code",
        "households": "count",
        "gemeenten": "count",
        "buurten": "count",
        "bijstand": "count",
        "bijstand_share": "share",
    }
    meta = population.meta
    title = text("population.info.title", population=meta.name, division=meta.division)
    notes = [text("population.info.tables", tables=", ".join(population.tables())), _absent_columns(population)]
    if meta.scale != 1:
        notes.append(text("population.info.scale", scale=format_number(meta.scale, "share", 1)))
    if meta.made:
        notes.append(text("population.info.made", made=meta.made))
    made = _table("years", title, kinds, rows, population, tuple(notes))
    made = made.behind([Evidence(count=some) for _, some in behind], ("bijstand",))
    made = made.behind([Evidence(numerator=some, denominator=every) for every, some in behind], ("bijstand_share",))
    return made.behind([Evidence(count=every) for every, _ in behind])


def _absent_columns(population: Population) -> str:
    """How many of the declared household columns are there, and which are not."""
    declared = table_schema("households").columns
    present = set.intersection(*(set(population.columns(year)) for year in population.years))
    absent = ", ".join(name for name in declared if name not in present)
    if not absent:
        return text("population.info.complete", declared=len(declared))
    return text("population.info.absent", present=len(present), declared=len(declared), absent=absent)


def _areas(population: Population, table: str, year: int) -> int:
    return int((population.table(table)["year"] == year).sum())


def columns_table(population: Population) -> Table:
    """A row per declared column of the tables that are there: label, type, unit and whether it is present."""
    rows: list[list[Cell]] = []
    for table in ("households", *population.tables()):
        if table == "households":
            years = [set(population.columns(year)) for year in population.years]
            present = set.intersection(*years)
        else:
            present = set(population.table(table).columns)
        for column in table_schema(table).columns.values():
            rows.append([table, column.name, column.label(), column.type, column.unit, column.name in present])
    kinds = {"table": "code", "column": "code", "label": "text", "type": "code", "unit": "text", "present": "flag"}
    return _table("columns", text("population.info.columns"), kinds, rows, population, ()).public("names")


def _table(
    key: str, title: str, kinds: dict[str, Any], rows: list[list[Cell]], population: Population, notes: tuple[str, ...]
) -> Table:
    columns = tuple(Column(name, text(f"population.info.column.{name}"), kind) for name, kind in kinds.items())
    values = {name: [row[i] for row in rows] for i, name in enumerate(kinds)}
    source = "; ".join(population.meta.sources)
    return Table(key, title, columns, values, population.meta.synthetic, notes, source)
