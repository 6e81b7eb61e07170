"""What every value of the law carries: where it comes from and how certain it is."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from verdeelmodel.documents import parse_yaml
from verdeelmodel.errors import Problem, UnknownRuleError
from verdeelmodel.wording import text


class Certainty(StrEnum):
    """How sure the toolkit is of a value: read in full, secondary source, presumed, or not known."""

    full = "full"
    secondary = "secondary"
    presumed = "presumed"
    unknown = "unknown"

    @property
    def label(self) -> str:
        """The word a reader sees."""
        return text(f"law.certainty.{self.value}")


@dataclass(frozen=True)
class Source:
    """A text that a value was taken from."""

    key: str
    title: str
    identifier: str
    address: str
    copy: str
    reading: Certainty

    def __str__(self) -> str:
        return f"{self.title} ({self.identifier})" if self.identifier else self.title


def packaged_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file in `law/data`."""
    with _data(name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def packaged_document(name: str) -> Any:
    """The document of a YAML file in `law/data`; read once, not to be changed."""
    path = _data(name)
    return parse_yaml(path.read_text(encoding="utf-8"), path.name)


def packaged_names(folder: str, suffix: str) -> tuple[str, ...]:
    """The names without suffix of the files in a folder of `law/data`, sorted."""
    return tuple(sorted(p.stem for p in _data(folder).iterdir() if p.suffix == suffix))


def _data(name: str) -> Path:
    return Path(str(files(__package__).joinpath("data"))) / name


@cache
def sources() -> MappingProxyType[str, Source]:
    """Every source by its key."""
    return MappingProxyType(
        {
            r["source"]: Source(
                r["source"], r["title"], r["identifier"], r["address"], r["copy"], Certainty(r["reading"])
            )
            for r in packaged_rows("sources.csv")
        }
    )


def source_titles(keys: str) -> str:
    """The titles of one or more sources (keys separated by a space), as a reader sees them."""
    return "; ".join(str(sources()[key]) for key in keys.split())


def unknown_year(subject: str, year: object, available: Iterable[object]) -> UnknownRuleError:
    """The error for a year of which the law does not publish this subject, naming the years that exist."""
    years = ", ".join(str(y) for y in available)
    problem = Problem(text("law.years_available", years=years), expected=text("law.never_guessed"))
    return UnknownRuleError(text("law.unknown_year", subject=text(f"law.subject.{subject}"), year=year), [problem])
