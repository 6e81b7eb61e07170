"""Kenmerken in YAML, without code: parsed into objects of a fixed set of operations; nothing is evaluated.

Each entry is a kenmerk: its descriptive fields and exactly one operation. A part of an operation is a name, or a
mapping with exactly one operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from verdeelmodel.documents import read_yaml
from verdeelmodel.errors import Problem, RequestError, VerdeelmodelError, unknown_name
from verdeelmodel.kenmerken.declare import Kenmerk, fail_if_metadata_wrong
from verdeelmodel.kenmerken.expressions import (
    AllOf,
    AnyOf,
    Equals,
    Expression,
    InBand,
    Lookup,
    Name,
    Not,
    Number,
    Product,
    Ratio,
)
from verdeelmodel.kenmerken.lookup import AREAS, read_lookup
from verdeelmodel.population.schema import table_schema
from verdeelmodel.wording import text

TEXTS = (
    "label",
    "label_en",
    "thema",
    "eenheid",
    "soort",
    "peildatum",
    "verwacht_teken",
    "theorie",
    "beinvloedbaar",
    "reden",
    "vastgelegd_door",
    "vastgelegd_op",
    "noemer",
    "definitie",
)
OPERATIONS = (
    "all_of",
    "any_of",
    "not",
    "in_band",
    "equals",
    "product",
    "share",
    "ratio",
    "lookup",
    "mean_over_years",
)
FIELDS = (*TEXTS, "bron", *OPERATIONS)
YES_NO = ("all_of", "any_of", "not", "in_band", "equals")
DEEPEST = 12
MOST_PARTS = 100
MOST_KENMERKEN = 500


class _Wrong(Exception):  # noqa: N818 - never leaves this module; carries a Problem to where all are collected
    def __init__(self, found: str, expected: str = "") -> None:
        self.found, self.expected = found, expected
        super().__init__(found)


def read_formulas(path: Path) -> list[Kenmerk]:
    """The kenmerken of a YAML file; a RequestError with every fault, each with the name of its kenmerk."""
    document = read_yaml(path)
    if not isinstance(document, dict) or len(document) > MOST_KENMERKEN:
        raise RequestError(text("kenmerken.yaml_shape", file=path.name, most=MOST_KENMERKEN))
    found: list[Kenmerk] = []
    problems: list[Problem] = []
    for key, entry in document.items():
        try:
            found.append(parse_entry(str(key), entry, path))
        except VerdeelmodelError as error:
            problems += error.problems or [Problem(error.summary, where=str(key))]
    if problems:
        raise RequestError(text("kenmerken.file_failed", file=path.name), problems)
    return found


def parse_entry(key: str, entry: Any, path: Path) -> Kenmerk:
    """One kenmerk from its entry; a RequestError with every fault."""
    problems = _shape_problems(key, entry)
    if problems:
        raise RequestError(text("kenmerken.metadata_wrong", kenmerk=key), problems)
    [operation] = [name for name in OPERATIONS if name in entry]
    years, definition = _years_and_definition(key, operation, entry[operation])
    try:
        expression = parse(definition, path.parent)
    except _Wrong as wrong:
        problem = Problem(wrong.found, where=key, expected=wrong.expected)
        raise RequestError(text("kenmerken.metadata_wrong", kenmerk=key), [problem]) from None
    fields: dict[str, Any] = {name: entry[name] for name in TEXTS if name in entry}
    declared = Kenmerk(
        **{"eenheid": "huishouden", "soort": _kind(operation), "label_en": "", "thema": "", "label": ""} | fields,
        key=key,
        inputs=expression.names(),
        compute=lambda **values: expression.compute(values),
        bron=_sources(entry.get("bron", [])),
        jaren=years,
        formule=f"mean_over_years({expression}: {', '.join(map(str, years))})" if years else str(expression),
        herkomst=path.name,
    )
    _fail_if_described_wrongly(declared, expression)
    return declared


def _shape_problems(key: str, entry: Any) -> list[Problem]:
    if not isinstance(entry, dict):
        return [Problem(text("kenmerken.entry_shape"), where=key)]
    problems = [unknown_name(str(n), FIELDS, text("kenmerken.field"), key) for n in entry if n not in FIELDS]
    problems += [
        Problem(
            text("kenmerken.field_not_text", field=name, value=repr(entry[name])[:80]), where=key, remedy=f'{name}: "…"'
        )
        for name in TEXTS
        if name in entry and not isinstance(entry[name], str)
    ]
    operations = [name for name in OPERATIONS if name in entry]
    if len(operations) != 1:
        found = text("kenmerken.operations", count=len(operations))
        problems.append(Problem(found, where=key, expected=", ".join(OPERATIONS)))
    return problems


def _fail_if_described_wrongly(declared: Kenmerk, expression: Expression) -> None:
    try:
        fail_if_metadata_wrong(declared)
    except RequestError as error:
        problems = [Problem(p.found, f"{declared.key}, {p.where}", p.expected) for p in error.problems]
        raise RequestError(error.summary, problems) from None
    if isinstance(expression, Lookup) and expression.area != declared.eenheid:
        found = text("kenmerken.lookup_unit", area=expression.area, unit=declared.eenheid)
        problem = Problem(found, where=declared.key, remedy=f"eenheid: {expression.area}")
        raise RequestError(text("kenmerken.metadata_wrong", kenmerk=declared.key), [problem])


def _kind(operation: str) -> str:
    if operation in YES_NO:
        return "ja_nee"
    return "aandeel" if operation == "share" else "getal"


def _sources(value: Any) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)


def _years_and_definition(key: str, operation: str, value: Any) -> tuple[tuple[int, ...], Any]:
    """For `mean_over_years` its years and what is averaged; otherwise no years and the definition itself."""
    if operation != "mean_over_years":
        return (), {operation: value}
    years = value.get("years") if isinstance(value, dict) and set(value) == {"of", "years"} else None
    if not isinstance(years, list) or not years or not all(type(y) is int for y in years):
        problem = Problem(
            text("kenmerken.mean_shape"), where=key, remedy="mean_over_years: {of: naam, years: [2019, 2020]}"
        )
        raise RequestError(text("kenmerken.metadata_wrong", kenmerk=key), [problem])
    return tuple(years), value["of"]


def parse(part: Any, folder: Path, depth: int = 0) -> Expression:
    """The object of one part of a definition."""
    if depth > DEEPEST:
        raise _Wrong(text("kenmerken.too_deep", deepest=DEEPEST))
    if isinstance(part, str):
        return Name(part)
    if isinstance(part, dict) and len(part) == 1:
        [(operation, value)] = part.items()
        if operation in PARSERS:
            return PARSERS[operation](value, folder, depth + 1)
        problem = unknown_name(str(operation), list(PARSERS), text("kenmerken.operation"))
        raise _Wrong(problem.found, problem.expected or ", ".join(PARSERS))
    raise _Wrong(text("kenmerken.part_shape", part=repr(part)[:80]))


def _parts(value: Any, folder: Path, depth: int, numbers: bool = False) -> tuple[Expression, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_PARTS:
        raise _Wrong(text("kenmerken.list_shape", part=repr(value)[:80], most=MOST_PARTS))
    return tuple(_number_or_part(v, folder, depth) if numbers else parse(v, folder, depth) for v in value)


def _number_or_part(value: Any, folder: Path, depth: int) -> Expression:
    return Number(float(value)) if _is_number(value) else parse(value, folder, depth)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _one_or_more(value: Any, folder: Path, depth: int) -> tuple[Expression, ...]:
    return _parts(value if isinstance(value, list) else [value], folder, depth)


def _fields(value: Any, required: tuple[str, ...], optional: tuple[str, ...], example: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not set(required) <= set(value) <= {*required, *optional}:
        raise _Wrong(text("kenmerken.fields_shape", part=repr(value)[:80]), example)
    return value


def _all_of(value: Any, folder: Path, depth: int) -> Expression:
    return AllOf(_parts(value, folder, depth))


def _any_of(value: Any, folder: Path, depth: int) -> Expression:
    return AnyOf(_parts(value, folder, depth))


def _not(value: Any, folder: Path, depth: int) -> Expression:
    return Not(parse(value, folder, depth))


def _in_band(value: Any, folder: Path, depth: int) -> Expression:
    example = "in_band: {of: age_1, from: 50, below: 65}"
    fields = _fields(value, ("of",), ("from", "below"), example)
    limits = [fields.get("from"), fields.get("below")]
    if limits == [None, None] or not all(limit is None or _is_number(limit) for limit in limits):
        raise _Wrong(text("kenmerken.band_limits"), example)
    return InBand(_one_or_more(fields["of"], folder, depth), limits[0], limits[1])


def _equals(value: Any, folder: Path, depth: int) -> Expression:
    fields = _fields(value, ("of", "value"), (), "equals: {of: household_type, value: alleenstaande}")
    parts = _one_or_more(fields["of"], folder, depth)
    values = fields["value"] if isinstance(fields["value"], list) else [fields["value"]]
    wanted = tuple(_code(v, parts) for v in values)
    return Equals(parts, wanted, " | ".join(str(v) for v in values))


def _code(value: Any, parts: tuple[Expression, ...]) -> float:
    """A number as it is, a boolean as 0 or 1, or a key of the codebook of the raw column."""
    if isinstance(value, bool) or _is_number(value):
        return float(value)
    columns = table_schema("households").columns
    names = [part.name for part in parts if isinstance(part, Name) and part.name in columns]
    known = {code.key: code.value for name in names for code in columns[name].codes}
    if str(value) not in known:
        problem = unknown_name(str(value), list(known), text("kenmerken.category"))
        raise _Wrong(problem.found, problem.expected or ", ".join(known))
    return float(known[str(value)])


def _product(value: Any, folder: Path, depth: int) -> Expression:
    return Product(_parts(value, folder, depth, numbers=True))


def _ratio(value: Any, folder: Path, depth: int) -> Expression:
    fields = _fields(value, ("of", "by"), (), "ratio: {of: som_ww, by: labour_force}")
    return Ratio(_number_or_part(fields["of"], folder, depth), _number_or_part(fields["by"], folder, depth))


def _share(value: Any, folder: Path, depth: int) -> Expression:
    if not isinstance(value, str):
        raise _Wrong(text("kenmerken.share_shape"), "share: hci_low")
    return Name(f"aandeel_{value}")


def _lookup(value: Any, folder: Path, depth: int) -> Expression:
    example = "lookup: {file: mijn.csv, key: gemeente, column: waarde}"
    fields = _fields(value, ("file", "key", "column"), ("year",), example)
    if not all(isinstance(v, str) for v in fields.values()) or fields["key"] not in AREAS:
        raise _Wrong(text("kenmerken.lookup_shape", areas=", ".join(AREAS)), example)
    file = (folder / fields["file"]).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise _Wrong(text("kenmerken.lookup_file", file=fields["file"]), example)
    table = read_lookup(file, fields["key"], fields["column"], fields.get("year"))
    return Lookup(fields["key"], "year" in fields, table, f"{fields['file']}, {fields['column']}")


PARSERS: dict[str, Callable[[Any, Path, int], Expression]] = {
    "all_of": _all_of,
    "any_of": _any_of,
    "not": _not,
    "in_band": _in_band,
    "equals": _equals,
    "product": _product,
    "share": _share,
    "ratio": _ratio,
    "lookup": _lookup,
}
