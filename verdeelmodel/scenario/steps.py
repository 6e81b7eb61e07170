"""Reading the changes of a population out of a scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from verdeelmodel.errors import unknown_name
from verdeelmodel.kenmerken import registry
from verdeelmodel.population.schema import table_schema
from verdeelmodel.scenario.checks import Checker
from verdeelmodel.scenario.definition import Assign, Between, Condition, Move, Rake, Replace, Scale, Step
from verdeelmodel.wording import text

KEYS = {
    "rake": ("kenmerk", "share", "where", "per"),
    "scale": ("factor", "where"),
    "move": ("share", "to", "where"),
    "assign": ("column", "value", "share", "where"),
    "replace": ("table", "column", "file"),
}
TABLES = ("households", "gemeenten", "buurten")
# Beyond every value of a column.
LARGEST = 1e300
# Columns that place a household or identify it; another value would break the order of the population.
FIXED_COLUMNS = ("household", "gemeente", "buurt", "year", "code", "name", "wijk")


def parse_steps(found: Any, check: Checker, folder: Path) -> tuple[Step, ...]:
    """The steps in order; each is a mapping with one key that says what it does."""
    steps: list[Step] = []
    for number, entry in enumerate(found if isinstance(found, list) else [found] if found else [], 1):
        place = f"population[{number}]"
        if not isinstance(entry, dict) or len(entry) != 1 or next(iter(entry)) not in KEYS:
            check.wrong(entry, place, text("scenario.expected.step", steps=", ".join(KEYS)))
            continue
        ((kind, values),) = entry.items()
        entries = check.mapping(values, f"{place}.{kind}", KEYS[kind])
        step = READERS[kind](entries, f"{place}.{kind}", check, folder)
        if step is not None:
            steps.append(replace(step, place=f"{check.name}: {place}.{kind}"))
    return tuple(steps)


def _rake(entries: Mapping[str, Any], place: str, check: Checker, folder: Path) -> Step | None:
    kenmerk = _household_kenmerk(entries.get("kenmerk"), f"{place}.kenmerk", check)
    share = check.amount(entries.get("share"), f"{place}.share", low=0)
    if share is None or (not share.relative and share.value > 1):
        check.wrong(entries.get("share"), f"{place}.share", text("scenario.expected.share"))
        return None
    per = check.word(entries.get("per", "gemeente"), f"{place}.per", ("gemeente", "land")) or "gemeente"
    where = _where(entries.get("where"), place, check)
    return None if kenmerk is None else Rake(kenmerk, share, where, per)


def _scale(entries: Mapping[str, Any], place: str, check: Checker, folder: Path) -> Step | None:
    factor = _needed(entries, "factor", place, check, 0, 1000)
    where = _where(entries.get("where"), place, check)
    return None if factor is None else Scale(factor, where)


def _move(entries: Mapping[str, Any], place: str, check: Checker, folder: Path) -> Step | None:
    share = _needed(entries, "share", place, check, 0, 1)
    to = check.gemeente(entries.get("to"), f"{place}.to")
    where = _where(entries.get("where"), place, check)
    if to is not None and to in where.gemeenten:
        check.wrong(entries.get("to"), f"{place}.to", text("scenario.expected.elsewhere"))
    return None if share is None or to is None else Move(share, to, where)


def _assign(entries: Mapping[str, Any], place: str, check: Checker, folder: Path) -> Step | None:
    column = _column("households", entries.get("column"), f"{place}.column", check)
    share = check.number(entries.get("share", 1.0), f"{place}.share", 0, 1)
    where = _where(entries.get("where"), place, check)
    if column is None or share is None:
        return None
    value = _value(column, entries.get("value"), f"{place}.value", check)
    return None if value is None else Assign(column, value, share, where)


def _replace(entries: Mapping[str, Any], place: str, check: Checker, folder: Path) -> Step | None:
    table = check.word(entries.get("table", "gemeenten"), f"{place}.table", TABLES)
    if table is None:
        return None
    column = _column(table, entries.get("column"), f"{place}.column", check)
    file = folder / check.plain(entries.get("file"), f"{place}.file")
    if not file.is_file():
        check.wrong(file.name, f"{place}.file", text("scenario.expected.file"))
        return None
    return None if column is None else Replace(table, column, file)


READERS = {"rake": _rake, "scale": _scale, "move": _move, "assign": _assign, "replace": _replace}


def _needed(entries: Mapping[str, Any], key: str, place: str, check: Checker, low: float, high: float) -> float | None:
    if key not in entries:
        check.wrong("-", f"{place}.{key}", text("scenario.expected.number"))
        return None
    return check.number(entries[key], f"{place}.{key}", low, high)


def _where(found: Any, place: str, check: Checker) -> Condition:
    entries = check.mapping(found, f"{place}.where", ("gemeenten", "kenmerken"))
    listed = check.items(entries.get("gemeenten"), f"{place}.where.gemeenten")
    codes = [check.gemeente(code, f"{place}.where.gemeenten") for code in listed]
    tests = []
    for name, value in check.mapping(entries.get("kenmerken"), f"{place}.where.kenmerken").items():
        at = f"{place}.where.kenmerken.{name}"
        key = _household_kenmerk(name, at, check, raw=True)
        bounds = None if key is None else _bounds(key, value, at, check)
        if key is not None and bounds is not None:
            tests.append(Between(key, *bounds))
    return Condition(tuple(sorted({code for code in codes if code is not None})), tuple(tests))


def _bounds(key: str, value: Any, place: str, check: Checker) -> tuple[float, float] | None:
    """The lowest and highest value that meet a test: yes or no, a word of a codebook, a number, or bounds."""
    column = table_schema("households").columns.get(key)
    if value is None:
        check.wrong("-", place, text("scenario.expected.number"))
    elif _is_yes_no(key):
        value = check.flag(value, place)
    elif column is not None and column.codes and isinstance(value, str):
        words = {code.key: code.value for code in column.codes}
        word = check.word(value, place, words)
        value = None if word is None else words[word]
    if isinstance(value, dict):
        return _between(check.mapping(value, place, ("min", "max")), place, check)
    number = float(value) if isinstance(value, bool) else check.number(value, place)
    return None if number is None else (number, number)


def _is_yes_no(key: str) -> bool:
    column = table_schema("households").columns.get(key)
    return registry()[key].soort == "ja_nee" if column is None else column.type == "bool"


def _between(entries: Mapping[str, Any], place: str, check: Checker) -> tuple[float, float] | None:
    low = check.number(entries.get("min", -LARGEST), f"{place}.min")
    high = check.number(entries.get("max", LARGEST), f"{place}.max")
    if low is None or high is None:
        return None
    if low > high:
        check.wrong(f"{low:.15g} > {high:.15g}", place, text("scenario.expected.min_max"))
        return None
    return low, high


def _household_kenmerk(found: Any, place: str, check: Checker, raw: bool = False) -> str | None:
    """A yes/no kenmerk of households; with `raw` any kenmerk of households or raw column."""
    of_households = registry().of("huishouden")
    columns = table_schema("households").columns
    known = [k.key for k in of_households if raw or k.soort == "ja_nee"]
    known += [name for name, column in columns.items() if raw or column.type == "bool"]
    if found not in known:
        check.problems.append(unknown_name(str(found), known, text("model.kenmerk"), f"{check.name}: {place}"))
        return None
    return str(found)


def _column(table: str, found: Any, place: str, check: Checker) -> str | None:
    known = [name for name in table_schema(table).columns if name not in FIXED_COLUMNS]
    if found not in known:
        check.problems.append(unknown_name(str(found), known, text("scenario.column"), f"{check.name}: {place}"))
        return None
    return str(found)


def _value(column: str, found: Any, place: str, check: Checker) -> float | None:
    """A value that this column may have: yes or no, a word of its codebook, or a number within its bounds."""
    schema = table_schema("households").columns[column]
    if schema.type == "bool":
        flag = check.flag(found, place)
        return None if flag is None else float(flag)
    if schema.codes:
        words = {code.key: code.value for code in schema.codes}
        word = check.word(found, place, words)
        return None if word is None else float(words[word])
    low = -float("inf") if schema.minimum is None else schema.minimum
    return check.number(found, place, low, float("inf") if schema.maximum is None else schema.maximum)
