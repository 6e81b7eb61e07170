"""What every name in a definition means, and in which order kenmerken are computed.

All faults of a definition are found before any data are read: unknown names, names of the wrong unit, and cycles, each
with the path that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from verdeelmodel.errors import Problem, RequestError, did_you_mean
from verdeelmodel.kenmerken.declare import Eenheid, Kenmerk
from verdeelmodel.kenmerken.parameters import parameter_names
from verdeelmodel.population.schema import table_schema
from verdeelmodel.wording import text

Kind = Literal["column", "kenmerk", "parameter", "table", "share", "sum", "count", "mean"]
TABLE_OF: dict[Eenheid, str] = {"huishouden": "households", "buurt": "buurten", "gemeente": "gemeenten"}
WHOLE_TABLES = ("gemeenten", "buurten", "banen", "reistijden", "sectoren")
PREFIXES: dict[str, Kind] = {"aandeel_": "share", "som_": "sum", "telling_": "count", "gemiddelde_": "mean"}
AREA_PREFIXES: dict[Eenheid, tuple[str, ...]] = {
    "huishouden": (),
    "buurt": ("aandeel_", "som_"),
    "wijk": ("aandeel_", "som_"),
    "gemeente": tuple(PREFIXES),
}
ARROW = " → "


@dataclass(frozen=True)
class Need:
    """What one input of a definition is: its kind, the name of what is behind it, and the unit of that."""

    kind: Kind
    name: str
    eenheid: Eenheid
    is_kenmerk: bool = False


class _Unresolved(Exception):  # noqa: N818 - never leaves this module; carries a Problem to where all are collected
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def columns_of(eenheid: Eenheid) -> tuple[str, ...]:
    """The raw columns a definition of this unit may name; for a wijk the counts of its buurten."""
    if eenheid == "wijk":
        schema = table_schema("buurten")
        counts = (n for n, c in schema.columns.items() if c.type == "int32" and n not in ("buurt", "wijk"))
        return ("wijk", "gemeente", *counts)
    return tuple(table_schema(TABLE_OF[eenheid]).columns)


def needs(registry: Mapping[str, Kenmerk], declared: Kenmerk) -> dict[str, Need]:
    """What each input of this kenmerk is, by input name; a RequestError names every input that cannot be."""
    found, problems = _needs(registry, declared, ())
    if problems:
        raise RequestError(text("kenmerken.unresolved", count=len(problems)), problems)
    return found


def denominator(registry: Mapping[str, Kenmerk], declared: Kenmerk) -> Need | None:
    """What the sum of this household kenmerk is divided by to make a share; None for the number of households."""
    return _resolve(registry, declared, declared.noemer, ()) if declared.noemer else None


def fail_if_unresolved(registry: Mapping[str, Kenmerk], keys: Iterable[str]) -> None:
    """Refuse when these kenmerken, or what they stand on, cannot be resolved; every fault once, with its path."""
    problems: dict[str, Problem] = {}
    done: set[str] = set()
    for key in keys:
        for problem in _walk(registry, key, (), done):
            problems.setdefault(problem.found, problem)
    if problems:
        raise RequestError(text("kenmerken.unresolved", count=len(problems)), problems.values())


def in_order(registry: Mapping[str, Kenmerk], keys: Iterable[str]) -> tuple[Kenmerk, ...]:
    """These kenmerken and all they stand on within the same unit, each once, dependencies first."""
    ordered: dict[str, Kenmerk] = {}

    def visit(key: str) -> None:
        if key in ordered:
            return
        for need in needs(registry, registry[key]).values():
            if need.kind == "kenmerk":
                visit(need.name)
        ordered[key] = registry[key]

    wanted = tuple(keys)
    fail_if_unresolved(registry, wanted)
    for key in wanted:
        visit(key)
    return tuple(ordered.values())


def _walk(registry: Mapping[str, Kenmerk], key: str, path: tuple[str, ...], done: set[str]) -> Iterator[Problem]:
    if key in path:
        circle = ARROW.join((*path[path.index(key) :], key))
        yield Problem(text("kenmerken.cycle", path=circle), where=registry[key].herkomst)
        return
    if key in done:
        return
    found, problems = _needs(registry, registry[key], path)
    yield from problems
    for need in found.values():
        if need.is_kenmerk:
            yield from _walk(registry, need.name, (*path, key), done)
    done.add(key)


def _needs(
    registry: Mapping[str, Kenmerk], declared: Kenmerk, path: tuple[str, ...]
) -> tuple[dict[str, Need], list[Problem]]:
    found: dict[str, Need] = {}
    problems: list[Problem] = []
    for name in (*declared.inputs, *([declared.noemer] if declared.noemer else [])):
        try:
            need = _resolve(registry, declared, name, path)
        except _Unresolved as fault:
            problems.append(fault.problem)
        else:
            if name in declared.inputs:
                found[name] = need
    return found, problems


def _resolve(registry: Mapping[str, Kenmerk], owner: Kenmerk, name: str, path: tuple[str, ...]) -> Need:
    unit = owner.eenheid
    if name in registry and name != owner.key and registry[name].eenheid == unit:
        return Need("kenmerk", name, unit, is_kenmerk=True)
    if name in columns_of(unit):
        return Need("column", name, unit)
    if name in parameter_names():
        return Need("parameter", name, unit)
    if unit == "gemeente" and name in WHOLE_TABLES:
        return Need("table", name, unit)
    summary = _summary(registry, unit, name)
    if summary:
        return summary
    raise _Unresolved(_problem(registry, owner, name, path))


def _summary(registry: Mapping[str, Kenmerk], unit: Eenheid, name: str) -> Need | None:
    """A summary such as `aandeel_KEY`, when the unit knows it and KEY exists."""
    for prefix in AREA_PREFIXES[unit]:
        base, kind = name.removeprefix(prefix), PREFIXES[prefix]
        if not name.startswith(prefix):
            continue
        if kind == "mean":
            if base in registry and registry[base].eenheid == unit:
                return Need(kind, base, unit, is_kenmerk=True)
            return Need(kind, base, unit) if base in columns_of(unit) else None
        if base in registry and registry[base].eenheid == "huishouden":
            return Need(kind, base, "huishouden", is_kenmerk=True)
        if base in columns_of("huishouden"):
            return Need(kind, base, "huishouden")
        if kind == "share" and unit == "gemeente" and base in registry and registry[base].eenheid == "buurt":
            return Need(kind, base, "buurt", is_kenmerk=True)
    return None


def _problem(registry: Mapping[str, Kenmerk], owner: Kenmerk, name: str, path: tuple[str, ...]) -> Problem:
    where = ARROW.join((*path, owner.key, name))
    unit = text(f"kenmerken.eenheid.{owner.eenheid}")
    if name == owner.key:
        return Problem(text("kenmerken.cycle", path=ARROW.join((owner.key, name))), where=where)
    other = registry[name].eenheid if name in registry else _unit_of_column(name)
    if other:
        found = text(
            "kenmerken.wrong_level", name=name, level=text(f"kenmerken.eenheid.{other}"), owner=owner.key, unit=unit
        )
        hint = other == "huishouden" or (other == "buurt" and owner.eenheid == "gemeente" and name in registry)
        return Problem(found, where=where, remedy=f"aandeel_{name}" if hint else "")
    known = _known_names(registry, owner.eenheid)
    return Problem(
        text("kenmerken.unknown_input", name=name, owner=owner.key, unit=unit),
        where=where,
        expected=did_you_mean(name, known),
    )


def _unit_of_column(name: str) -> Eenheid | None:
    units: tuple[Eenheid, ...] = ("huishouden", "gemeente", "buurt")
    return next((unit for unit in units if name in columns_of(unit)), None)


def _known_names(registry: Mapping[str, Kenmerk], unit: Eenheid) -> list[str]:
    household = [k for k, v in registry.items() if v.eenheid == "huishouden"] + list(columns_of("huishouden"))
    same = [k for k, v in registry.items() if v.eenheid == unit]
    known = [*same, *columns_of(unit), *parameter_names()]
    known += [prefix + key for prefix in AREA_PREFIXES[unit] if prefix != "gemiddelde_" for key in household]
    return [*known, *(WHOLE_TABLES if unit == "gemeente" else ())]


@cache
def raw_column_names() -> frozenset[str]:
    """Every raw column of the households, which no kenmerk may be called after."""
    return frozenset(table_schema("households").columns)


def area_need(registry: Mapping[str, Kenmerk], unit: Eenheid, key: str) -> Need:
    """What a request for this key means per area: what belongs to households or buurten is asked for as its share.

    A RequestError with the closest names when it means nothing.
    """
    if key in registry and registry[key].eenheid == "huishouden":
        return Need("share", key, "huishouden", is_kenmerk=True)
    if key in registry and registry[key].eenheid == "buurt" and unit == "gemeente":
        return Need("share", key, "buurt", is_kenmerk=True)
    if key in raw_column_names() and key not in registry and key not in columns_of(unit):
        return Need("share", key, "huishouden")
    return _resolve_request(registry, unit, key)


def _resolve_request(registry: Mapping[str, Kenmerk], unit: Eenheid, key: str) -> Need:
    asker = Kenmerk("", unit, "", "", "", "getal", (key,), compute=len)
    try:
        return _resolve(registry, asker, key, ())
    except _Unresolved:
        known = _known_names(registry, unit)
        other = registry[key].eenheid if key in registry else _unit_of_column(key)
        found = text("kenmerken.no_such", kenmerk=key)
        if other:
            found = text("kenmerken.is_of", kenmerk=key, unit=text(f"kenmerken.eenheid.{other}"))
        problem = Problem(found, expected=did_you_mean(key, known))
        raise RequestError(text("kenmerken.unknown", count=1), [problem]) from None


def tree(registry: Mapping[str, Kenmerk], key: str) -> list[tuple[int, str, Need]]:
    """Everything a kenmerk stands on, as lines (depth, name as asked for, what it is), in the order of definition."""
    lines: list[tuple[int, str, Need]] = []
    for name, need in needs(registry, registry[key]).items():
        lines.append((1, name, need))
        if need.is_kenmerk:
            lines += [(depth + 1, n, what) for depth, n, what in tree(registry, need.name)]
    return lines
