"""Which gemeenten exist in which year, and what became of those that do not: facts of CBS."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.wording import text

FIRST, LAST = 2017, 2026


@dataclass(frozen=True)
class Herindeling:
    """One gemeente that was abolished and one that received (a part of) it.

    `addresses` counts the dwellings that moved, only where a gemeente was split. `year` is the first division in which
    it shows on 1 January.
    """

    on: date
    old: int
    old_name: str
    new: int
    new_name: str
    kind: Literal["fusie", "opgegaan", "splitsing"]
    addresses: int | None

    @property
    def year(self) -> int:
        """The first year whose division of 1 January holds the result."""
        return self.on.year if (self.on.month, self.on.day) == (1, 1) else self.on.year + 1


@cache
def municipalities(year: int) -> Mapping[int, str]:
    """Code to name of every gemeente on 1 January of this year, in the order of the codes."""
    fail_if_division_is_unknown(year)
    rows = _rows("gemeenten.csv")
    return MappingProxyType(
        {int(r["gemeente"]): r["name"] for r in rows if int(r["first_year"]) <= year <= int(r["last_year"])}
    )


@cache
def herindelingen() -> tuple[Herindeling, ...]:
    """Every herindeling from 1 January 2017 to 1 January 2023, in order of date."""
    found = [
        Herindeling(
            on=date.fromisoformat(r["date"]),
            old=int(r["old"]),
            old_name=r["old_name"],
            new=int(r["new"]),
            new_name=r["new_name"],
            kind=r["kind"],  # type: ignore[arg-type]
            addresses=int(r["addresses"]) if r["addresses"] else None,
        )
        for r in _rows("herindelingen.csv")
    ]
    return tuple(sorted(found, key=lambda h: (h.on, h.old, h.new)))


def gemeente_name(gemeente: int) -> str:
    """The name that goes with this code in any known division; the code itself when there is none."""
    for year in range(LAST, FIRST - 1, -1):
        if gemeente in municipalities(year):
            return municipalities(year)[gemeente]
    return next((h.old_name for h in herindelingen() if h.old == gemeente), format_gemeente(gemeente))


def unknown_gemeente(gemeente: int, year: int, where: str = "") -> Problem:
    """The problem of a code that is not in the division of this year, with what became of it or what is close."""
    code = format_gemeente(gemeente)
    return Problem(text("population.not_in_division", code=code, year=year), where, expected=_fate(gemeente, year))


def _fate(gemeente: int, year: int) -> str:
    gone = [h for h in herindelingen() if h.old == gemeente and h.year <= year]
    if gone:
        into = " / ".join(f"{format_gemeente(h.new)} ({h.new_name})" for h in gone)
        return text("population.fate.gone", into=into, date=_day(gone[0].on))
    coming = [h for h in herindelingen() if h.new == gemeente and h.year > year]
    if coming:
        parts = ", ".join(f"{format_gemeente(h.old)} ({h.old_name})" for h in coming)
        return text("population.fate.later", date=_day(coming[0].on), parts=parts)
    close = sorted((g for g in municipalities(year) if _one_slip(gemeente, g)), key=lambda g: abs(g - gemeente))
    names = ", ".join(f"{format_gemeente(g)} ({municipalities(year)[g]})" for g in close[:3])
    return text("errors.did_you_mean", names=names) if names else ""


def _one_slip(typed: int, meant: int) -> bool:
    """Whether one digit was mistyped or two neighbours were swapped."""
    a, b = f"{typed:04d}", f"{meant:04d}"
    differ = [i for i in range(4) if a[i] != b[i]] if len(a) == 4 else []
    if len(differ) == 2:
        first, second = differ
        return second == first + 1 and a[first] == b[second] and a[second] == b[first]
    return len(differ) == 1


def _day(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"


def fail_if_division_is_unknown(year: int) -> None:
    """Refuse a year for which the project does not know the division."""
    if not FIRST <= year <= LAST:
        raise RequestError(text("population.unknown_division", year=year, first=FIRST, last=LAST))


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    source = files("verdeelmodel.population").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(source.splitlines()))
