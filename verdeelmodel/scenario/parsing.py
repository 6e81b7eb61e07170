"""From the document of a scenario file to its typed differences; every problem is noted, nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verdeelmodel.errors import Problem, unknown_name
from verdeelmodel.kenmerken import registry
from verdeelmodel.law import KINDS, model_years, rule_years, vangnet_years
from verdeelmodel.model.spec import ModelSpec, changed_model, published_model, read_model
from verdeelmodel.population.schema import table_schema
from verdeelmodel.scenario.checks import Checker
from verdeelmodel.scenario.definition import (
    Amount,
    Correction,
    Layer,
    Merging,
    ModelChange,
    NormsChange,
    RulesChange,
    VangnetChange,
)
from verdeelmodel.scenario.steps import parse_steps
from verdeelmodel.wording import text

HEAD = ("name", "question", "description", "requires", "base", "ranges")
SECTIONS = ("model", "rules", "macrobudget", "norms", "population", "gemeenten", "expenditure", "years", "seed")
MODEL = ("year", "file", "add", "drop", "set", "reference", "price", "refit", "calibrate", "measured")
CHANGES = ("add", "drop", "set", "reference", "price")
RULES = ("year", "threshold_low", "threshold_high", "transition", "pools", "assume", "vangnet")
CORRECTABLE = ("objective", "cost", "inhabitants", "homeless_cost", "lks", "youth", "households_end", "net_expenditure")
POOLS = ("lks", "youth", "permit_holders")
VARIANTS = ("regulier", "verruimd", "verlaagd")
ACTUAL, REALISED = "actual", "realised"
FOLLOWS, FIXED = "follows", "fixed"


def parse_layer(document: Mapping[str, Any], check: Checker, folder: Path) -> Layer:
    """The differences in this document; relative file names are looked up from `folder`."""
    mergings, corrections = _gemeenten(document.get("gemeenten"), check)
    return Layer(
        name=check.plain(document.get("name"), "name") or check.name,
        model=_model(document.get("model"), check, folder),
        rules=_rules(document.get("rules"), check),
        macrobudget=check.amount(document.get("macrobudget"), "macrobudget", low=1),
        norms=_norms(document.get("norms"), check),
        population=parse_steps(document.get("population"), check, folder),
        mergings=mergings,
        corrections=corrections,
        expenditure=check.word(document.get("expenditure"), "expenditure", (FOLLOWS, FIXED)),
        years=_years(document.get("years"), check),
        seed=check.whole(document.get("seed"), "seed", low=0, high=2**32 - 1),
    )


def _model(found: Any, check: Checker, folder: Path) -> ModelChange:
    entries = check.mapping(found, "model", MODEL)
    if "year" in entries and "file" in entries:
        check.wrong("year + file", "model", text("scenario.expected.one_of_two"))
    year = check.whole(entries.get("year"), "model.year")
    if year is not None and year not in model_years():
        check.wrong(year, "model.year", ", ".join(map(str, model_years())))
        year = None
    changes = {key: entries[key] for key in CHANGES if entries.get(key) is not None}
    _fail_on_contradictions(changes, check)
    _fail_on_unknown_kenmerken(changes, check)
    file = folder / check.plain(entries["file"], "model.file") if entries.get("file") else None
    if file is not None and not file.is_file():
        check.wrong(file.name, "model.file", text("scenario.expected.file"))
        file = None
    calibrate = entries.get("calibrate")
    if calibrate != ACTUAL:
        calibrate = check.number(calibrate, "model.calibrate", low=1e-9, high=1 - 1e-9)
    refit = check.flag(entries.get("refit"), "model.refit")
    return ModelChange(year, file, changes, refit, calibrate, _measured(entries.get("measured"), check))


def _measured(found: Any, check: Checker) -> Mapping[str, tuple[int, ...]]:
    areas = [k.key for k in registry().values() if k.eenheid != "huishouden"]
    return {
        kenmerk: _years(years, check, f"model.measured.{kenmerk}")
        for kenmerk, years in check.mapping(found, "model.measured", areas).items()
    }


def _named(entries: Any) -> list[str]:
    listed = entries if isinstance(entries, list) else [entries] if entries else []
    return [str(e.get("kenmerk")) if isinstance(e, dict) else str(e) for e in listed]


def _parts(changes: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    price = changes.get("price")
    return [("model", changes), *([("model.price", price)] if isinstance(price, dict) else [])]


def _fail_on_contradictions(changes: Mapping[str, Any], check: Checker) -> None:
    """A kenmerk cannot enter and leave in one scenario, nor leave and get a weight."""
    for place, part in _parts(changes):
        dropped = set(_named(part.get("drop")))
        weights = part.get("set") if isinstance(part.get("set"), dict) else {}
        for other, names in (("add", _named(part.get("add"))), ("set", list(weights or {}))):
            for name in sorted(dropped & set(names)):
                check.wrong(name, place, text("scenario.expected.not_both", one="drop", other=other))


def _fail_on_unknown_kenmerken(changes: Mapping[str, Any], check: Checker) -> None:
    known = [*registry(), *table_schema("households").columns]
    for place, part in _parts(changes):
        for name in _named(part.get("add")):
            if name not in known:
                check.problems.append(unknown_name(name, known, text("model.kenmerk"), f"{check.name}: {place}.add"))


def _rules(found: Any, check: Checker) -> RulesChange:
    entries = check.mapping(found, "rules", RULES)
    year = check.whole(entries.get("year"), "rules.year")
    if year is not None and year not in rule_years():
        check.wrong(year, "rules.year", f"{min(rule_years())}-{max(rule_years())}")
        year = None
    low = check.amount(entries.get("threshold_low"), "rules.threshold_low", low=0)
    high = check.amount(entries.get("threshold_high"), "rules.threshold_high", low=1)
    if low and high and not (low.relative or high.relative) and low.value >= high.value:
        check.wrong(f"{low.value:g} ≥ {high.value:g}", "rules.threshold_low", text("scenario.expected.rising"))
        low = high = None
    pools: dict[str, Amount | str] = {}
    for name, value in check.mapping(entries.get("pools"), "rules.pools", POOLS).items():
        amount = REALISED if value == REALISED else check.amount(value, f"rules.pools.{name}", low=0)
        if amount is not None:
            pools[name] = amount
    assume = {k: str(v) for k, v in check.mapping(entries.get("assume"), "rules.assume").items()}
    transition = check.number(entries.get("transition"), "rules.transition", 0, 1)
    return RulesChange(year, low, high, transition, pools, assume, _vangnet(entries.get("vangnet"), check))


def _vangnet(found: Any, check: Checker) -> VangnetChange:
    entries = check.mapping(found, "rules.vangnet", ("year", *VARIANTS))
    year = check.whole(entries.get("year"), "rules.vangnet.year")
    if year is not None and year not in vangnet_years():
        check.wrong(year, "rules.vangnet.year", f"{min(vangnet_years())}-{max(vangnet_years())}")
        year = None
    variants = {}
    for name in VARIANTS:
        if entries.get(name) is not None:
            variants[name] = _variant(entries[name], f"rules.vangnet.{name}", check)
    return VangnetChange(year, variants)


def _variant(found: Any, place: str, check: Checker) -> Mapping[str, Any]:
    entries = check.mapping(found, place, ("deficit", "tranches"))
    variant: dict[str, Any] = {}
    if entries.get("deficit") is not None:
        variant["deficit"] = check.number(entries["deficit"], f"{place}.deficit", 0, 1)
    if entries.get("tranches") is not None:
        pairs = []
        for pair in check.items(entries["tranches"], f"{place}.tranches"):
            if not isinstance(pair, list) or len(pair) != 2:
                check.wrong(pair, f"{place}.tranches", text("scenario.expected.tranche"))
                continue
            pairs.append(tuple(check.number(v, f"{place}.tranches", 0, 1) or 0.0 for v in pair))
        if sorted(pairs) != pairs or not pairs:
            check.wrong(entries["tranches"], f"{place}.tranches", text("scenario.expected.rising"))
        variant["tranches"] = tuple(pairs)
    return variant


def _norms(found: Any, check: Checker) -> NormsChange:
    entries = check.mapping(found, "norms", ("year", "corrected", "every", "kinds"))
    year = check.whole(entries.get("year"), "norms.year")
    if year is not None and year not in model_years():
        check.wrong(year, "norms.year", ", ".join(map(str, model_years())))
        year = None
    kinds = {}
    for kind, value in check.mapping(entries.get("kinds"), "norms.kinds", KINDS).items():
        amount = check.amount(value, f"norms.kinds.{kind}", low=0)
        if amount is not None:
            kinds[kind] = amount
    every = check.amount(entries.get("every"), "norms.every")
    if every is not None and not every.relative:
        check.wrong(entries["every"], "norms.every", text("scenario.expected.percent"))
        every = None
    return NormsChange(year, check.flag(entries.get("corrected"), "norms.corrected"), every, kinds)


def _gemeenten(found: Any, check: Checker) -> tuple[tuple[Merging, ...], tuple[Correction, ...]]:
    entries = check.mapping(found, "gemeenten", ("merge", "correct"))
    mergings, taken = [], set()
    for new, old in check.mapping(entries.get("merge"), "gemeenten.merge").items():
        place = f"gemeenten.merge.{new}"
        check.gemeente(new, place)
        listed = check.items(old, place)
        if not listed:
            check.wrong("[]", place, text("scenario.expected.gemeente"))
        codes = [str(code) for code in listed if check.gemeente(code, place) is not None]
        for code in codes:
            if code in taken:
                check.wrong(code, place, text("scenario.expected.one_merger"))
            taken.add(code)
        if codes:
            mergings.append(Merging(str(new), tuple(codes)))
    corrections = []
    for code, columns in check.mapping(entries.get("correct"), "gemeenten.correct").items():
        place = f"gemeenten.correct.{code}"
        if check.gemeente(code, place) is None:
            continue
        for column, value in check.mapping(columns, place, CORRECTABLE).items():
            amount = check.amount(value, f"{place}.{column}", low=0)
            if amount is not None:
                corrections.append(Correction(str(code), column, amount))
    return tuple(mergings), tuple(corrections)


def _years(found: Any, check: Checker, place: str = "years") -> tuple[int, ...]:
    years = [check.whole(year, place, 1990, 2100) for year in check.items(found, place)]
    return tuple(sorted({year for year in years if year is not None}))


def changed(model: ModelSpec, change: ModelChange, where: str, problems: list[Problem]) -> ModelSpec:
    """The model after this change."""
    start = model
    if change.year is not None:
        start = published_model(change.year)
    elif change.file is not None:
        start = read_model(change.file)
    if not change.changes:
        return start
    return changed_model(start, change.changes, f"{where}: model", problems)
