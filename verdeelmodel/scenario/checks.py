"""Reading values out of a document, with a problem for each that is not what it should be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verdeelmodel.errors import Problem, unknown_name
from verdeelmodel.scenario.definition import Amount
from verdeelmodel.wording import text

PERCENT = re.compile(r"([+-])\s*(\d+(?:[.,]\d+)?)\s*%")
GEMEENTE = re.compile(r"GM(\d{4})")


@dataclass
class Checker:
    """Collects problems; every method gives a usable value, or None (or nothing) after noting the problem."""

    name: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, found: Any, place: str, expected: str) -> None:
        """Note that something else was expected here."""
        self.problems.append(Problem(str(found), f"{self.name}: {place}", expected))

    def mapping(self, found: Any, place: str, keys: Sequence[str] | None = None) -> Mapping[str, Any]:
        """A mapping with only these keys."""
        if found is None:
            return {}
        if not isinstance(found, dict):
            self.wrong(found, place, text("scenario.expected.mapping"))
            return {}
        where = f"{self.name}: {place}" if place else self.name
        unknown = [k for k in found if keys is not None and k not in keys]
        self.problems += [unknown_name(str(k), list(keys or ()), text("scenario.key"), where) for k in unknown]
        return {str(k): v for k, v in found.items() if k not in unknown}

    def number(self, found: Any, place: str, low: float = -math.inf, high: float = math.inf) -> float | None:
        """A number between these bounds; text that looks like a formula is no number."""
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
            self.wrong(found, place, text("scenario.expected.number"))
            return None
        if not low <= found <= high:
            self.wrong(found, place, bounds_in_words(low, high))
            return None
        return float(found)

    def whole(self, found: Any, place: str, low: float = -math.inf, high: float = math.inf) -> int | None:
        """A whole number."""
        value = self.number(found, place, low, high)
        if value is not None and value != int(value):
            self.wrong(found, place, text("scenario.expected.whole"))
            return None
        return None if value is None else int(value)

    def amount(self, found: Any, place: str, low: float = -math.inf) -> Amount | None:
        """A number, or a text such as `+5%` or `-2,5%`."""
        if isinstance(found, str):
            match = PERCENT.fullmatch(found.strip())
            if match is None:
                self.wrong(found, place, text("scenario.expected.amount"))
                return None
            size = float(match[2].replace(",", ".")) / 100
            if match[1] == "-" and size > 1:
                self.wrong(found, place, text("scenario.expected.fall"))
                return None
            return Amount(-size if match[1] == "-" else size, relative=True)
        value = self.number(found, place, low)
        return None if value is None else Amount(value)

    def flag(self, found: Any, place: str) -> bool | None:
        """A yes or a no, written as true or false."""
        if found is not None and not isinstance(found, bool):
            self.wrong(found, place, text("scenario.expected.flag"))
            return None
        return found

    def word(self, found: Any, place: str, known: Iterable[str]) -> str | None:
        """One of these words."""
        words = list(known)
        if found is None:
            return None
        if found not in words:
            self.problems.append(unknown_name(str(found), words, text("scenario.word"), f"{self.name}: {place}"))
            return None
        return str(found)

    def gemeente(self, found: Any, place: str) -> int | None:
        """A code such as GM0014, as its number."""
        match = GEMEENTE.fullmatch(str(found))
        if match is None:
            self.wrong(found, place, text("scenario.expected.gemeente"))
            return None
        return int(match[1])

    def items(self, found: Any, place: str) -> list[Any]:
        """A list; one value is a list of one."""
        if found is None:
            return []
        if isinstance(found, dict):
            self.wrong(found, place, text("scenario.expected.list"))
            return []
        return list(found) if isinstance(found, list) else [found]

    def plain(self, found: Any, place: str) -> str:
        """A text of one or more lines."""
        if found is not None and not isinstance(found, str | int | float):
            self.wrong(found, place, text("scenario.expected.text"))
            return ""
        return "" if found is None else str(found).strip()


def bounds_in_words(low: float, high: float) -> str:
    """What a number may be, with only the bounds there are."""
    if math.isinf(high):
        return text("scenario.expected.at_least", low=f"{low:.15g}")
    return text("scenario.expected.between", low=f"{low:.15g}", high=f"{high:.15g}")
