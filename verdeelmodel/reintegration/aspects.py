"""The aspects of a profile as data: who is counted, what each aspect is, where it comes from and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.reintegration.aspects_check import fail_if_definitions_wrong
from verdeelmodel.wording import language

STUDENTS, PENSIONERS = "students", "pensioners"
SLOTS = (1, 2, 3)


@dataclass(frozen=True)
class Both:
    """A text of the definitions in Dutch and English."""

    nl: str
    en: str

    def __str__(self) -> str:
        return self.nl if language() == "nl" else self.en


@dataclass(frozen=True)
class Persons:
    """Who belongs to the potential labour force; `without` names the others left out of the comparison."""

    lowest_age: int
    highest_age: int
    without: tuple[str, ...]
    source: str
    certainty: str
    approximation: Both


@dataclass(frozen=True)
class Aspect:
    """One aspect: of the household (`household` names a kenmerk or column) or of the person (`column` and `codes`)."""

    key: str
    label: Both
    short: Both
    household: str
    column: str
    codes: tuple[int, ...]
    wijk: bool
    definition: Both
    source: str
    certainty: str
    approximation: Both

    @property
    def of_household(self) -> bool:
        """Whether every adult of a household shares it."""
        return bool(self.household)


@dataclass(frozen=True)
class Definitions:
    """All aspects of a profile in order, and the persons they are counted on."""

    name: Both
    source: str
    persons: Persons
    aspects: tuple[Aspect, ...]

    @property
    def combinations(self) -> int:
        """How many combinations of aspects there are."""
        return 1 << len(self.aspects)

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(str(a.label) for a in self.aspects)}"


@cache
def default_definitions() -> Definitions:
    """The five aspects of the source."""
    source = files("verdeelmodel.reintegration").joinpath("aspects.yaml").read_text(encoding="utf-8")
    return _definitions(parse_yaml(source, "aspects.yaml"), "aspects.yaml")


def read_definitions(path: Path) -> Definitions:
    """The definitions in a user's file; everything that is wrong is reported together."""
    return _definitions(read_yaml(path), path.name)


def _definitions(document: Any, name: str) -> Definitions:
    fail_if_definitions_wrong(document, name)
    return Definitions(
        name=_both(document["name"]),
        source=str(document["source"]),
        persons=_persons(document["persons"]),
        aspects=tuple(_aspect(entry) for entry in document["aspects"]),
    )


def _persons(entry: Mapping[str, Any]) -> Persons:
    return Persons(
        lowest_age=int(entry["lowest_age"]),
        highest_age=int(entry["highest_age"]),
        without=tuple(entry.get("comparison_without") or ()),
        source=str(entry["source"]),
        certainty=str(entry["certainty"]),
        approximation=_both(entry["approximation"]),
    )


def _aspect(entry: Mapping[str, Any]) -> Aspect:
    from verdeelmodel.kenmerken.volwassenen import codes

    person = entry.get("person") or {}
    column = str(person.get("column", ""))
    book = codes(f"{column}_1") if column else {}
    return Aspect(
        key=entry["key"],
        label=_both(entry["label"]),
        short=_both(entry.get("short") or entry["label"]),
        household=str(entry.get("household", "")),
        column=column,
        codes=tuple(book[code] for code in person.get("codes", ())),
        wijk=bool(entry["wijk"]),
        definition=_both(entry["definition"]),
        source=str(entry["source"]),
        certainty=str(entry["certainty"]),
        approximation=_both(entry["approximation"]),
    )


def _both(value: Any) -> Both:
    return Both(value["nl"], value["en"]) if isinstance(value, dict) else Both(str(value), str(value))
