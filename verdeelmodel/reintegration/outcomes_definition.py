"""The outcome groups of re-integration as data: who counts, when the outcome is told, and what makes a group."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.wording import language, text

# What can be asked of the months of the window. Work in every month is work in the last; benefit in the last is in any.
CONDITIONS = ("work_last", "work_always", "benefit_last", "benefit_any")
KEYS = ("key", "name", "source", "certainty", "note", "start", "months", "window", "groups")
STATUSES = "udwn"
SHIPPED = ("roa", "roa_tekst")


@dataclass(frozen=True)
class Group:
    """One outcome group: what must hold of the months of the window."""

    key: str
    names: Mapping[str, str]
    when: Mapping[str, bool]

    @property
    def label(self) -> str:
        """Its name in the language in use."""
        return self.names[language()]

    def holds(self, found: Mapping[str, bool]) -> bool:
        """Whether this is the group of a history of which these conditions were found."""
        return all(found[name] == wanted for name, wanted in self.when.items())


@dataclass(frozen=True)
class Definition:
    """Who counts, when the outcome is told, and the groups: every possible history fits exactly one."""

    key: str
    names: Mapping[str, str]
    source: str
    certainty: str
    notes: Mapping[str, str]
    statuses: str
    lowest_age: int
    highest_age: int
    months: int
    window: int
    groups: tuple[Group, ...]

    @property
    def note(self) -> str:
        """What must be known about it, in the language in use."""
        return self.notes[language()]

    def __str__(self) -> str:
        return f"{self.names[language()]}: {'; '.join(f'{i} {g.label}' for i, g in enumerate(self.groups, 1))}"


def read_definition(which: str) -> Definition:
    """The shipped definition of this name, or the one in this YAML file; a DataError with everything that is wrong."""
    if which in SHIPPED:
        source = files(__package__).joinpath("definitions", f"outcomes_{which}.yaml").read_text(encoding="utf-8")
        return _definition(parse_yaml(source, f"{which}.yaml"), f"{which}.yaml")
    path = Path(which)
    if not path.exists() and path.suffix not in (".yaml", ".yml"):
        problem = unknown_name(which, SHIPPED, text("reintegration.definition.what"))
        raise DataError(text("reintegration.definition.unknown", names=", ".join(SHIPPED)), [problem])
    return _definition(read_yaml(path), path.name)


def _definition(document: Any, name: str) -> Definition:
    problems = _problems(document, name)
    if not problems:
        problems = _not_one_group(_groups(document["groups"]), name)
    if problems:
        raise DataError(text("reintegration.definition.wrong", file=name), problems)
    start = document["start"]
    return Definition(
        key=document["key"],
        names=document["name"],
        source=document["source"],
        certainty=document["certainty"],
        notes=document["note"],
        statuses="".join(start["status"]),
        lowest_age=start["lowest_age"],
        highest_age=start["highest_age"],
        months=document["months"],
        window=document["window"],
        groups=_groups(document["groups"]),
    )


def _groups(entries: list[dict[str, Any]]) -> tuple[Group, ...]:
    return tuple(Group(entry["key"], entry["label"], entry["when"]) for entry in entries)


def _problems(document: Any, name: str) -> list[Problem]:
    """Every key that is unknown, absent or holds something else than it should."""
    if not isinstance(document, dict):
        return [Problem(text("reintegration.definition.no_keys"), name)]
    what = text("reintegration.definition.part")
    problems = [unknown_name(str(key), KEYS, what, name) for key in document if key not in KEYS]
    checks: dict[str, Callable[[Any], bool]] = {
        "key": lambda v: isinstance(v, str),
        "name": _in_both,
        "source": lambda v: isinstance(v, str),
        "certainty": lambda v: isinstance(v, str),
        "note": _in_both,
        "start": _is_start,
        "months": lambda v: isinstance(v, int) and 1 <= v <= 600,
        "window": lambda v: isinstance(v, int) and 1 <= v <= 600,
        "groups": lambda v: isinstance(v, list) and len(v) > 1 and all(map(_is_group, v)),
    }
    problems += [
        Problem(str(document.get(key, text("reintegration.definition.absent"))), f"{name}: {key}", _wanted(key))
        for key, right in checks.items()
        if not right(document.get(key))
    ]
    if not problems and document["window"] > document["months"]:
        found = text("reintegration.definition.window", window=document["window"], months=document["months"])
        problems.append(Problem(found, f"{name}: window"))
    return problems


def _wanted(key: str) -> str:
    if key in ("start", "groups"):
        return text(f"reintegration.definition.expected.{key}")
    return text("reintegration.definition.expected.other")


def _in_both(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"nl", "en"} and all(isinstance(v, str) for v in value.values())


def _is_start(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"status", "lowest_age", "highest_age"}:
        return False
    letters, ages = value["status"], (value["lowest_age"], value["highest_age"])
    if not isinstance(letters, list) or not letters or not all(isinstance(a, int) for a in ages):
        return False
    return all(isinstance(v, str) and len(v) == 1 and v in STATUSES for v in letters) and ages[0] <= ages[1]


def _is_group(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"key", "label", "when"} or not isinstance(value["key"], str):
        return False
    when = value["when"]
    if not _in_both(value["label"]) or not isinstance(when, dict) or not set(when) <= set(CONDITIONS):
        return False
    return all(isinstance(wanted, bool) for wanted in when.values())


def possible_findings() -> list[dict[str, bool]]:
    """Every combination of conditions that the months of a window can have."""
    combinations = (dict(zip(CONDITIONS, values, strict=True)) for values in itertools.product((False, True), repeat=4))
    return [f for f in combinations if f["work_last"] >= f["work_always"] and f["benefit_any"] >= f["benefit_last"]]


def _not_one_group(groups: tuple[Group, ...], name: str) -> list[Problem]:
    """Histories that fit no group, or more than one."""
    problems = []
    for found in possible_findings():
        fitting = [g.key for g in groups if g.holds(found)]
        if len(fitting) != 1:
            shown = ", ".join(f"{key}: {str(value).lower()}" for key, value in found.items())
            which = ", ".join(fitting) or text("reintegration.definition.none")
            problems.append(Problem(text("reintegration.definition.fits", which=which), f"{name}: {shown}"))
    return problems
