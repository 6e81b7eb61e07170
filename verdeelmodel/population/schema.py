"""The schema of a population: which tables and columns exist, with type, bounds, codebook, label and source.

The YAML files in `schema/` are the only place where a raw column is declared; everything else reads it from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import yaml

from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.wording import Language, language, text

ColumnType = Literal["bool", "int8", "int16", "int32", "float32", "float64", "string", "date"]
Merge = Literal["sum", "mean", "smallest", "largest"]
NUMBERS: tuple[ColumnType, ...] = ("int8", "int16", "int32", "float32", "float64")
KEYS = frozenset(["type", "nl", "en", "required", "none", "min", "max", "unit", "bron", "codes", "merge", "mean_over"])
REQUIRED_TABLES = ("households", "gemeenten", "buurten")


@dataclass(frozen=True)
class Code:
    """One value of a codebook: what is stored, its key in files of a user, and its label."""

    value: int
    key: str
    nl: str
    en: str

    def label(self, lang: Language | None = None) -> str:
        """The label in this language."""
        return self.nl if (lang or language()) == "nl" else self.en


@dataclass(frozen=True)
class ColumnSchema:
    """One raw column. `none` is the stored value that means "not there"; it may lie outside bounds and codes.

    `merge` says what happens to the value when municipalities merge; for a mean, `mean_over` names the weight.
    """

    name: str
    type: ColumnType
    nl: str
    en: str
    required: bool = False
    none: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    bron: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    merge: Merge = "sum"
    mean_over: str = ""

    def label(self, lang: Language | None = None) -> str:
        """The label in this language."""
        return self.nl if (lang or language()) == "nl" else self.en

    @property
    def dtype(self) -> np.dtype[Any]:
        """The numpy type of the column in memory."""
        names: dict[str, str] = {"string": "object", "date": "datetime64[D]"}
        return np.dtype(names.get(self.type, self.type))

    @property
    def is_number(self) -> bool:
        """Whether values are numbers (codes of a codebook included)."""
        return self.type in NUMBERS


@dataclass(frozen=True)
class TableSchema:
    """One table: its key, the order of its rows and its columns by name."""

    name: str
    key: tuple[str, ...]
    sort: tuple[str, ...]
    columns: Mapping[str, ColumnSchema] = field(repr=False)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be present."""
        return tuple(name for name, column in self.columns.items() if column.required)

    def column(self, name: str) -> ColumnSchema:
        """The column with this name; a RequestError with the closest names when there is none."""
        if name not in self.columns:
            problem = unknown_name(name, list(self.columns), text("population.column"), self.name)
            raise RequestError(text("population.unknown_columns", table=self.name), [problem])
        return self.columns[name]


def table_names() -> tuple[str, ...]:
    """Every table that is declared, the required ones first."""
    return (*REQUIRED_TABLES, *(name for name in _declared() if name not in REQUIRED_TABLES))


@cache
def table_schema(table: str) -> TableSchema:
    """The schema of one table; a RequestError with the closest names when there is no such table."""
    if table not in _declared():
        problem = unknown_name(table, table_names(), text("population.table"))
        raise RequestError(text("population.no_such_table"), [problem])
    source = files("verdeelmodel.population").joinpath("schema", f"{table}.yaml").read_text(encoding="utf-8")
    entry = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe, and fast
    columns = {name: _column(name, facts) for name, facts in entry["columns"].items()}
    return TableSchema(entry["table"], tuple(entry["key"]), tuple(entry["sort"]), MappingProxyType(columns))


@cache
def _declared() -> tuple[str, ...]:
    folder = files("verdeelmodel.population").joinpath("schema")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def _column(name: str, facts: Mapping[str, Any]) -> ColumnSchema:
    unknown = set(facts) - KEYS
    if unknown:
        raise ValueError(f"schema column {name}: unknown keys {sorted(unknown)}")
    codes = facts.get("codes", {})
    return ColumnSchema(
        name=name,
        type=facts["type"],
        nl=facts["nl"],
        en=facts["en"],
        required=facts.get("required", False),
        none=facts.get("none"),
        minimum=facts.get("min"),
        maximum=facts.get("max"),
        unit=facts.get("unit", ""),
        bron=tuple(facts.get("bron", ())),
        merge=facts.get("merge", "mean" if "mean_over" in facts else "sum"),
        mean_over=facts.get("mean_over", ""),
        codes=tuple(Code(int(value), c["key"], c["nl"], c["en"]) for value, c in codes.items()),
    )


def missing_columns(table: str, present: Sequence[str]) -> list[str]:
    """The required columns of the table that are not among these."""
    return [name for name in table_schema(table).required if name not in set(present)]


def format_gemeente(gemeente: int) -> str:
    """The official code: 14 is GM0014."""
    return f"GM{gemeente:04d}"


def format_buurt(buurt: int) -> str:
    """The official code: 140001 is BU00140001."""
    return f"BU{buurt:08d}"
