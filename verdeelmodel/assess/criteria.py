"""The criteria as data: which evidence, which rule, which threshold, and what follows when it is not met."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.wording import language, sentences, text

NUMERIC = ("at_least", "at_most")
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "theory": ("declared",),
    "sign": ("as_expected",),
    "influenceable": ("not_influenceable",),
    "policy_p": NUMERIC,
    "gain_out": NUMERIC,
    "score_p": NUMERIC,
    "tolerance": NUMERIC,
    "drift_p": NUMERIC,
    "smallest_cell": NUMERIC,
    "level": ("household_preferred",),
    "household_effect": ("remains",),
    "drift": ("steady",),
    "fold_p": NUMERIC,
    "sources": ("registers",),
    "gain_beside": NUMERIC,
}
# Evidence that lies between 0 and 1.
PARTS = ("policy_p", "score_p", "tolerance", "drift_p", "fold_p")
# Rules that compare with a number, which must then be given.
WITH_THRESHOLD = (*NUMERIC, "remains", "steady")
# Of those, the rules that also ask how unlikely a finding must be before its size counts.
WITH_CHANCE = ("remains", "steady")
# The rule that may ask it: below it a kenmerk of areas sets tekort- and overschotgemeenten apart.
MAY_HAVE_CHANCE = (*WITH_CHANCE, "household_preferred")
VERDICTS = ("niet_opnemen", "nader_onderzoek")
FIELDS = ("evidence", "rule", "threshold", "found_below", "not_integral", "judgement", "decides", "reason")


@dataclass(frozen=True)
class Criterion:
    """One criterion of the framework; `found_below` is the p-value under which its rule takes a finding as real.

    `not_integral` are sources that do not know of every household or area whether it has a kenmerk.
    """

    key: str
    evidence: str
    rule: str
    threshold: float | None
    judgement: bool
    decides: str
    reason: str
    found_below: float | None = None
    not_integral: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How it is called; a criterion of the user's own by its key."""
        return sentences("assess", language()).get(f"criterion.{self.key}", self.key.replace("_", " "))

    def __str__(self) -> str:
        limit = "" if self.threshold is None else f" {self.threshold:g}"
        return f"{self.key}: {self.evidence} {self.rule}{limit}"


@dataclass(frozen=True)
class Framework:
    """All criteria under one name, in the order in which they are told."""

    name: str
    criteria: tuple[Criterion, ...]

    def __str__(self) -> str:
        return text("assess.framework_line", name=self.name, count=len(self.criteria))


def default_framework() -> Framework:
    """The criteria that come with the toolkit."""
    source = files(__package__).joinpath("criteria.yaml").read_text(encoding="utf-8")
    return _framework(parse_yaml(source, "criteria.yaml"), "criteria.yaml")


def read_framework(path: Path) -> Framework:
    """The criteria in a user's file; every problem is reported together."""
    return _framework(read_yaml(path), path.name)


def _framework(document: Any, name: str) -> Framework:
    criteria = document.get("criteria") if isinstance(document, dict) else None
    if not isinstance(criteria, dict) or not criteria:
        raise DataError(text("assess.no_criteria", file=name))
    known = ("name", "criteria")
    problems = [unknown_name(str(k), known, text("assess.key"), name) for k in document if k not in known]
    for key, fields in criteria.items():
        problems += _problems_of(str(key), fields, name)
    if problems:
        raise DataError(text("assess.criteria_problems", file=name, count=len(problems)), problems)
    made = tuple(
        Criterion(
            key=str(key),
            evidence=fields["evidence"],
            rule=fields["rule"],
            threshold=None if fields.get("threshold") is None else float(fields["threshold"]),
            judgement=fields.get("judgement", False),
            decides=fields["decides"],
            reason=str(fields.get("reason", "")).strip(),
            found_below=None if fields.get("found_below") is None else float(fields["found_below"]),
            not_integral=tuple(fields.get("not_integral", ())),
        )
        for key, fields in criteria.items()
    )
    return Framework(str(document.get("name", name)), made)


def _problems_of(key: str, fields: Any, name: str) -> list[Problem]:
    where = f"{name}: {key}"
    if not isinstance(fields, dict):
        return [Problem(str(fields), where, text("assess.expected_fields"))]
    problems = [unknown_name(str(k), FIELDS, text("assess.field"), where) for k in fields if k not in FIELDS]
    evidence, rule = str(fields.get("evidence")), str(fields.get("rule"))
    if evidence not in EVIDENCE:
        problems.append(unknown_name(evidence, tuple(EVIDENCE), text("assess.evidence"), where))
    elif rule not in EVIDENCE[evidence]:
        problems.append(Problem(rule, f"{where}.rule", ", ".join(EVIDENCE[evidence])))
    else:
        problems += _wrong_numbers(evidence, rule, fields, where)
    if fields.get("decides") not in VERDICTS:
        problems.append(Problem(str(fields.get("decides")), f"{where}.decides", ", ".join(VERDICTS)))
    if not isinstance(fields.get("judgement", False), bool):
        problems.append(Problem(str(fields["judgement"]), f"{where}.judgement", "true, false"))
    return problems


def _wrong_numbers(evidence: str, rule: str, fields: dict[Any, Any], where: str) -> list[Problem]:
    """What a rule compares with and does not find, or that is of the wrong kind, or that it never looks at."""
    is_part = evidence in PARTS
    expected = {
        "threshold": text("assess.expected.part" if is_part else "assess.expected.threshold"),
        "found_below": text("assess.expected.chance"),
        "not_integral": text("assess.expected.sources"),
    }
    problems: list[Problem] = []
    for field, needed, allowed, is_right in (
        ("threshold", WITH_THRESHOLD, WITH_THRESHOLD, _is_part if is_part else _is_size),
        ("found_below", WITH_CHANCE, MAY_HAVE_CHANCE, _is_chance),
        ("not_integral", (), ("registers",), _is_texts),
    ):
        value, place = fields.get(field), f"{where}.{field}"
        if value is None and rule in needed:
            problems.append(Problem(text("assess.absent"), place, expected[field]))
        elif value is not None and rule not in allowed:
            problems.append(Problem(text("assess.unused", rule=rule), place, text("assess.leave_out")))
        elif value is not None and not is_right(value):
            problems.append(Problem(str(value), place, expected[field]))
    return problems


def _is_size(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value) and value >= 0


def _is_part(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_chance(value: Any) -> bool:
    return _is_number(value) and 0 < value < 1
