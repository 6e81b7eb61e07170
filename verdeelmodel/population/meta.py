"""What a population says about itself: `population.toml`."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.wording import text

FILE = "population.toml"
LARGEST = 1_000_000
KINDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "synthetic": (bool,),
    "division": (int,),
    "years": (list,),
    "seed": (int,),
    "scale": (int, float),
    "sources": (list,),
    "made": (str,),
}
REQUIRED = ("name", "synthetic", "division", "years")


@dataclass(frozen=True)
class PopulationMeta:
    """Name, whether it is synthetic, the division year of the codes, the years, and how it was made.

    `scale` is the fraction of the real number of households; `seed` is None for data that were not drawn.
    """

    name: str
    synthetic: bool
    division: int
    years: tuple[int, ...]
    seed: int | None = None
    scale: float = 1.0
    sources: tuple[str, ...] = ()
    made: str = ""

    def __post_init__(self) -> None:
        """Refuse, with every problem together, what cannot describe a population."""
        problems = _meta_problems(self)
        if problems:
            raise DataError(text("population.meta_wrong", file=FILE), problems)

    def to_toml(self) -> str:
        """The content of `population.toml`; reading it back gives an equal object."""
        lines = [
            f"{f.name} = {_toml(getattr(self, f.name))}" for f in fields(self) if getattr(self, f.name) is not None
        ]
        return "\n".join(lines) + "\n"


def read_meta(folder: Path) -> PopulationMeta:
    """The metadata in this folder; a DataError naming every wrong, missing or unknown key."""
    path = folder / FILE
    if not path.is_file():
        found = text("population.no_meta", folder=folder.name, file=FILE)
        raise DataError(text("population.not_a_population", folder=folder.name), [
            Problem(found, remedy=text("population.no_meta_remedy"))
        ])  # fmt: skip
    return meta_from(_parse(path), FILE)


def meta_from(entries: dict[str, Any], name: str) -> PopulationMeta:
    """The metadata in these entries of a document called `name`."""
    problems = [unknown_name(key, list(KINDS), text("population.key"), name) for key in entries if key not in KINDS]
    problems += [
        Problem(text("population.key_missing", name=key), name, remedy=_example(key, name))
        for key in REQUIRED
        if key not in entries
    ]
    problems += [
        _wrong_kind(key, value, name) for key, value in entries.items() if key in KINDS and not _fits(key, value)
    ]
    if problems:
        raise DataError(text("population.meta_wrong", file=name), problems)
    lists = {key: tuple(entries.get(key, ())) for key in ("years", "sources")}
    return PopulationMeta(**{**entries, **lists})


def _parse(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(text("documents.too_large", file=path.name, limit=LARGEST))
        return tomllib.loads(path.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise DataError(text("documents.unreadable", file=path.name, reason=error.strerror or str(error))) from error
    except UnicodeDecodeError as error:
        raise DataError(text("documents.not_utf8", file=path.name)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(text("population.not_toml", file=path.name), [Problem(str(error))]) from error


def _fits(key: str, value: object) -> bool:
    if isinstance(value, bool) and bool not in KINDS[key]:
        return False
    if not isinstance(value, KINDS[key]):
        return False
    if isinstance(value, list):
        inner = int if key == "years" else str
        return all(isinstance(v, inner) and not isinstance(v, bool) for v in value)
    return True


def _wrong_kind(key: str, value: object, name: str) -> Problem:
    return Problem(text("population.key_wrong", name=key, value=repr(value)), name, remedy=_example(key, name))


def _example(key: str, name: str) -> str:
    """The line to type; a mapping is YAML, the rest TOML."""
    line = text(f"population.key_example.{key}")
    return line if name == FILE else line.replace(" = ", ": ", 1)


def _meta_problems(meta: PopulationMeta) -> list[Problem]:
    wrong = {
        "name": not meta.name.strip(),
        "division": not 1990 <= meta.division <= 2100,
        "years": not meta.years
        or len(set(meta.years)) < len(meta.years)
        or not all(1990 <= y <= 2100 for y in meta.years),
        "scale": not 0 < meta.scale <= 1000,
    }
    return [_wrong_kind(key, getattr(meta, key), FILE) for key, is_wrong in wrong.items() if is_wrong]


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
