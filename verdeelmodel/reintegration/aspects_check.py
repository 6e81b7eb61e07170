"""What can be wrong with a file of definitions; everything is found before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.wording import text

CERTAINTIES = ("zeker", "onzeker")
LEFT_OUT = ("students", "pensioners")
MOST_ASPECTS = 8
YOUNGEST, OLDEST = 18, 110
TOP = ("name", "source", "persons", "aspects")
PERSONS = ("lowest_age", "highest_age", "comparison_without", "source", "certainty", "approximation")
ASPECT = ("key", "label", "short", "household", "person", "wijk", "definition", "source", "certainty", "approximation")
NEEDED = ("key", "label", "wijk", "definition", "source", "certainty", "approximation")
BOTH = ("label", "short", "definition", "approximation")


def fail_if_definitions_wrong(document: Any, name: str) -> None:
    """Refuse a document that does not define persons and aspects completely, naming everything that is wrong."""
    problems = _document_problems(document, name)
    if problems:
        raise DataError(text("profile.definitions_wrong", file=name, count=len(problems)), problems)


def _document_problems(document: Any, name: str) -> list[Problem]:
    if not isinstance(document, dict):
        return [Problem(text("profile.not_a_mapping"), name, ", ".join(TOP))]
    problems = _keys(document, TOP, TOP, name) + _texts(document, ("name",), name)
    if isinstance(document.get("persons"), dict):
        problems += _persons(document["persons"], f"{name}: persons")
    elif "persons" in document:
        problems.append(Problem(text("profile.not_a_mapping"), f"{name}: persons", ", ".join(PERSONS)))
    aspects = document.get("aspects")
    if "aspects" not in document:
        return problems
    if not isinstance(aspects, list) or not 1 <= len(aspects) <= MOST_ASPECTS:
        return [*problems, Problem(text("profile.number_of_aspects", most=MOST_ASPECTS), f"{name}: aspects")]
    for place, entry in enumerate(aspects, start=1):
        problems += _aspect(entry, f"{name}: aspects {place}")
    keys = [entry.get("key") for entry in aspects if isinstance(entry, dict)]
    twice = sorted({str(k) for k in keys if keys.count(k) > 1})
    return problems + [Problem(text("profile.twice", aspect=key), f"{name}: aspects") for key in twice]


def _persons(entry: Mapping[str, Any], where: str) -> list[Problem]:
    problems = _keys(entry, PERSONS, [k for k in PERSONS if k != "comparison_without"], where)
    ages = [entry.get("lowest_age"), entry.get("highest_age")]
    if all(_is_whole(age) for age in ages):
        if not YOUNGEST <= int(ages[0] or 0) <= int(ages[1] or 0) <= OLDEST:
            expected = text("profile.expected_ages", low=YOUNGEST, high=OLDEST)
            problems.append(Problem(f"{ages[0]} - {ages[1]}", f"{where}.lowest_age", expected))
    elif all(age is not None for age in ages):
        problems.append(Problem(f"{ages[0]} - {ages[1]}", f"{where}.lowest_age", text("profile.expected_whole")))
    left_out = entry.get("comparison_without") or []
    if not isinstance(left_out, list):
        return [*problems, Problem(str(left_out), f"{where}.comparison_without", ", ".join(LEFT_OUT))]
    what = text("profile.what.group")
    problems += [
        unknown_name(str(k), LEFT_OUT, what, f"{where}.comparison_without") for k in left_out if k not in LEFT_OUT
    ]
    return problems + _certainty(entry, where) + _texts(entry, ("approximation",), where)


def _aspect(entry: Any, where: str) -> list[Problem]:
    if not isinstance(entry, dict):
        return [Problem(text("profile.not_a_mapping"), where, ", ".join(ASPECT))]
    problems = _keys(entry, ASPECT, NEEDED, where) + _certainty(entry, where) + _texts(entry, BOTH, where)
    key = entry.get("key")
    if key is not None and not (isinstance(key, str) and key.isidentifier()):
        problems.append(Problem(str(key), f"{where}.key", text("profile.expected_key")))
    if "wijk" in entry and not isinstance(entry["wijk"], bool):
        problems.append(Problem(str(entry["wijk"]), f"{where}.wijk", "true / false"))
    if ("household" in entry) == ("person" in entry):
        problems.append(Problem(text("profile.household_or_person"), where))
    if "household" in entry:
        problems += _household(entry["household"], where)
    if "person" in entry:
        problems += _person(entry["person"], where)
    return problems


def _household(key: Any, where: str) -> list[Problem]:
    """The name must be a yes/no kenmerk of households or a yes/no household column."""
    from verdeelmodel.kenmerken import registry
    from verdeelmodel.population.schema import table_schema

    known = registry()
    flags = [name for name, column in table_schema("households").columns.items() if column.type == "bool"]
    kenmerken = [k for k in known if known[k].eenheid == "huishouden" and known[k].soort == "ja_nee"]
    if key in flags or key in kenmerken:
        return []
    return [unknown_name(str(key), [*kenmerken, *flags], text("profile.what.household"), f"{where}.household")]


def _person(entry: Any, where: str) -> list[Problem]:
    """The column must have a slot per adult and a codebook, and the codes must be in it."""
    from verdeelmodel.kenmerken.volwassenen import codes
    from verdeelmodel.population.schema import table_schema

    if not isinstance(entry, dict):
        return [Problem(text("profile.not_a_mapping"), f"{where}.person", "column, codes")]
    problems = _keys(entry, ("column", "codes"), ("column", "codes"), f"{where}.person")
    columns = table_schema("households").columns
    slotted = [n.removesuffix("_1") for n in columns if n.endswith("_1") and columns[n].codes]
    column, wanted = entry.get("column"), entry.get("codes")
    if column is not None and column not in slotted:
        unknown = unknown_name(str(column), slotted, text("profile.what.person"), f"{where}.person.column")
        return [*problems, replace(unknown, expected=", ".join(slotted))]
    if column is None or wanted is None:
        return problems
    if not isinstance(wanted, list) or not wanted:
        return [*problems, Problem(str(wanted), f"{where}.person.codes", text("profile.expected_codes"))]
    known = list(codes(f"{column}_1"))
    what = text("profile.what.code")
    return problems + [unknown_name(str(c), known, what, f"{where}.person.codes") for c in wanted if c not in known]


def _keys(entry: Mapping[str, Any], allowed: Sequence[str], needed: Sequence[str], where: str) -> list[Problem]:
    problems = [unknown_name(str(k), allowed, text("profile.what.key"), where) for k in entry if k not in allowed]
    return problems + [Problem(text("profile.missing_key", missing=k), where) for k in needed if entry.get(k) is None]


def _certainty(entry: Mapping[str, Any], where: str) -> list[Problem]:
    found = entry.get("certainty")
    if found is None or found in CERTAINTIES:
        return []
    return [Problem(str(found), f"{where}.certainty", " / ".join(CERTAINTIES))]


def _texts(entry: Mapping[str, Any], keys: Sequence[str], where: str) -> list[Problem]:
    """A text is one sentence for both languages, or one for each of nl and en."""
    wrong = [
        k for k in keys if entry.get(k) is not None and not isinstance(entry[k], str) and not _has_languages(entry[k])
    ]
    return [Problem(str(entry[k]), f"{where}.{k}", text("profile.expected_text")) for k in wrong]


def _has_languages(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"nl", "en"} and all(isinstance(v, str) for v in value.values())


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
