"""The scenarios that come with the toolkit: files in `scenarios/`, each with its question in the first line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from verdeelmodel.documents import read_yaml
from verdeelmodel.table import Column, Table
from verdeelmodel.wording import text

FOLDER = Path(__file__).parents[2] / "scenarios"


@dataclass(frozen=True)
class Shipped:
    """A scenario that comes with the toolkit: its key, question, name and what was found with it."""

    key: str
    question: str
    name: str
    description: str
    path: Path


@cache
def shipped_scenarios() -> dict[str, Shipped]:
    """Every shipped scenario by key, in alphabetical order."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        document = read_yaml(path)
        entry = Shipped(
            path.stem,
            question_of(path),
            str(document.get("name", path.stem)),
            str(document.get("description", "")),
            path,
        )
        found[entry.key] = entry
    return found


def question_of(path: Path) -> str:
    """The question in the first line of a scenario file, or an empty text."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return lines[0].lstrip("# ").strip() if lines and lines[0].startswith("#") else ""


def shipped_table() -> Table:
    """A row per shipped scenario."""
    entries = list(shipped_scenarios().values())
    columns = tuple(Column(key, text(f"scenario.label.{key}")) for key in ("key", "question", "description"))
    values = {
        "key": [e.key for e in entries],
        "question": [e.question for e in entries],
        "description": [" ".join(e.description.split()) for e in entries],
    }
    return Table("scenarios", text("scenario.list_title"), columns, values).public("names")
