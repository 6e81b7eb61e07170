"""Whether saldi persist over the years, and what they hang together with: panel models of the yearly saldi."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.groups import GemeenteTable, KenmerkLabel
from verdeelmodel.compare.least_squares import Floats, full_rank
from verdeelmodel.compare.saldi import Saldi
from verdeelmodel.table import Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

MODELS = ("between", "random", "fixed")


@dataclass(frozen=True)
class PanelTerm:
    """One kenmerk in one panel model: change of the saldo (fraction of the budget) per standard deviation."""

    model: str
    kenmerk: KenmerkLabel
    estimate: float | None
    error: float | None = None
    p: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Panel:
    """Persistence of the saldi and the terms of the three models.

    `between_share` is the part of the variance of yearly saldi that lies between gemeenten for good; `previous` the
    correlation of a saldo with that of the year before; `p_permanent` tests that gemeenten do not differ for good.
    """

    gemeenten: int
    years: int
    between_share: float
    previous: float
    f_permanent: float
    p_permanent: float
    terms: tuple[PanelTerm, ...]
    synthetic: bool = False

    def __str__(self) -> str:
        return text("compare.panel.summary", share=round(100 * self.between_share), years=self.years)


def panel(saldi: Saldi, table: GemeenteTable, keys: Sequence[str], yearly: pd.DataFrame | None = None) -> Panel | str:
    """The panel models over all gemeenten with saldi and kenmerken; a reason when they cannot be estimated.

    `yearly` (index gm_code, jaar) holds kenmerken that change over the years; without it the fixed effects absorb
    every kenmerk.
    """
    known = [code for code in saldi.codes if code in set(table.codes)]
    own = table.rows(known)
    columns = [own.keys.index(key) for key in keys]
    complete = np.asarray(np.isfinite(own.values[:, columns]).all(axis=1))
    if len(saldi.years) < 2:
        return text("compare.reason.one_year")
    if complete.sum() <= len(columns) + 2:
        return text("compare.reason.too_many_kenmerken", kenmerken=len(columns), gemeenten=int(complete.sum()))
    Z = own.values[complete][:, columns]
    if columns and not full_rank(np.column_stack([np.ones(len(Z)), Z])):
        return text("compare.reason.kenmerken_collinear")
    codes = [code for code, kept in zip(own.codes, complete, strict=True) if kept]
    frame = _frame(saldi, codes, (Z - Z.mean(axis=0)) / Z.std(axis=0, ddof=1), keys)
    return _estimate(frame, [own.kenmerken[j] for j in columns], table.synthetic, yearly)


def _frame(saldi: Saldi, codes: Sequence[str], Z: Floats, keys: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    frame = saldi.to_frame()
    frame = frame[frame["gm_code"].isin(codes)]
    kenmerken = pd.DataFrame(Z, index=pd.Index(codes, name="gm_code"), columns=list(keys))
    return frame.join(kenmerken, on="gm_code").set_index(["gm_code", "jaar"]).sort_index()


def _estimate(
    frame: pd.DataFrame, kenmerken: Sequence[KenmerkLabel], synthetic: bool, yearly: pd.DataFrame | None
) -> Panel:
    from linearmodels.panel import BetweenOLS, PanelOLS, RandomEffects

    keys = [k.key for k in kenmerken]
    years = _year_dummies(frame)
    saldo = frame["saldo"]
    constant = frame[[]].assign(const=1.0)
    empty = RandomEffects(saldo, constant.join(years)).fit()
    fixed = PanelOLS(saldo, constant.join(years), entity_effects=True).fit()
    terms: list[PanelTerm] = []
    if keys:
        between = BetweenOLS(saldo, constant.join(frame[keys])).fit(reweight=False, debiased=True)
        random = RandomEffects(saldo, constant.join(years).join(frame[keys])).fit(
            cov_type="clustered", cluster_entity=True
        )
        terms += [_term("between", k, between) for k in kenmerken] + [_term("random", k, random) for k in kenmerken]
        terms += _fixed_terms(frame, years, kenmerken, yearly)
    parts = empty.variance_decomposition
    share = float(parts["Effects"] / (parts["Effects"] + parts["Residual"]))
    wide = saldo.unstack("jaar").to_numpy()
    previous = float(np.corrcoef(_demeaned(wide[:, :-1]).ravel(), _demeaned(wide[:, 1:]).ravel())[0, 1])
    pooled = fixed.f_pooled
    return Panel(
        wide.shape[0], wide.shape[1], share, previous, float(pooled.stat), float(pooled.pval), tuple(terms), synthetic
    )


def _demeaned(wide: Floats) -> Floats:
    # The national level of a year is no property of a gemeente.
    return np.asarray(wide - wide.mean(axis=0))


def _year_dummies(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    years = frame.index.get_level_values("jaar")
    return pd.get_dummies(pd.Series(years, index=frame.index), prefix="jaar", drop_first=True, dtype=float)


def _term(model: str, kenmerk: KenmerkLabel, fit: Any) -> PanelTerm:
    key = kenmerk.key
    return PanelTerm(model, kenmerk, float(fit.params[key]), float(fit.std_errors[key]), float(fit.pvalues[key]))


def _fixed_terms(
    frame: pd.DataFrame, years: pd.DataFrame, kenmerken: Sequence[KenmerkLabel], yearly: pd.DataFrame | None
) -> list[PanelTerm]:
    from linearmodels.panel import PanelOLS

    reason = text("compare.reason.absorbed")
    changing = yearly.reindex(frame.index) if yearly is not None else frame[[]]
    terms = []
    for kenmerk in kenmerken:
        known = changing.get(kenmerk.key)
        # What does not change within a gemeente beyond the national change is absorbed by the effects.
        if known is None or known.isna().any() or _moves_little(known):
            terms.append(PanelTerm("fixed", kenmerk, None, reason=reason))
            continue
        scaled = ((known - known.mean()) / known.groupby("gm_code").mean().std()).rename(kenmerk.key)
        exog = years.assign(const=1.0).join(scaled)
        fit = PanelOLS(frame["saldo"], exog, entity_effects=True).fit(cov_type="clustered", cluster_entity=True)
        terms.append(_term("fixed", kenmerk, fit))
    return terms


def _moves_little(known: pd.Series) -> bool:
    within = known - known.groupby("gm_code").transform("mean")
    within = within - within.groupby("jaar").transform("mean")
    return (
        bool(within.std() <= 1e-9 * max(float(known.abs().max()), 1e-300)) or known.groupby("gm_code").mean().std() == 0
    )


def persistence_table(found: Panel) -> Table:
    """How much of the saldi stays from year to year."""
    values: dict[str, list[Cell]] = {
        "measure": [
            text(f"compare.panel.{key}") for key in ("between_share", "previous", "f_permanent", "p_permanent")
        ],
        "value": [found.between_share, found.previous, found.f_permanent, found.p_permanent],
    }
    columns = (
        Column("measure", text("compare.column.measure")),
        Column("value", text("compare.column.value"), "number", decimals=3),
    )
    note = text("compare.panel.note_persistence", gemeenten=found.gemeenten, years=found.years)
    table = Table("persistence", text("compare.panel.title_persistence"), columns, values, found.synthetic, (note,))
    return with_degrees(table, [found.gemeenten - 1] * len(table))


def panel_table(found: Panel) -> Table:
    """The terms of the between, random-effects and fixed-effects models."""
    values: dict[str, list[Cell]] = {
        "model": [text(f"compare.panel.model.{t.model}") for t in found.terms],
        "kenmerk": [t.kenmerk.label for t in found.terms],
    }
    for key in ("estimate", "error", "p"):
        values[key] = [NotApplicable(t.reason) if getattr(t, key) is None else getattr(t, key) for t in found.terms]
    kinds = {"model": "text", "kenmerk": "text", "p": "number"}
    columns = tuple(
        Column(k, text(f"compare.panel.column.{k}"), kinds.get(k, "percentage_points"), decimals=3 if k == "p" else 2)  # type: ignore[arg-type]
        for k in values
    )
    notes = (text("compare.panel.note"), text("compare.note.not_causal"))
    table = Table("panel", text("compare.panel.title"), columns, values, found.synthetic, notes)
    # The least certain of the three models has one observation per gemeente.
    terms = len({t.kenmerk.key for t in found.terms})
    return with_degrees(table, [found.gemeenten - 1 - terms] * len(table))
