"""The safety net: from deficits to grants, with the variant that applied and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.law.vangnet import EligibleCost, MultiYear, Vangnet, VangnetRules
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Deficits are compared with thresholds to a hundredth of a cent, so that noise does not decide about a right.
CENT = 4


@dataclass(frozen=True)
class History:
    """Earlier years of each gemeente, most recent first: net cost and budget of shape (n, years), variants used.

    NaN means that the year is not known. `used` holds the keys of the variants of t-1, t-2, ... ("" for none).
    """

    net: Floats
    budget: Floats
    used: tuple[tuple[str, ...], ...] = ()

    @staticmethod
    def none(n: int) -> History:
        """No earlier years known for n gemeenten."""
        return History(np.zeros((n, 0)), np.zeros((n, 0)))


@dataclass(frozen=True)
class VangnetGrant:
    """The grant of each gemeente in euros, shape (n,); `variant` is "" where nothing is granted, `reason` says why.

    `checked` is False where the condition on earlier years could not be checked for lack of history; the grant then
    assumes that it is met. `by_variant` holds what each variant would give, NaN where there is no access.
    """

    rules: VangnetRules
    grant: Floats
    variant: tuple[str, ...]
    reason: tuple[str, ...]
    checked: Flags
    by_variant: Mapping[str, Floats] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return text(
            "budget.vangnet_line",
            year=self.rules.year,
            count=int((self.grant > 0).sum()),
            euro=format_number(float(self.grant.sum()), "euro"),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per gemeente."""
        import pandas as pd

        columns = {"vangnet": self.grant, "variant": self.variant, "reason": self.reason, "checked": self.checked}
        return pd.DataFrame(columns)


def eligible_cost(net: Floats, uncertain: Floats, rules: EligibleCost) -> Floats:
    """Net cost minus the marked amounts that count: all, or what exceeds the limit for large cost, shape (n,)."""
    free = np.maximum(rules.free_amount, rules.free_share * net)
    return net - np.where(net > rules.large_cost, np.maximum(uncertain - free, 0.0), uncertain)


def tranche_amount(net: Floats, budget: Floats, tranches: tuple[tuple[float, float], ...]) -> Floats:
    """The compensation: per tranche the rate times the part of the net cost inside it, shape (n,)."""
    amount = np.zeros_like(net)
    uppers = [*(share for share, _ in tranches[1:]), np.inf]
    for (lower, rate), upper in zip(tranches, uppers, strict=True):
        ceiling = np.minimum(net, (1 + upper) * budget) if np.isfinite(upper) else net
        amount += rate * np.maximum(ceiling - (1 + lower) * budget, 0.0)
    return amount


def above(deficit: Floats, share: float, base: Floats, strict: bool) -> Flags:
    """Whether the deficit exceeds (or, when not strict, reaches) this share of the base, shape (n,)."""
    excess = np.round(deficit - share * base, CENT)
    return excess > 0 if strict else excess >= 0


def multi_year_met(rule: MultiYear | None, net: Floats, budget: Floats, history: History) -> tuple[Flags, Flags]:
    """Whether the condition on earlier years is met, and whether it could be checked, both of shape (n,)."""
    n = len(net)
    if rule is None:
        return np.ones(n, dtype=bool), np.ones(n, dtype=bool)
    if rule.rule == "eerder_gebruik":
        return _used_before(rule, history, n)
    years = rule.years - 1 if rule.rule == "samen" else rule.years
    earlier_net, earlier_budget = _earlier(history.net, years, n), _earlier(history.budget, years, n)
    known = np.isfinite(earlier_net) & np.isfinite(earlier_budget)
    deficits = np.where(known, earlier_net - earlier_budget, 0.0)
    if rule.rule == "samen":
        checked = np.asarray(known.all(axis=1), dtype=bool)
        total = deficits.sum(axis=1) + net - budget
        return ~checked | above(total, rule.deficit, budget, strict=True), checked
    short = known & above(deficits, rule.deficit, np.where(known, earlier_budget, 0.0), strict=False)
    enough = short.sum(axis=1) >= rule.at_least
    impossible = short.sum(axis=1) + (~known).sum(axis=1) < rule.at_least
    return enough, enough | impossible


def _earlier(values: Floats, years: int, n: int) -> Floats:
    padded = np.full((n, years), np.nan)
    there = min(years, values.shape[1])
    padded[:, :there] = values[:, :there]
    return padded


def _used_before(rule: MultiYear, history: History, n: int) -> tuple[Flags, Flags]:
    if not history.used:
        return np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    met = np.array(
        [
            any(
                len(used) >= years and all(u == variant for u in used[:years])
                for variant, years in rule.earlier.items()
            )
            for used in history.used
        ]
    )
    return met, np.ones(n, dtype=bool)


def vangnet(rules: VangnetRules, net: Floats, budget: Floats, history: History | None = None) -> VangnetGrant:
    """The most favourable variant each gemeente has access to; UnknownRuleError for a year whose amount is not known.

    `net` is the eligible net cost and `budget` the grant as it would have been with accounts in time. A cumulative
    condition without history is assumed met and marked as not checked; conditions that open an extra variant are not.
    """
    earlier = history or History.none(len(net))
    variants = rules.computable()
    grants = np.full((len(variants), len(net)), np.nan)
    reached = np.zeros((len(variants), len(net)), dtype=bool)
    met = np.zeros_like(reached)
    checked = np.zeros_like(reached)
    for k, variant in enumerate(variants):
        reached[k] = above(net - budget, variant.deficit, budget, variant.strict)
        met[k], checked[k] = multi_year_met(variant.multi_year, net, budget, earlier)
        access = reached[k] & met[k]
        grants[k, access] = tranche_amount(net, budget, variant.tranches)[access]
    amounts = np.nan_to_num(grants, nan=0.0)
    best = amounts.argmax(axis=0)
    chosen = [variants[k].variant if amounts[k, i] > 0 else "" for i, k in enumerate(best)]
    return VangnetGrant(
        rules,
        amounts.max(axis=0),
        tuple(chosen),
        tuple(_reason(variants, int(k), reached[:, i], met[:, i], checked[:, i]) for i, k in enumerate(best)),
        np.array([bool(checked[k, i]) or not reached[k, i] for i, k in enumerate(best)], dtype=bool),
        MappingProxyType({v.variant: grants[k] for k, v in enumerate(variants)}),
    )


def _reason(variants: tuple[Vangnet, ...], best: int, reached: Flags, met: Flags, checked: Flags) -> str:
    """Why this variant: per variant whether the threshold was reached and the condition met."""
    parts = []
    for k, variant in enumerate(variants):
        if not reached[k]:
            state = "below"
        elif not checked[k]:
            state = "assumed" if met[k] else "unchecked"
        else:
            state = "granted" if met[k] else "refused"
        if state == "granted" and k != best:
            state = "less"
        parts.append(
            text(
                f"budget.vangnet_{state}",
                variant=text(f"law.vangnet.{variant.variant}"),
                share=format_number(variant.deficit, "share"),
            )
        )
    return "; ".join(parts)
