"""An empty input to fill: a CSV per table with the header, and a mapping in which every line is explained."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.population.bounds import expected
from verdeelmodel.population.export import MAPPING, meta_lines
from verdeelmodel.population.mapping import YEAR
from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.schema import REQUIRED_TABLES, ColumnSchema, table_names, table_schema
from verdeelmodel.record import whole_folder
from verdeelmodel.wording import text

Needed = Mapping[str, Collection[str]]


def everything() -> dict[str, tuple[str, ...]]:
    """Every declared column of every table."""
    return {table: tuple(table_schema(table).columns) for table in table_names()}


def population_template(
    out: Path, meta: PopulationMeta, needed: Needed | None = None, title: str = "", force: bool = False
) -> list[Path]:
    """Write an empty CSV per table and a commented mapping; the files, by name.

    `needed` names per table the columns that are asked for (default: all); required columns always come along, and a
    table of which nothing is needed is left out unless it is required.
    """
    chosen = _chosen(needed or everything())
    with whole_folder(out, force, marker=MAPPING) as folder:
        for table, columns in chosen.items():
            for name in _files(table, meta):
                (folder / name).write_text(",".join(columns) + "\n", encoding="utf-8", newline="\n")
        (folder / MAPPING).write_text(commented_mapping(meta, chosen, title), encoding="utf-8", newline="\n")
    return sorted(out.iterdir())


def _chosen(needed: Needed) -> dict[str, list[str]]:
    """The columns per table in the order of the schema, required ones included."""
    problems = [
        unknown_name(column, list(table_schema(table).columns), text("population.column"), table)
        for table, columns in needed.items()
        for column in columns
        if column not in table_schema(table).columns
    ]
    if problems:
        raise RequestError(text("population.no_such_column"), problems)
    chosen = {}
    for table in table_names():
        wanted = set(needed.get(table, ()))
        if wanted or table in REQUIRED_TABLES:
            schema = table_schema(table)
            chosen[table] = [name for name, c in schema.columns.items() if c.required or name in wanted]
    return chosen


def _files(table: str, meta: PopulationMeta) -> list[str]:
    if table != "households":
        return [f"{table}.csv"]
    return [f"households_{year}.csv" for year in meta.years]


def commented_mapping(meta: PopulationMeta, chosen: Mapping[str, Collection[str]], title: str = "") -> str:
    """The mapping of a template: what to change, and per column what it holds."""
    lines = [f"# {title}"] if title else []
    lines += [f"# {line}" for line in text("population.template.head").splitlines()]
    lines += ["", *meta_lines(meta), '# decimal: ","', ""]
    for table, columns in chosen.items():
        file = f'"households_{YEAR}.csv"' if table == "households" else f"{table}.csv"
        lines += [f"{table}:", f"  file: {file}", "  # ignore: all", "  columns:"]
        for name in columns:
            column = table_schema(table).columns[name]
            lines += [f"    # {_comment(column)}", f"    {name}: {name}", *_codes_example(column)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _comment(column: ColumnSchema) -> str:
    """A column in one line: label, unit, source, what it may hold, and whether it must be there."""
    unit = f" [{column.unit}]" if column.unit else ""
    source = f" ({', '.join(column.bron)})" if column.bron else ""
    must = text("population.template.required") if column.required else text("population.template.optional")
    return f"{column.label()}{unit}{source}; {must}. {expected(column)}"


def _codes_example(column: ColumnSchema) -> list[str]:
    """For a column with a codebook, the longer way to write it, ready to be changed."""
    if not column.codes:
        return []
    codes = ", ".join(f"{code.value}: {code.key}" for code in column.codes)
    return [f"    # {column.name}: {{from: {column.name}, codes: {{{codes}}}}}"]
