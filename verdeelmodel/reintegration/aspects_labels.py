"""What a number of aspects with a high position is called: the label sets of the complexity index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.errors import DataError, Problem, RequestError, unknown_name
from verdeelmodel.reintegration.aspects import Both
from verdeelmodel.reintegration.profile_positions import POSITIONS
from verdeelmodel.wording import text

TOP = ("positions", "positions_source", "gemeente", "wijk")
LEVELS = ("gemeente", "wijk")
SET = ("key", "source", "place", "labels")
TABLE_2, FIGURE_12 = "table_2", "figure_12"
PLACES = (TABLE_2, FIGURE_12)
LABEL = ("from", "to", "nl", "en")


@dataclass(frozen=True)
class Label:
    """What `low` to `high` aspects are called."""

    low: int
    high: int
    words: Both


@dataclass(frozen=True)
class LabelSet:
    """The labels of one level under one name; `place` is the only place they are for, if any."""

    key: str
    source: str
    place: str
    labels: tuple[Label, ...]

    def word(self, number: int) -> str:
        """The label of a number of aspects; the number itself where the set has none."""
        return next((str(x.words) for x in self.labels if x.low <= number <= x.high), str(number))


@dataclass(frozen=True)
class Labels:
    """Which positions count for the index, and the label sets of gemeenten (the first in use) and wijken."""

    positions: tuple[str, ...]
    gemeente: tuple[LabelSet, ...]
    wijk: tuple[LabelSet, ...]

    def of_wijken(self, place: str) -> LabelSet:
        """The labels for wijken in a place: those kept for it, or else the first."""
        return next((labels for labels in self.wijk if labels.place == place), self.wijk[0])

    def counts(self, position: str) -> bool:
        """Whether an aspect in this position adds to the index."""
        return position in self.positions


@cache
def default_labels() -> Labels:
    """The label sets of the source, each in the place where it is printed."""
    source = files("verdeelmodel.reintegration").joinpath("aspects_labels.yaml").read_text(encoding="utf-8")
    return _labels(parse_yaml(source, "aspects_labels.yaml"), "aspects_labels.yaml")


def chosen_labels(wanted: str | None) -> Labels:
    """One packaged set for all wijken by its name, or what a user's file says; without either those of the source."""
    packaged = default_labels()
    if wanted is None:
        return packaged
    first = [s for s in packaged.wijk if s.key == wanted]
    if first:
        return Labels(packaged.positions, packaged.gemeente, (replace(first[0], place=""),))
    path = Path(wanted)
    if not path.exists() and path.suffix not in (".yaml", ".yml"):
        names = [s.key for s in packaged.wijk]
        problem = unknown_name(wanted, names, text("profile.what.labels"), "--labels")
        raise RequestError(text("profile.no_such_labels", names=", ".join(names)), [problem])
    return _labels(read_yaml(path), path.name)


def _labels(document: Any, name: str) -> Labels:
    problems = _problems(document, name)
    if problems:
        raise DataError(text("profile.labels_wrong", file=name, count=len(problems)), problems)
    sets = {level: tuple(_label_set(entry) for entry in document[level]) for level in LEVELS}
    return Labels(tuple(document["positions"]), **sets)


def _label_set(entry: Mapping[str, Any]) -> LabelSet:
    labels = tuple(Label(x["from"], x["to"], Both(x["nl"], x["en"])) for x in entry["labels"])
    return LabelSet(str(entry["key"]), str(entry.get("source", "")), str(entry.get("place", "")), labels)


def _problems(document: Any, name: str) -> list[Problem]:
    if not isinstance(document, dict):
        return [Problem(text("profile.not_a_mapping"), name, ", ".join(TOP))]
    what = text("profile.what.key")
    problems = [unknown_name(str(k), TOP, what, name) for k in document if k not in TOP]
    positions = document.get("positions")
    if not isinstance(positions, list) or not positions or any(p not in POSITIONS for p in positions):
        problems.append(Problem(str(positions), f"{name}: positions", ", ".join(POSITIONS)))
    for level in LEVELS:
        sets = document.get(level)
        if not isinstance(sets, list) or not sets:
            problems.append(Problem(text("profile.missing_key", missing=level), name))
            continue
        for place, entry in enumerate(sets, start=1):
            problems += _set_problems(entry, f"{name}: {level} {place}")
    return problems


def _set_problems(entry: Any, where: str) -> list[Problem]:
    if not isinstance(entry, dict) or not isinstance(entry.get("labels"), list) or not entry.get("key"):
        return [Problem(str(entry), where, ", ".join(SET))]
    what = text("profile.what.key")
    problems = [unknown_name(str(k), SET, what, where) for k in entry if k not in SET]
    if entry.get("place") is not None and entry["place"] not in PLACES:
        problems.append(Problem(str(entry["place"]), f"{where}.place", " / ".join(PLACES)))
    labels = [x for x in entry["labels"] if _is_label(x)]
    if len(labels) < len(entry["labels"]):
        wrong = next(x for x in entry["labels"] if not _is_label(x))
        return [*problems, Problem(str(wrong), f"{where}.labels", ", ".join(LABEL))]
    return problems + _gaps(labels, where)


def _is_label(entry: Any) -> bool:
    if not isinstance(entry, dict) or set(entry) != set(LABEL):
        return False
    numbers = [entry["from"], entry["to"]]
    whole = all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in numbers)
    return whole and all(isinstance(entry[k], str) for k in ("nl", "en"))


def _gaps(labels: Sequence[Mapping[str, Any]], where: str) -> list[Problem]:
    """Labels begin at zero and follow each other without gap or overlap."""
    wanted = 0
    for entry in labels:
        if entry["from"] != wanted or entry["to"] < entry["from"]:
            found = f"{entry['from']}-{entry['to']} ({entry['nl']})"
            return [Problem(found, f"{where}.labels", text("profile.expected_from", number=wanted))]
        wanted = entry["to"] + 1
    return []
