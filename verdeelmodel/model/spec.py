"""A model is a short YAML file: which kenmerken, which reference categories, which rules year, which weights.

`extends: 2022` starts from a published model, `extends: other.yaml` from a file beside this one; `add`, `drop`, `set`
and `reference` change it. Written at the top they change the volume component; under `price:` the price component.
The published models are such models too, with the weights of the law.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from verdeelmodel.documents import read_yaml, requirement
from verdeelmodel.errors import DataError, Problem, RequestError, unknown_name
from verdeelmodel.law import Weights, model_years, price_weights, volume_weights
from verdeelmodel.wording import text

CONSTANT = "constant"
PART_KEYS = ("add", "drop", "set", "reference")
FILE_KEYS = ("name", "description", "requires", "extends", "rules", "price", *PART_KEYS)


@dataclass(frozen=True)
class Term:
    """A kenmerk in a model; `label` replaces the label of the kenmerk, `weight` is its set or published weight."""

    kenmerk: str
    label: str = ""
    weight: float | None = None


@dataclass(frozen=True)
class Part:
    """One component of a model: its terms in order, the constant, and the reference category of each block."""

    terms: tuple[Term, ...]
    constant: float | None = None
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def kenmerken(self) -> tuple[str, ...]:
        """The keys of the kenmerken, in order."""
        return tuple(term.kenmerk for term in self.terms)

    def weights(self) -> dict[str, float]:
        """Weight by kenmerk; a RequestError names every kenmerk that has none, since the model must be fitted first."""
        missing = [t.kenmerk for t in self.terms if t.weight is None]
        if missing:
            raise RequestError(text("model.weights_missing", names=", ".join(missing)))
        return {t.kenmerk: t.weight for t in self.terms if t.weight is not None}


@dataclass(frozen=True)
class ModelSpec:
    """A whole model; `lineage` names the models it extends, nearest first, `official` its year if it is published."""

    name: str
    rules_year: int
    volume: Part
    price: Part
    description: str = ""
    lineage: tuple[str, ...] = ()
    official: int | None = None

    def __str__(self) -> str:
        return text(
            "model.spec_line",
            name=self.name,
            rules=self.rules_year,
            volume=len(self.volume.terms),
            price=len(self.price.terms),
        )

    @property
    def kenmerken(self) -> tuple[str, ...]:
        """Every kenmerk of both components, each once, in order."""
        return tuple(dict.fromkeys((*self.volume.kenmerken, *self.price.kenmerken)))


def published_model(year: int) -> ModelSpec:
    """The published model of a year, with the weights of the law; the constants of 2019 were not published."""
    return ModelSpec(
        name=text("model.published_name", year=year),
        rules_year=year,
        volume=_published_part(volume_weights(year)),
        price=_published_part(price_weights(year)),
        official=year,
    )


def read_model(model: str | Path) -> ModelSpec:
    """The model of a published year (`2022`) or of a YAML file; every problem of a file is reported together."""
    name = str(model)
    if name.isdecimal():
        if name not in map(str, model_years()):
            raise RequestError(text("model.no_such_year", year=name, years=", ".join(map(str, model_years()))))
        return published_model(int(name))
    return _read_file(Path(name), ())


def fail_if_unknown_kenmerken(spec: ModelSpec, known: Sequence[str]) -> None:
    """Refuse a model that names kenmerken that do not exist, with the closest names that do."""
    wrong = [k for k in spec.kenmerken if k not in set(known)]
    if wrong:
        problems = [unknown_name(k, known, text("model.kenmerk"), spec.name) for k in wrong]
        raise RequestError(text("model.unknown_kenmerken", name=spec.name), problems)


def _published_part(weights: Weights) -> Part:
    return Part(
        terms=tuple(Term(row.kenmerk, row.label, row.value) for row in weights.rows),
        constant=weights.constant.value if weights.constant else None,
        references={reference.block: reference.kenmerk for reference in weights.references},
    )


def _read_file(path: Path, seen: tuple[Path, ...]) -> ModelSpec:
    document = read_yaml(path)
    if path.resolve() in seen:
        chain = " -> ".join(p.name for p in (*seen, path))
        raise DataError(text("model.circular", chain=chain))
    if not isinstance(document, dict) or not document:
        raise DataError(text("model.not_a_model", file=path.name))
    problems = [*requirement(document, path.name), *_unknown_keys(document, path.name)]
    base = _base(document, path, (*seen, path.resolve()), problems)
    changed = changed_model(base, document, path.name, problems)
    rules = document.get("rules", base.rules_year)
    if rules not in model_years():
        problems.append(Problem(str(rules), f"{path.name}: rules", ", ".join(map(str, model_years()))))
    if problems:
        raise DataError(text("model.file_problems", file=path.name, count=len(problems)), problems)
    return replace(
        changed,
        name=str(document.get("name", path.stem)),
        rules_year=int(rules),
        description=str(document.get("description", "")),
        lineage=(base.name, *base.lineage) if document.get("extends") else (),
    )


def changed_model(base: ModelSpec, changes: Mapping[str, Any], where: str, problems: list[Problem]) -> ModelSpec:
    """The model after `add`, `drop`, `set` and `reference`, and the same under `price`; what is wrong joins `problems`.

    A model that changes is no longer a published one.
    """
    for_price = changes.get("price") or {}
    price = for_price if isinstance(for_price, dict) else {}
    return replace(
        base,
        volume=_changed(base.volume, changes, where, problems),
        price=_changed(base.price, price, f"{where}: price", problems),
        official=None,
    )


def _unknown_keys(document: Mapping[str, Any], where: str) -> list[Problem]:
    problems = [unknown_name(str(k), FILE_KEYS, text("model.key"), where) for k in document if k not in FILE_KEYS]
    price = document.get("price") or {}
    if not isinstance(price, dict):
        return [*problems, Problem(str(price), f"{where}: price", text("model.expected_mapping"))]
    return problems + [
        unknown_name(str(k), PART_KEYS, text("model.key"), f"{where}: price") for k in price if k not in PART_KEYS
    ]


def _base(document: Mapping[str, Any], path: Path, seen: tuple[Path, ...], problems: list[Problem]) -> ModelSpec:
    """The model this file extends; an empty model with the newest rules when it extends none."""
    extends = document.get("extends")
    if extends is None:
        rules = document.get("rules")
        return ModelSpec(path.stem, rules if isinstance(rules, int) else model_years()[-1], Part(()), Part(()))
    if str(extends).isdecimal():
        if str(extends) in map(str, model_years()):
            return published_model(int(extends))
        problems.append(Problem(str(extends), f"{path.name}: extends", ", ".join(map(str, model_years()))))
        return published_model(model_years()[-1])
    return _read_file(path.parent / str(extends), seen)


def _changed(part: Part, changes: Mapping[str, Any], where: str, problems: list[Problem]) -> Part:
    """The component after drop, reference, add and set, in that order."""
    terms = {term.kenmerk: term for term in part.terms}
    for name in _names(changes.get("drop"), f"{where}: drop", problems):
        if terms.pop(name, None) is None:
            problems.append(unknown_name(name, list(terms), text("model.kenmerk"), f"{where}: drop"))
    references = _rereferenced(terms, part.references, changes.get("reference") or {}, where, problems)
    for term in _added(changes.get("add"), f"{where}: add", problems):
        if term.kenmerk in terms:
            problems.append(Problem(text("model.already_in", name=term.kenmerk), f"{where}: add"))
        terms[term.kenmerk] = term
    constant = _set_weights(terms, part.constant, changes.get("set") or {}, f"{where}: set", problems)
    return Part(tuple(terms.values()), constant, references)


def _rereferenced(
    terms: dict[str, Term], references: Mapping[str, str], wanted: Any, where: str, problems: list[Problem]
) -> dict[str, str]:
    """Swap reference categories in place: the old one becomes a term without a weight, the new one leaves."""
    now = dict(references)
    if not isinstance(wanted, dict):
        problems.append(Problem(str(wanted), f"{where}: reference", text("model.expected_mapping")))
        return now
    for block, kenmerk in wanted.items():
        if block not in now:
            problems.append(unknown_name(str(block), list(now), text("model.block"), f"{where}: reference"))
        elif kenmerk not in terms and kenmerk != now[block]:
            problems.append(unknown_name(str(kenmerk), list(terms), text("model.kenmerk"), f"{where}: reference"))
        elif kenmerk != now[block]:
            del terms[kenmerk]
            terms[now[block]] = Term(now[block])
            now[block] = kenmerk
    return now


def _added(entries: Any, where: str, problems: list[Problem]) -> list[Term]:
    terms = []
    for entry in entries if isinstance(entries, list) else [entries] if entries else []:
        if isinstance(entry, str):
            terms.append(Term(entry))
        elif (
            isinstance(entry, dict)
            and isinstance(entry.get("kenmerk"), str)
            and set(entry) <= {"kenmerk", "label", "weight"}
        ):
            weight = entry.get("weight")
            if weight is not None and not _is_number(weight):
                problems.append(Problem(str(weight), f"{where}: {entry['kenmerk']}", text("model.expected_number")))
                weight = None
            terms.append(Term(entry["kenmerk"], str(entry.get("label", "")), weight))
        else:
            problems.append(Problem(str(entry), where, text("model.expected_entry")))
    return terms


def _set_weights(
    terms: dict[str, Term], constant: float | None, wanted: Any, where: str, problems: list[Problem]
) -> float | None:
    if not isinstance(wanted, dict):
        problems.append(Problem(str(wanted), where, text("model.expected_mapping")))
        return constant
    for name, value in wanted.items():
        if not _is_number(value):
            problems.append(Problem(str(value), f"{where}: {name}", text("model.expected_number")))
        elif name == CONSTANT:
            constant = float(value)
        elif name in terms:
            terms[name] = replace(terms[name], weight=float(value))
        else:
            problems.append(unknown_name(str(name), [*terms, CONSTANT], text("model.kenmerk"), where))
    return constant


def _names(entries: Any, where: str, problems: list[Problem]) -> list[str]:
    listed = entries if isinstance(entries, list) else [entries] if entries else []
    problems += [Problem(str(e), where, text("model.expected_name")) for e in listed if not isinstance(e, str)]
    return [e for e in listed if isinstance(e, str)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
