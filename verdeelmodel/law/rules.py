"""The rules that turn objective and historical cost into budgets, by budget year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verdeelmodel.errors import RequestError, UnknownRuleError, unknown_name
from verdeelmodel.law.facts import Certainty, packaged_document, packaged_names, unknown_year
from verdeelmodel.wording import language, text

Family = Literal["grondslag", "compartimenten", "delen"]


@dataclass(frozen=True)
class RuleValue:
    """One value or formula of the decree with its place, its source and how certain it is."""

    key: str
    value: float | str
    unit: str
    certainty: Certainty
    source: str
    article: str
    notes: Mapping[str, str]

    @property
    def note(self) -> str:
        """The remark in the language in use, or an empty string."""
        return self.notes.get(language(), "")


@dataclass(frozen=True)
class Scale:
    """The sliding scale m: 0 up to the lower threshold, 1 from the upper one, linear in between."""

    lower: float
    upper: float

    def m(self, inhabitants: ArrayLike) -> NDArray[np.float64]:
        """The objective fraction of each gemeente, shape of `inhabitants`."""
        return np.clip((np.asarray(inhabitants, dtype=np.float64) - self.lower) / (self.upper - self.lower), 0.0, 1.0)


@dataclass(frozen=True)
class Damping:
    """The limits on the difference between historical and objective share, as shares of the objective share."""

    small: float
    large: float
    slope: float
    highest: float

    def limit(self, effect: NDArray[np.float64]) -> NDArray[np.float64]:
        """The largest difference allowed for each redistribution effect, shape of `effect`."""
        size = np.abs(effect)
        between = self.small + self.slope * (size - self.small)
        return np.where(size > self.large, self.highest, np.where(size < self.small, self.small, between))


@dataclass(frozen=True)
class KeyedPart:
    """A part with a pool of its own, distributed in proportion to one column.

    `bears` is `alles` when the pool comes off the macrobudget first, `objectief` when only the objective pool bears it.
    """

    part: str
    column: str
    pool: str
    bears: str
    default: float | None


@dataclass(frozen=True)
class Choice:
    """One answer to an open question, and what it changes in the rules."""

    key: str
    sentences: Mapping[str, str]
    changes: Mapping[str, Any]

    def __str__(self) -> str:
        return self.sentences[language()]


@dataclass(frozen=True)
class OpenQuestion:
    """A rule of this year that is not known; it matters always, or only when the named pool is not empty."""

    key: str
    matters: str
    sentences: Mapping[str, str]
    choices: tuple[Choice, ...]

    def __str__(self) -> str:
        return self.sentences[language()]


@dataclass(frozen=True)
class BudgetRules:
    """Everything that is needed to allocate one budget year; open questions are asked when they matter."""

    year: int
    name: str
    family: Family
    scale: Scale
    keyed: tuple[KeyedPart, ...]
    less_historical: tuple[str, ...]
    less_homeless: tuple[str, ...]
    transition: float
    damping: Damping | None
    mau: Scale | None
    elderly: bool
    wwik: bool
    late_factor: float | None
    unknown_stages: tuple[str, ...]
    open: tuple[OpenQuestion, ...]
    assumed: Mapping[str, str]
    values: Mapping[str, RuleValue]

    def __str__(self) -> str:
        formula = self.values["U_groot" if "U_groot" in self.values else "U"]
        return text("law.rules_line", year=self.year, formula=formula.value, certainty=formula.certainty.label)

    @property
    def homeless(self) -> bool:
        """Whether homeless persons and residents of institutions have a part of their own."""
        return self.family == "delen"

    @property
    def pools(self) -> tuple[str, ...]:
        """The pools this year can have beside the macrobudget."""
        extra = [("elderly", self.elderly), ("wwik", self.wwik), ("mau", self.mau is not None)]
        return tuple(k.pool for k in self.keyed) + tuple(name for name, there in extra if there)


@cache
def rule_years() -> tuple[int, ...]:
    """The budget years of which rules are recorded."""
    return tuple(sorted(_file_of()))


@cache
def _file_of() -> dict[int, str]:
    return {
        year: name
        for name in packaged_names("rules", ".yaml")
        for year in packaged_document(f"rules/{name}.yaml")["years"]
    }


def budget_rules(year: int, assume: Mapping[str, str] | None = None) -> BudgetRules:
    """The rules of a budget year; `assume` answers open questions (key to choice), nothing is guessed.

    UnknownRuleError for a year without rules, RequestError for an answer that is not one of the choices.
    """
    return _budget_rules(year, tuple(sorted((assume or {}).items())))


@cache
def _budget_rules(year: int, assume: tuple[tuple[str, str], ...]) -> BudgetRules:
    if year not in rule_years():
        raise unknown_year("rules", year, rule_years())
    name = _file_of()[year]
    document = dict(packaged_document(f"rules/{name}.yaml"))
    questions = tuple(_question(key, entry) for key, entry in document["open"].items())
    for key, answer in assume:
        document.update(_answer(year, questions, key, answer).changes)
    values = {key: _value(key, entry) for key, entry in document["values"].items()}
    uses = document.get("uses", {})
    number = {key: float(v.value) for key, v in values.items() if not isinstance(v.value, str)}
    return BudgetRules(
        year=year,
        name=name,
        family=document["family"],
        scale=Scale(number["ondergrens"], number["bovengrens"]),
        keyed=tuple(_keyed(entry, number) for entry in document.get("keyed", [])),
        less_historical=tuple(document.get("less_historical", [])),
        less_homeless=tuple(document.get("less_homeless", [])),
        transition=number.get("overgang_historisch", 0.0),
        damping=_damping(number) if uses.get("damping") else None,
        mau=Scale(number["mau_ondergrens"], number["mau_bovengrens"]) if uses.get("mau") else None,
        elderly=bool(uses.get("elderly")),
        wwik=bool(uses.get("wwik")),
        late_factor=number.get("te_laat_factor"),
        unknown_stages=tuple(document.get("unknown_stages", [])),
        open=tuple(q for q in questions if q.key not in dict(assume)),
        assumed=MappingProxyType(dict(assume)),
        values=MappingProxyType(values),
    )


def _damping(number: Mapping[str, float]) -> Damping:
    return Damping(*(number[f"inperking_{part}"] for part in ("klein", "groot", "helling", "hoogste")))


def _keyed(entry: Mapping[str, Any], number: Mapping[str, float]) -> KeyedPart:
    default = number[entry["value"]] if "value" in entry else None
    return KeyedPart(entry["part"], entry["column"], entry["pool"], entry["bears"], default)


def _value(key: str, entry: Mapping[str, Any]) -> RuleValue:
    notes = {lang: str(entry[lang]) for lang in ("nl", "en") if lang in entry}
    return RuleValue(
        key, entry["value"], entry["unit"], Certainty(entry["certainty"]), entry["source"], entry["article"], notes
    )


def _question(key: str, entry: Mapping[str, Any]) -> OpenQuestion:
    choices = tuple(
        Choice(name, {"nl": c["nl"], "en": c["en"]}, {k: v for k, v in c.items() if k not in ("nl", "en")})
        for name, c in entry["choices"].items()
    )
    return OpenQuestion(key, entry.get("matters", ""), {"nl": entry["nl"], "en": entry["en"]}, choices)


def _answer(year: int, questions: tuple[OpenQuestion, ...], key: str, answer: str) -> Choice:
    question = next((q for q in questions if q.key == key), None)
    if question is None:
        problem = unknown_name(key, [q.key for q in questions], text("law.open_question"))
        raise RequestError(text("law.no_such_question", year=year), [problem])
    choice = next((c for c in question.choices if c.key == answer), None)
    if choice is None:
        problem = unknown_name(answer, [c.key for c in question.choices], text("law.answer"))
        raise RequestError(text("law.no_such_answer", question=key, answers=_choices(question)), [problem])
    return choice


def _choices(question: OpenQuestion) -> str:
    return "; ".join(f"{question.key}={c.key} ({c})" for c in question.choices)


def open_question_error(rules: BudgetRules, questions: tuple[OpenQuestion, ...]) -> UnknownRuleError:
    """The error that says what is not known about these rules, which years are, and how to state an assumption."""
    from verdeelmodel.errors import Problem

    known = ", ".join(str(y) for y in rule_years() if not budget_rules(y).open)
    problems = [
        Problem(str(q), text("law.open_where", year=rules.year), remedy=text("law.open_remedy", choices=_choices(q)))
        for q in questions
    ]
    return UnknownRuleError(text("law.open_rules", year=rules.year, years=known), problems)
