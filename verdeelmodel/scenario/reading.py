"""Reading scenario files: the chain of bases, files stacked on each other, and single values set from outside.

Everything is validated before anything runs, and every problem of every file is reported together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verdeelmodel.documents import is_there, parse_yaml, read_yaml, requirement
from verdeelmodel.errors import DataError, Problem, RequestError, did_you_mean, unknown_name
from verdeelmodel.law import model_years
from verdeelmodel.scenario.checks import Checker
from verdeelmodel.scenario.definition import Layer, Scenario
from verdeelmodel.scenario.parsing import HEAD, SECTIONS, parse_layer
from verdeelmodel.scenario.shipped import question_of, shipped_scenarios
from verdeelmodel.wording import text

RECORDED = "scenario.json"
LISTS = ("add", "drop", "population")


@dataclass(frozen=True)
class Source:
    """A document with what messages call it, the folder of its file names, and its file when it has one."""

    document: dict[str, Any]
    name: str
    folder: Path
    path: Path | None = None


def read_scenario(written: str | Path, sets: Sequence[str] = ()) -> Scenario:
    """The scenario of a shipped name or a file, or of several with `+` between them, with `PATH=VALUE` texts on top.

    DataError with every problem of every file: unknown keys and names, contradictions, a circular base.
    """
    sources = [load(part, Path()) for part in parts_of(str(written))]
    source = stacked(sources)
    for assignment in sets:
        set_value(source.document, *split_assignment(assignment))
    return build(source, [s.path for s in sources if s.path is not None])


def with_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with other values at these paths, validated again."""
    document = deepcopy(dict(scenario.document))
    for path, value in values.items():
        set_value(document["layers"][-1], path, value)
    return from_document(document, scenario.files)


def parts_of(written: str) -> list[str]:
    """The names between the plus signs; a file whose name has a plus sign is one name."""
    if is_there(Path(written)):
        return [written]
    return [part.strip() for part in written.split("+") if part.strip()] or [written]


def load(written: str, folder: Path) -> Source:
    """The document of a shipped name, a file or a run of a scenario."""
    path = folder / written
    if written in shipped_scenarios() and not is_there(path):
        path = shipped_scenarios()[written].path
    if is_there(path) and path.is_dir():
        return Source({"run": str(path)}, path.name, path)
    if not is_there(path) or not path.is_file():
        known = list(shipped_scenarios())
        raise DataError(
            text("scenario.no_such", name=written),
            [Problem(text("scenario.no_such_found", names=", ".join(known)), expected=did_you_mean(written, known))],
        )
    document = read_yaml(path)
    if not isinstance(document, dict):
        raise DataError(text("scenario.not_a_scenario", file=path.name))
    return Source({"question": question_of(path), **document}, path.name, path.parent, path)


def stacked(sources: Sequence[Source]) -> Source:
    """One document of several: later values win, lists are joined, and the bases must agree."""
    if len(sources) == 1:
        return Source(deepcopy(sources[0].document), sources[0].name, sources[0].folder, sources[0].path)
    bases = {str(s.document["base"]) for s in sources if "base" in s.document}
    name = " + ".join(s.name for s in sources)
    if len(bases) > 1:
        found = Problem(", ".join(sorted(bases)), f"{name}: base", text("scenario.expected.one_base"))
        raise DataError(text("scenario.wrong", file=name, count=1), [found])
    joined: dict[str, Any] = {}
    for source in sources:
        joined = merged(joined, resolved_files(source))
    for key in ("name", "question"):
        joined[key] = " + ".join(str(s.document.get(key) or s.name) for s in sources)
    return Source(joined, name, sources[0].folder)


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two documents as one: mappings are merged, the lists of changes are joined, other values are those of `over`."""
    result = deepcopy(dict(under))
    for key, value in over.items():
        before = result.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            result[key] = merged(before, value)
        elif key in LISTS and before is not None:
            result[key] = [*_list(before), *_list(value)]
        else:
            result[key] = deepcopy(value)
    return result


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def resolved_files(source: Source) -> dict[str, Any]:
    """The document with its file names made whole, so that it can be stacked on one from another folder."""
    document = deepcopy(source.document)
    model = document.get("model")
    if isinstance(model, dict) and isinstance(model.get("file"), str):
        model["file"] = str((source.folder / model["file"]).resolve())
    for step in _list(document.get("population") or []):
        replaced = step.get("replace") if isinstance(step, dict) else None
        if isinstance(replaced, dict) and isinstance(replaced.get("file"), str):
            replaced["file"] = str((source.folder / replaced["file"]).resolve())
    return document


def split_assignment(assignment: str) -> tuple[str, Any]:
    """`rules.threshold_high=50000` as a path and a value; the value is read as YAML."""
    path, sign, value = assignment.partition("=")
    if not sign or not path.strip() or not value.strip():
        raise RequestError(text("scenario.set_unreadable", text=assignment))
    return path.strip(), parse_yaml(value, f"--set {path.strip()}")


def set_value(document: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a dotted path; a number in the path is the place in a list, counted from one."""
    *above, last = path.split(".")
    place: Any = document
    for step in above:
        place = _below(place, step, path)
    if isinstance(place, list):
        place[_index(place, last, path)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise RequestError(text("scenario.no_such_path", path=path, step=last))


def _below(place: Any, step: str, path: str) -> Any:
    if isinstance(place, list):
        return place[_index(place, step, path)]
    if not isinstance(place, dict):
        raise RequestError(text("scenario.no_such_path", path=path, step=step))
    if not isinstance(place.get(step), dict | list):
        place[step] = {}
    return place[step]


def _index(place: list[Any], step: str, path: str) -> int:
    if not step.isdecimal() or len(step) > 6 or not 1 <= int(step) <= len(place):
        raise RequestError(text("scenario.no_such_path", path=path, step=step))
    return int(step) - 1


def build(source: Source, paths: Sequence[Path]) -> Scenario:
    """The scenario of this document with its chain of bases."""
    chain = [source, *base_chain(source, tuple(p.resolve() for p in paths))]
    files = {s.path.name: s.path for s in chain if s.path is not None} | {p.name: p for p in paths}
    year, below = chain[-1].document.get("base"), [resolved_files(s) for s in reversed(chain)]
    for document in below:
        document.pop("base", None)
    names = [s.name for s in reversed(chain)]
    return from_document({"base_year": year, "names": names, "layers": below}, files)


def base_chain(source: Source, seen: tuple[Path, ...]) -> list[Source]:
    """The documents below this one, nearest first; the last one stands on a model year."""
    base = source.document.get("base")
    where = f"{source.name}: base"
    if isinstance(base, int) and not isinstance(base, bool):
        if base not in model_years():
            raise DataError(
                text("scenario.wrong", file=source.name, count=1),
                [Problem(str(base), where, ", ".join(map(str, model_years())))],
            )
        return []
    if not isinstance(base, str):
        found = Problem("-" if base is None else str(base), where, text("scenario.expected.base"), "base: 2022")
        raise DataError(text("scenario.wrong", file=source.name, count=1), [found])
    below = load(base, source.folder)
    if "run" in below.document:
        return recorded_chain(Path(below.document["run"]))
    path = below.path.resolve() if below.path else Path(base)
    if path in seen:
        names = " -> ".join([*(p.name for p in seen), path.name])
        raise DataError(text("scenario.circular", chain=names))
    return [below, *base_chain(below, (*seen, path))]


def recorded_chain(folder: Path) -> list[Source]:
    """The documents that a run of a scenario was made from, nearest first."""
    from verdeelmodel.record import read_run

    run = read_run(folder)
    if RECORDED not in run.record["outputs"]:
        raise RequestError(text("scenario.not_a_run", run=folder.name, verb=run.verb))
    recorded = run.json(RECORDED)
    names = [f"{folder.name}/{name}" for name in recorded["names"]]
    sources = [Source(d, n, folder) for d, n in zip(recorded["layers"], names, strict=True)]
    sources[0].document["base"] = recorded["base_year"]
    return sources[::-1]


def from_document(document: Mapping[str, Any], files: Mapping[str, Path]) -> Scenario:
    """The scenario of a whole document (base year, names, layers), with every problem of every layer together."""
    problems: list[Problem] = []
    layers = []
    for entries, name in zip(document["layers"], document["names"], strict=True):
        layer, found = checked_layer(entries, name)
        layers.append(layer)
        problems += found
    top, name = document["layers"][-1], document["names"][-1]
    ranges = checked_ranges(top, name, problems)
    if problems:
        raise DataError(text("scenario.wrong", file=name, count=len(problems)), problems)
    return Scenario(
        name=layers[-1].name,
        question=str(top.get("question", "")),
        description=" ".join(str(top.get("description", "")).split()),
        base_year=int(document["base_year"]),
        below=tuple(layers[:-1]),
        layer=layers[-1],
        ranges=ranges,
        document=json.loads(json.dumps(document, default=str)),
        files=files,
    )


def checked_layer(entries: Mapping[str, Any], name: str) -> tuple[Layer, list[Problem]]:
    """The differences in one document, and what is wrong with it."""
    known = (*HEAD, *SECTIONS)
    check = Checker(name)
    check.problems += requirement(dict(entries), name)
    check.problems += [unknown_name(str(k), known, text("scenario.key"), name) for k in entries if k not in known]
    return parse_layer(entries, check, Path()), check.problems


def checked_ranges(
    entries: Mapping[str, Any], name: str, problems: list[Problem]
) -> tuple[tuple[str, float, float], ...]:
    """The inputs that are not known; both ends of each range must be values the scenario accepts."""
    check = Checker(name)
    ranges = []
    for path, ends in check.mapping(entries.get("ranges"), "ranges").items():
        if not is_range(ends):
            check.wrong(ends, f"ranges.{path}", text("scenario.expected.range"))
            continue
        for end in ends:
            tried = deepcopy({key: value for key, value in entries.items() if key != "ranges"})
            known = {str(problem) for problem in problems}
            set_value(tried, path, end)
            check.problems += [p for p in checked_layer(tried, name)[1] if str(p) not in known]
        ranges.append((path, float(ends[0]), float(ends[1])))
    problems += check.problems
    return tuple(ranges)


def is_range(ends: Any) -> bool:
    """Whether this is a list of a number and a higher number."""
    if not isinstance(ends, list) or len(ends) != 2:
        return False
    numbers = [v for v in ends if isinstance(v, int | float) and not isinstance(v, bool)]
    return len(numbers) == 2 and numbers[0] < numbers[1]
