"""A population as CSV or SPSS files, with the mapping that reads them back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.csv as pa_csv

from verdeelmodel.errors import RequestError
from verdeelmodel.population.mapping import YEAR
from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.parquet import arrow_schema
from verdeelmodel.population.population import Population
from verdeelmodel.population.schema import TableSchema, table_schema
from verdeelmodel.population.sources import load_pyreadstat
from verdeelmodel.record import whole_folder
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

MAPPING = "mapping.yaml"
# SPSS files are written from memory; a year of more cells than this does not fit in a small computer.
MOST_CELLS = 200_000_000
# Words that SPSS keeps for itself.
RESERVED = frozenset({"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"})
Form = Literal["csv", "sav"]
Told = Callable[[float], None]


def export_population(
    population: Population, out: Path, form: Form, force: bool = False, told: Told = lambda _rows: None
) -> None:
    """Write every table as CSV (comma, decimal point) or `.sav` (labels and codebooks included), whole or not at all.

    `population convert MAPPING` reads the folder back into an equal population.
    """
    with whole_folder(out, force, marker=MAPPING) as folder:
        for year in population.years:
            path = folder / f"households_{year}.{form}"
            if form == "csv":
                _households_csv(population, year, path, told)
            else:
                _households_sav(population, year, path, told)
        for table in population.tables():
            frame, schema = population.table(table), table_schema(table)
            if form == "csv":
                _frame_csv(frame, schema, folder / f"{table}.csv")
            else:
                _frame_sav(frame, schema, folder / f"{table}.sav", population.meta)
        document = mapping_document(population, form)
        (folder / MAPPING).write_text(document, encoding="utf-8", newline="\n")


def _households_csv(population: Population, year: int, path: Path, told: Told) -> None:
    schema = arrow_schema(table_schema("households"), population.columns(year), {})
    with pa_csv.CSVWriter(path, schema, write_options=_csv_options()) as writer:
        for block in population.chunks(year):
            arrays = [pa.array(block[name], type=schema.field(name).type) for name in schema.names]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            told(len(arrays[0]))


def _frame_csv(frame: pd.DataFrame, schema: TableSchema, path: Path) -> None:
    fields = arrow_schema(schema, list(frame.columns), {})
    arrays = [pa.array(frame[f.name], type=f.type, from_pandas=True) for f in fields]
    pa_csv.write_csv(pa.Table.from_arrays(arrays, schema=fields), path, _csv_options())


def _csv_options() -> pa_csv.WriteOptions:
    return pa_csv.WriteOptions(quoting_style="needed")


def _households_sav(population: Population, year: int, path: Path, told: Told) -> None:
    import pandas as pd

    columns = population.columns(year)
    if population.count(year) * len(columns) > MOST_CELLS:
        rows = population.count(year)
        raise RequestError(text("population.export.too_large_for_sav", year=year, rows=rows, columns=len(columns)))
    frame = pd.DataFrame(population.households(year))
    _frame_sav(frame, table_schema("households"), path, population.meta)
    told(len(frame))


def _frame_sav(frame: pd.DataFrame, schema: TableSchema, path: Path, meta: PopulationMeta) -> None:
    columns = {spss_name(name): schema.columns[name] for name in frame.columns}
    ready = frame.rename(columns=spss_name)
    for name, column in columns.items():
        if column.type == "bool":
            ready[name] = ready[name].astype("int8" if not ready[name].isna().any() else "float64")
        elif column.type in ("string", "date"):
            ready[name] = ready[name].astype(object).where(ready[name].notna(), None)
        if column.type == "date":
            ready[name] = [None if day is None else day.date() if hasattr(day, "date") else day for day in ready[name]]
    labels: dict[str, Any] = {name: {c.value: c.label() for c in column.codes} for name, column in columns.items()}
    load_pyreadstat().write_sav(
        ready,
        path,
        file_label=text("table.synthetic") if meta.synthetic else "",
        column_labels=[column.label()[:255] for column in columns.values()],
        variable_value_labels={name: values for name, values in labels.items() if values},
    )


def spss_name(name: str) -> str:
    """The name of a column in SPSS, which keeps a few words for itself."""
    return f"{name}_" if name in RESERVED else name


def mapping_document(population: Population, form: Form) -> str:
    """The mapping that reads the exported files, as YAML."""
    lines = [*meta_lines(population.meta), 'decimal: "."', "households:", f'  file: "households_{YEAR}.{form}"']
    for table in population.tables():
        lines += [f"{table}:", f"  file: {table}.{form}"]
        renamed = [name for name in population.table(table).columns if form == "sav" and spss_name(name) != name]
        if renamed:
            lines += ["  columns:", *(f"    {name}: {spss_name(name)}" for name in population.table(table).columns)]
    return "\n".join(lines) + "\n"


def meta_lines(meta: PopulationMeta) -> list[str]:
    """What a population says of itself as the first lines of a mapping."""
    shown: dict[str, Any] = {
        "name": meta.name,
        "synthetic": meta.synthetic,
        "division": meta.division,
        "years": list(meta.years),
        "seed": meta.seed,
        "scale": meta.scale,
        "sources": list(meta.sources),
        "made": meta.made,
    }
    return [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in shown.items() if value is not None]
