"""What is fuzzed: each reader of files that come from elsewhere, as a function of one file.

A reader may return or raise one of the errors a user can meet; anything else is a finding.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
BASE = ROOT / "tests" / "population" / "cases" / "base"
SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class Target:
    """A reader: what it reads, where the input must stand in the prepared folder, seeds, and words of its language."""

    name: str
    file: str
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]
    prepare: Callable[[Path], object] = lambda _folder: None
    words: Sequence[str] = ()
    longest: int = 2000


def _texts(*patterns: str) -> list[bytes]:
    return [path.read_bytes() for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def _csv_table(path: Path) -> object:
    from verdeelmodel.population import CsvColumn, read_csv_table

    kinds = ("text", "integer", "number", "flag", "buurt", "date")
    optional = [CsvColumn(kind, kind, required=False, minimum=None) for kind in kinds]
    return read_csv_table(path, [CsvColumn("gemeente", "gemeente"), *optional], key=("gemeente",), division=2020)


def _convert(path: Path) -> object:
    from verdeelmodel.population.convert import convert_population

    return convert_population(path.parent / "mapping.yaml", path.parent / "uit", force=True)


def _source(path: Path) -> object:
    """Every block of a file, each value read as the column of the schema it most resembles."""
    from verdeelmodel.population.mapping import ColumnMapping
    from verdeelmodel.population.schema import table_schema
    from verdeelmodel.population.sources import open_source
    from verdeelmodel.population.typed import Target as Wanted
    from verdeelmodel.population.typed import typed

    source = open_source(path)
    names = list(dict.fromkeys(source.header))
    schema = list(table_schema("households").columns.values())[1 : len(names) + 1]
    for block in source.blocks(names[: len(schema)]):
        for name, column in zip(names, schema, strict=False):
            typed(block[name], Wanted(column, ColumnMapping(column.name, name, {}), ",", True))
    return source


def _parquet(path: Path) -> object:
    from verdeelmodel.population import open_population

    return open_population(path.parents[1]).households(2020)


def _scenario(path: Path) -> object:
    from verdeelmodel.scenario.reading import read_scenario

    return read_scenario(path)


def _mapping(path: Path) -> object:
    from verdeelmodel.population.mapping import read_mapping

    return read_mapping(path)


def _kenmerken(path: Path) -> object:
    from verdeelmodel.kenmerken.plugins import read_file

    return read_file(path)


def _criteria(path: Path) -> object:
    from verdeelmodel.assess.criteria import read_framework

    return read_framework(path)


def _model(path: Path) -> object:
    from verdeelmodel.model.spec import read_model

    return read_model(str(path))


def _rules(path: Path) -> object:
    from verdeelmodel.disclosure.profile import read_profile

    return read_profile(path)


def _meta(path: Path) -> object:
    from verdeelmodel.population.meta import read_meta

    return read_meta(path.parent)


def _own_table(path: Path) -> object:
    from verdeelmodel.model.own_table import own_design, read_own_table

    return own_design(read_own_table(path), "bijstand", ["leeftijd_1"])


def _excel(path: Path) -> object:
    """The workbook as it is; bytes that are no archive stand in a sound one as its sheet."""
    from verdeelmodel.scenario.starting import scenario_from_excel

    content = path.read_bytes()
    if not content.startswith(b"PK"):
        path.write_bytes(_workbook(content))
    return scenario_from_excel(path)


def _run(path: Path) -> object:
    """A run whose record was made to fit the damage, so that what is behind the record is read as well."""
    from verdeelmodel.record.tables import read_table

    return read_table(path.read_bytes(), b'{"pieces": [], "evidence": {}}', path.name)


def _record(path: Path) -> object:
    from verdeelmodel.record import read_run

    return read_run(path.parent).tables()


@cache
def _sound_workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    rows = [("path", "value"), ("name", "Proef"), ("question", "Wat als?"), ("base", 2022), ("macrobudget", "+5%")]
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _workbook(sheet: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_sound_workbook())) as sound, zipfile.ZipFile(buffer, "w") as made:
        for name in sound.namelist():
            made.writestr(name, sheet if name == SHEET else sound.read(name))
    return buffer.getvalue()


def _workbook_seeds() -> list[bytes]:
    sound = _sound_workbook()
    with zipfile.ZipFile(io.BytesIO(sound)) as book:
        return [sound, book.read(SHEET)]


def _copy_base(folder: Path) -> None:
    shutil.copytree(BASE, folder, dirs_exist_ok=True)


def _population(folder: Path) -> None:
    from verdeelmodel.population.convert import convert_population

    _copy_base(folder / "invoer")
    convert_population(folder / "invoer" / "mapping.yaml", folder / "pop", force=True)


def _made(prepare: Callable[[Path], object], file: str) -> list[bytes]:
    """The file as a prepared folder holds it."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        return [(Path(folder) / file).read_bytes()]


def _spss(folder: Path) -> None:
    import pandas as pd
    import pyreadstat

    pyreadstat.write_sav(pd.read_csv(BASE / "huishoudens.csv"), folder / "huishoudens.sav")


def _small_run(folder: Path) -> None:
    from tests.record.examples import write_example

    write_example(folder / "run", force=True)


TABLE = b"gemeente;text;integer;number;flag;buurt;date\nGM0014;a;1;2,5;ja;BU00140001;2020-01-01\nGM0363;=b;2;-1;nee;;\n"
OWN = b"bijstand,leeftijd_1\n1,31\n0,45\n0,62\n1,24\n"
PARQUET = "pop/households/2020.parquet"
YAML_SIGNS = (
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!!python/object:os.system ",
    "<<: ",
    "null",
    "true",
    ".nan",
    ".inf",
    "1e400",
    "2020-01-01",
    "-1",
    "99999999999999999999",
    "\ufeff",
    "\x00",
    "\u202e",
    "? ",
    "| ",
    "../",
)

TARGETS = {
    target.name: target
    for target in (
        Target(
            "csv", "tabel.csv", _csv_table, lambda: [TABLE], words=("GM0014", "ja", "nee", ";", '"', "\ufeff", "1e9")
        ),
        Target("csv_blocks", "huishoudens.csv", _source, lambda: _texts("tests/population/cases/base/*.csv")),
        Target(
            "csv_convert",
            "huishoudens.csv",
            _convert,
            lambda: _texts("tests/population/cases/base/huish*.csv"),
            _copy_base,
        ),
        Target("own_table", "tabel.csv", _own_table, lambda: [OWN], words=("bijstand", "leeftijd_1", "nan", "inf")),
        Target("parquet", PARQUET, _parquet, lambda: _made(_population, PARQUET), _population, longest=40_000),
        Target("sav", "huishoudens.sav", _source, lambda: _made(_spss, "huishoudens.sav"), longest=4000),
        Target("excel", "scenario.xlsx", _excel, _workbook_seeds, longest=8000),
        Target(
            "mapping", "mapping.yaml", _mapping, lambda: _texts("tests/population/cases/base/mapping.yaml"), _copy_base
        ),
        Target("population_toml", "population.toml", _meta, lambda: _made(_population, "pop/population.toml")),
        Target("scenario", "scenario.yaml", _scenario, lambda: _texts("scenarios/*.yaml")),
        Target("kenmerken", "kenmerken.yaml", _kenmerken, lambda: _texts("fuzz/seeds/kenmerken.yaml")),
        Target("criteria", "criteria.yaml", _criteria, lambda: _texts("fuzz/seeds/criteria.yaml")),
        Target("model", "model.yaml", _model, lambda: _texts("fuzz/seeds/model.yaml")),
        Target("rules", "rules.yaml", _rules, lambda: _texts("verdeelmodel/disclosure/rules.yaml"), longest=4000),
        Target("table", "saldi.parquet", _run, lambda: _made(_small_run, "run/saldi.parquet"), longest=12_000),
        Target("record", "run/record.json", _record, lambda: _made(_small_run, "run/record.json"), _small_run),
    )
}
