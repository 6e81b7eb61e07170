"""The rules as data: a named profile that a user can copy and change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from verdeelmodel.documents import parse_yaml, read_yaml
from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.wording import text

SETTINGS: Mapping[str, tuple[str, ...]] = {
    "minimum": ("threshold",),
    "zeros": ("disclosive",),
    "dominance_one": ("contributors", "share"),
    "dominance_two": ("contributors", "share"),
    "p_percent": ("share",),
    "group": ("share",),
    "degrees_of_freedom": ("threshold",),
    "extremes": ("columns",),
    "differencing": ("threshold",),
    "protection": ("width", "share"),
    "rounding": ("base",),
}
ABOUT = ("source", "certainty", "unit")
CERTAINTIES = ("zeker", "onzeker")


@dataclass(frozen=True)
class Rule:
    """One rule: its settings, where it comes from and how sure that is."""

    key: str
    settings: Mapping[str, Any]
    source: str
    certainty: str

    def number(self, setting: str) -> float:
        """A numeric setting of the rule."""
        return float(self.settings[setting])


@dataclass(frozen=True)
class Profile:
    """All rules under one name; every rule of the toolkit is in it."""

    name: str
    rules: Mapping[str, Rule]

    def __getitem__(self, key: str) -> Rule:
        return self.rules[key]

    def __str__(self) -> str:
        return text("disclosure.profile_line", name=self.name, count=len(self.rules))


def default_profile() -> Profile:
    """The profile that comes with the toolkit."""
    source = files(__package__).joinpath("rules.yaml").read_text(encoding="utf-8")
    return _profile(parse_yaml(source, "rules.yaml"), "rules.yaml")


def read_profile(path: Path) -> Profile:
    """The profile in a user's file; every unknown, missing or impossible setting is reported together."""
    return _profile(read_yaml(path), path.name)


def _profile(document: Any, name: str) -> Profile:
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, dict):
        raise DataError(text("disclosure.no_rules", file=name))
    known = ("name", "note", "rules")
    problems = [unknown_name(str(k), known, text("disclosure.key"), name) for k in document if k not in known]
    problems += [
        unknown_name(str(k), tuple(SETTINGS), text("disclosure.rule"), name) for k in rules if k not in SETTINGS
    ]
    problems += [Problem(text("disclosure.rule_missing", rule=k), name) for k in SETTINGS if k not in rules]
    for key in SETTINGS:
        problems += _problems_of(key, rules[key], name) if key in rules else []
    if problems:
        raise DataError(text("disclosure.profile_problems", file=name, count=len(problems)), problems)
    made = {
        key: Rule(key, {s: rules[key][s] for s in settings}, rules[key]["source"], rules[key]["certainty"])
        for key, settings in SETTINGS.items()
    }
    return Profile(str(document.get("name", name)), made)


def _problems_of(key: str, rule: Any, name: str) -> list[Problem]:
    """What is wrong with one rule of a profile."""
    where = f"{name}: {key}"
    if not isinstance(rule, dict):
        return [Problem(str(rule), where, text("disclosure.expected_settings"))]
    allowed = (*SETTINGS[key], *ABOUT)
    problems = [unknown_name(str(k), allowed, text("disclosure.setting"), where) for k in rule if k not in allowed]
    for setting in SETTINGS[key]:
        if setting not in rule:
            problems.append(Problem(text("disclosure.setting_missing", setting=setting), where))
        elif not _possible(setting, rule[setting]):
            problems.append(Problem(str(rule[setting]), f"{where}.{setting}", text(f"disclosure.expected.{setting}")))
    if not isinstance(rule.get("source"), str):
        problems.append(Problem(text("disclosure.setting_missing", setting="source"), where))
    if rule.get("certainty") not in CERTAINTIES:
        problems.append(Problem(str(rule.get("certainty")), f"{where}.certainty", " / ".join(CERTAINTIES)))
    return problems


def _possible(setting: str, value: Any) -> bool:
    if setting == "disclosive":
        return isinstance(value, bool)
    if setting == "columns":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if setting == "share":
        return 0 < value <= 1
    return value >= 1 and float(value).is_integer()
