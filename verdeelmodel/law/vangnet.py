"""The safety net for deficits by year, and which marked amounts are taken off the net cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from verdeelmodel.errors import Problem, UnknownRuleError
from verdeelmodel.law.facts import Certainty, packaged_document, packaged_rows, unknown_year
from verdeelmodel.table import format_number
from verdeelmodel.wording import text


@dataclass(frozen=True)
class MultiYear:
    """A condition on earlier years: `samen` (cumulative), `jaren_tekort` (years short) or `eerder_gebruik` (use)."""

    rule: str
    years: int
    deficit: float
    at_least: int
    earlier: Mapping[str, int]


@dataclass(frozen=True)
class Vangnet:
    """One variant of the safety net in one year.

    `deficit` is the share of the budget above which (`strict`) or from which access is given. `tranches` holds
    (from share, rate) pairs in rising order: the rate holds for the deficit between this share and the next.
    """

    year: int
    variant: str
    deficit: float
    strict: bool
    multi_year: MultiYear | None
    tranches: tuple[tuple[float, float], ...]
    access: Certainty
    amount: Certainty
    source: str
    article: str
    other: str
    note: str

    def __str__(self) -> str:
        return text(
            "law.vangnet_line",
            variant=text(f"law.vangnet.{self.variant}"),
            year=self.year,
            deficit=format_number(self.deficit, "share"),
            certainty=self.amount.label,
        )

    @property
    def own_risk(self) -> float | None:
        """The largest share of the budget a gemeente bears itself; None when the amount is not known."""
        if not self.tranches:
            return None
        bounds = [share for share, _ in self.tranches]
        return bounds[0] + sum(
            (1 - rate) * (upper - lower) for (lower, rate), upper in zip(self.tranches[:-1], bounds[1:], strict=True)
        )


@dataclass(frozen=True)
class VangnetRules:
    """Every variant of one year; the most favourable one that applies is granted."""

    year: int
    variants: tuple[Vangnet, ...]

    def __str__(self) -> str:
        return "\n".join(str(v) for v in self.variants)

    def computable(self) -> tuple[Vangnet, ...]:
        """The variants of which the amount is known; UnknownRuleError when there is none."""
        known = tuple(v for v in self.variants if v.tranches)
        if not known:
            years = ", ".join(str(y) for y in vangnet_years() if any(v.tranches for v in vangnet_rules(y).variants))
            problem = Problem(text(f"law.vangnet_note.{self.variants[0].note}"), expected=text("law.never_guessed"))
            raise UnknownRuleError(text("law.vangnet_unknown", year=self.year, years=years), [problem])
        return known


@cache
def vangnet_years() -> tuple[int, ...]:
    """The years with safety-net rules."""
    return tuple(sorted({year for entry in packaged_document("vangnet.yaml") for year in entry["years"]}))


@cache
def vangnet_rules(year: int) -> VangnetRules:
    """The variants of a deficit year; UnknownRuleError for a year without rules."""
    if year not in vangnet_years():
        raise unknown_year("vangnet", year, vangnet_years())
    return VangnetRules(year, tuple(_variant(year, e) for e in packaged_document("vangnet.yaml") if year in e["years"]))


def _variant(year: int, entry: Mapping[str, Any]) -> Vangnet:
    return Vangnet(
        year=year,
        variant=entry["variant"],
        deficit=entry["deficit"],
        strict=entry["reached"] == "boven",
        multi_year=_multi_year(entry["multi_year"]) if "multi_year" in entry else None,
        tranches=tuple((share, rate) for share, rate in entry["tranches"]),
        access=Certainty(entry["access"]),
        amount=Certainty(entry["amount"]),
        source=entry["source"],
        article=entry["article"],
        other=entry["other"],
        note=entry.get("note", ""),
    )


def _multi_year(entry: Mapping[str, Any]) -> MultiYear:
    return MultiYear(
        entry["rule"],
        entry.get("years", 0),
        entry.get("deficit", 0.0),
        entry.get("at_least", 0),
        MappingProxyType(dict(entry.get("earlier", {}))),
    )


@dataclass(frozen=True)
class EligibleCost:
    """Which amounts marked wrong or uncertain are deducted: all, or above a limit for cost above `large_cost`."""

    year: int
    large_cost: float
    free_amount: float
    free_share: float
    certainty: Certainty
    source: str
    article: str
    note: str


@cache
def eligible_cost_rules(year: int) -> EligibleCost:
    """The deduction rule of a year; UnknownRuleError for a year of which it was not read."""
    entries = packaged_document("eligible_cost.yaml")
    entry = next((e for e in entries if year in e["years"]), None)
    if entry is None:
        raise unknown_year("eligible_cost", year, [y for e in entries for y in e["years"]])
    return EligibleCost(
        year,
        float(entry.get("large_cost", float("inf"))),
        float(entry.get("free_amount", 0)),
        float(entry.get("free_share", 0)),
        Certainty(entry["certainty"]),
        entry["source"],
        entry["article"],
        entry["note"],
    )


@dataclass(frozen=True)
class VangnetUse:
    """How many gemeenten asked for the safety net over a year, and the amount; None where it was not found."""

    year: int
    requests: int | None
    granted: int | None
    euro: float | None
    certainty: Certainty
    source: str


@cache
def vangnet_use() -> tuple[VangnetUse, ...]:
    """The published use of the safety net."""
    return tuple(
        VangnetUse(
            int(r["year"]),
            int(r["requests"]) if r["requests"] else None,
            int(r["granted"]) if r["granted"] else None,
            float(r["euro"]) if r["euro"] else None,
            Certainty(r["certainty"]),
            r["source"],
        )
        for r in packaged_rows("vangnet_usage.csv")
    )
