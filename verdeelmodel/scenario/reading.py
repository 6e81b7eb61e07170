"""Reading scenario files: the chain of bases, files stacked on each other, and single values set from outside.

Everything is validated before anything runs, and every problem of every file is reported together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verdeelmodel.documents import is_there, parse_yaml, read_yaml, requirement
from verdeelmodel.errors import DataError, Problem, RequestError, VerdeelmodelError, did_you_mean, unknown_name
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
    """A document with what messages call it, the folder of its file names, and its file when it has one.

    `below` are the documents it stands on, nearest first, where these were recorded with it.
    """

    document: dict[str, Any]
    name: str
    folder: Path
    path: Path | None = None
    below: tuple[Source, ...] = ()

    @property
    def base(self) -> str:
        """What it stands on, in a word; empty when it does not say."""
        return self.name if self.below else str(self.document.get("base", ""))


def read_scenario(written: str | Path, sets: Sequence[str] = ()) -> Scenario:
    """The scenario of a shipped name, a file or a run, or of several with `+` between them, with `PATH=VALUE` on top.

    DataError with every problem of every file: unknown keys and names, contradictions, a circular base.
    """
    scenario, problems = examined_scenario(written, sets)
    if scenario is None or problems:
        raise DataError(text("scenario.wrong", file=str(written), count=len(problems)), problems)
    return scenario


def examined_scenario(written: str | Path, sets: Sequence[str] = ()) -> tuple[Scenario | None, list[Problem]]:
    """The scenario as far as it can be read, and everything that is wrong with it; None without a sound base.

    DataError for what cannot be read at all.
    """
    sources = [load(part, Path()) for part in parts_of(str(written))]
    source = stacked(sources)
    for assignment in sets:
        set_value(source.document, *split_assignment(assignment))
    return examined_source(source, [s.path for s in sources if s.path is not None])


def with_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with other values at these paths, validated again."""
    document = deepcopy(dict(scenario.document))
    problems = [p for path in values for p in no_input(path, "")]
    for path, value in values.items():
        set_value(document["layers"][-1], path, value)
    found, wrong = examined_document(document, scenario.files)
    problems += wrong
    if problems:
        raise DataError(text("scenario.wrong", file=document["names"][-1], count=len(problems)), problems)
    return found


def no_input(path: str, where: str) -> list[Problem]:
    """The problem of a path that cannot run through values: it is no input of the calculation."""
    section = path.split(".")[0]
    return [] if section in SECTIONS else [unknown_name(section, SECTIONS, text("scenario.input"), where)]


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
        return recorded(path)
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
        return replace(sources[0], document=deepcopy(sources[0].document))
    bases = {s.base for s in sources if s.base}
    name = " + ".join(s.name for s in sources)
    if len(bases) > 1:
        found = Problem(", ".join(sorted(bases)), f"{name}: base", text("scenario.expected.one_base"))
        raise DataError(text("scenario.wrong", file=name, count=1), [found])
    joined: dict[str, Any] = {}
    for source in sources:
        joined = merged(joined, resolved_files(source))
    joined["name"] = " + ".join(str(s.document.get("name") or s.name) for s in sources)
    joined["question"] = " ".join(str(s.document["question"]) for s in sources if s.document.get("question"))
    return Source(joined, name, sources[0].folder, below=next((s.below for s in sources if s.below), ()))


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
    """The scenario of this document with its chain of bases; DataError with everything that is wrong with it."""
    scenario, problems = examined_source(source, paths)
    if scenario is None or problems:
        raise DataError(text("scenario.wrong", file=source.name, count=len(problems)), problems)
    return scenario


def examined_source(source: Source, paths: Sequence[Path]) -> tuple[Scenario | None, list[Problem]]:
    """The scenario of this document with its chain of bases, and everything that is wrong with it."""
    problems: list[Problem] = []
    chain = [source, *base_chain(source, tuple(p.resolve() for p in paths), problems)]
    files = {s.path.name: s.path for s in chain if s.path is not None} | {p.name: p for p in paths}
    year, below = chain[-1].document.get("base"), [resolved_files(s) for s in reversed(chain)]
    for document in below:
        document.pop("base", None)
    names = [s.name for s in reversed(chain)]
    baseless = bool(problems)
    presumed = max(model_years()) if baseless else year
    scenario, wrong = examined_document({"base_year": presumed, "names": names, "layers": below}, files)
    return (None if baseless else scenario), [*problems, *wrong]


def base_chain(source: Source, seen: tuple[Path, ...], problems: list[Problem]) -> list[Source]:
    """The documents below this one, nearest first; the last one stands on a model year."""
    if source.below and "base" not in source.document:
        return list(source.below)
    base = source.document.get("base")
    where = f"{source.name}: base"
    if isinstance(base, int) and not isinstance(base, bool):
        if base not in model_years():
            problems.append(Problem(str(base), where, ", ".join(map(str, model_years()))))
        return []
    if not isinstance(base, str):
        expected = text("scenario.expected.base")
        problems.append(Problem("-" if base is None else str(base), where, expected, "base: 2022"))
        return []
    try:
        below = load(base, source.folder)
    except VerdeelmodelError as error:
        problems += [Problem(error.summary, where), *error.problems]
        return []
    path = below.path.resolve() if below.path else Path(base)
    if path in seen:
        names = " -> ".join([*(p.name for p in seen), path.name])
        problems.append(Problem(text("scenario.circular", chain=names), where))
        return []
    return [below, *base_chain(below, (*seen, path), problems)]


def recorded(folder: Path) -> Source:
    """The scenario that a run was made from, with the documents below it."""
    from verdeelmodel.record import read_run

    run = read_run(folder)
    if RECORDED not in run.record["outputs"]:
        raise RequestError(text("scenario.not_a_run", run=folder.name, verb=run.verb))
    found = run.json(RECORDED)
    names = [f"{folder.name}/{name}" for name in found["names"]]
    first, *above = [Source(d, n, folder) for d, n in zip(found["layers"], names, strict=True)]
    chain = [replace(first, document={**first.document, "base": found["base_year"]}), *above][::-1]
    return replace(chain[0], below=tuple(chain[1:]))


def examined_document(document: Mapping[str, Any], files: Mapping[str, Path]) -> tuple[Scenario, list[Problem]]:
    """The scenario of a whole document (base year, names, layers), and what is wrong with every layer."""
    problems: list[Problem] = []
    layers = []
    for entries, name in zip(document["layers"], document["names"], strict=True):
        layer, found = checked_layer(entries, name)
        layers.append(layer)
        problems += found
    top, name = document["layers"][-1], document["names"][-1]
    ranges = checked_ranges(top, name, problems)
    scenario = Scenario(
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
    return scenario, problems


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
        wrong = no_input(path, f"{name}: ranges")
        check.problems += wrong
        if wrong:
            continue
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
