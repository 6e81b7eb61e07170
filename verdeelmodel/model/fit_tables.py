"""The tables of a fit: coefficients beside the published weights, gemeenten, calibration, folds, drift, ceiling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.model.fitting import INTERCEPT, ModelFit
from verdeelmodel.model.prediction import PredictedCountry
from verdeelmodel.model.result import LogitResult
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table, frame_values
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.model.ceiling import Ceiling
    from verdeelmodel.model.folds import OutOfSample
    from verdeelmodel.model.quality import HouseholdFit, MunicipalFit
    from verdeelmodel.model.spec import Part
    from verdeelmodel.model.years import Stability

KINDS: Mapping[str, Kind] = {"households": "count", "expected": "count", "actual": "count", "difference": "count"}


def coefficients_table(result: LogitResult, key: str, synthetic: bool, source: str = "") -> Table:
    """Estimates with standard errors and intervals: key, label, estimate, se, z, p, ci_low, ci_high."""
    table = result.to_table()
    freedom = Evidence(count=result.households, degrees_of_freedom=result.households - len(result.keys))
    behind = [freedom] * len(result.keys)
    return replace(
        table,
        key=key,
        title=text(f"model.title.{key}"),
        synthetic=synthetic,
        source=source,
        evidence={c.key: behind for c in table.columns if c.kind == "number"},
    )


def beside_published(result: LogitResult, published: Part, key: str, synthetic: bool) -> Table:
    """The estimates beside the weights they started from; the difference also in standard errors."""
    weights: dict[str, float | None] = {t.kenmerk: t.weight for t in published.terms}
    weights[INTERCEPT] = published.constant
    absent = NotApplicable(text("model.no_published_weight"))
    rows: list[tuple[Cell, ...]] = []
    for name, label, estimate, se in zip(result.keys, result.labels, result.estimate, result.se, strict=True):
        weight = weights.get(name)
        if weight is None:
            rows.append((name, label, float(estimate), float(se), absent, absent, absent))
        else:
            gap = float(estimate) - weight
            in_se: Cell = gap / float(se) if se > 0 else NotApplicable(text("model.no_standard_error"))
            rows.append((name, label, float(estimate), float(se), weight, gap, in_se))
    names = ("key", "label", "estimate", "se", "published", "gap", "gap_in_se")
    freedom = Evidence(count=result.households, degrees_of_freedom=result.households - len(result.keys))
    return Table(
        key=key,
        title=text(f"model.title.{key}"),
        columns=_columns(names, {"key": "code", "label": "text"}, "number", {"gap_in_se": 1}),
        values={n: [row[i] for row in rows] for i, n in enumerate(names)},
        synthetic=synthetic,
        notes=(text("model.published_note"),),
        evidence={n: [freedom] * len(rows) for n in names[2:]},
    )


def municipal_table(fit: ModelFit, names: Mapping[int, str]) -> Table:
    """Per gemeente the predicted and the actual number of households on bijstand."""
    frame = fit.municipal.reset_index()
    actual = frame["actual"].to_numpy(float)
    gap = actual - frame["expected"].to_numpy(float)
    nobody = NotApplicable(text("model.nobody"))
    share: list[Cell] = [float(g / a) if a > 0 else nobody for g, a in zip(gap, actual, strict=True)]
    codes = frame["gemeente"].astype(int).tolist()
    values: dict[str, Sequence[Cell]] = {
        "gm_code": [f"GM{c:04d}" for c in codes],
        "name": [names.get(c, f"GM{c:04d}") for c in codes],
        **{n: (frame[n].astype(float) * fit.stands_for).tolist() for n in ("households", "expected", "actual")},
        "difference": (gap * fit.stands_for).tolist(),
        "difference_share": share,
    }
    counts = [Evidence(count=int(a), denominator=int(h)) for a, h in zip(actual, frame["households"], strict=True)]
    kinds: dict[str, Kind] = {"gm_code": "code", "name": "text", "difference_share": "share"}
    return Table(
        key="municipal",
        title=text("model.title.municipal"),
        columns=_columns(tuple(values), kinds, "count"),
        values=values,
        synthetic=fit.synthetic,
        evidence=dict.fromkeys(list(values)[2:], counts),
    )


def type_table(
    country: PredictedCountry, synthetic: bool, gemeente: int | None = None, stands_for: float = 1.0
) -> Table:
    """Per household type: households, predicted, actual, difference, and the euros of that difference.

    The picture that municipal finance staff know; with `gemeente` for one gemeente. Euros are what the model expects a
    recipient of that type to cost, times the difference. `stands_for` turns weighted numbers back into households of
    the file, for the evidence.
    """
    frame = country.by_type(gemeente)
    gap = (frame["actual"] - frame["expected"]).to_numpy(float)
    expected = frame["expected"].to_numpy(float)
    each = np.divide(frame["amount"].to_numpy(float), expected, out=np.zeros(len(gap)), where=expected > 0)
    values: dict[str, Sequence[Cell]] = {
        "household_type": [str(label) for label in frame.index],
        **{n: frame[n].astype(float).tolist() for n in ("households", "expected", "actual")},
        "difference": gap.tolist(),
        "euros": (gap * each).tolist(),
    }
    counts = [Evidence(count=round(n / stands_for)) for n in frame["actual"]]
    return Table(
        key="calibration_household_type",
        title=text("model.title.calibration_household_type"),
        columns=_columns(tuple(values), {"household_type": "text", "euros": "euro"}, "count"),
        values=values,
        synthetic=synthetic,
        notes=(text("model.type_note"),),
        evidence=dict.fromkeys(list(values)[1:], counts),
    )


def statistics_table(
    household: HouseholdFit, municipal: MunicipalFit, euros: float | NotApplicable, synthetic: bool
) -> Table:
    """Every fit statistic with its name in words."""
    named = {**vars(household), **vars(municipal)}
    found: dict[str, Cell] = {k: v for k, v in named.items() if k not in ("within", "households", "gemeenten")}
    found["euros_per_inhabitant"] = euros
    found |= {f"within_{i}": share for i, share in enumerate(municipal.within)}
    values: dict[str, Sequence[Cell]] = {
        "statistic": list(found),
        "label": [text(f"model.statistic.{name}") for name in found],
        "value": list(found.values()),
    }
    behind = Evidence(count=household.households)
    return Table(
        key="fit_statistics",
        title=text("model.title.fit_statistics"),
        columns=_columns(tuple(values), {"statistic": "code", "label": "text"}, "number", {"value": 4}),
        values=values,
        synthetic=synthetic,
        notes=(text("model.measured_on", households=household.households, gemeenten=municipal.gemeenten),),
        evidence={"value": [behind] * len(found)},
    )


def folds_table(found: OutOfSample, synthetic: bool) -> Table:
    """Fit inside and outside per fold."""
    frame = found.to_frame()
    counts = [Evidence(count=int(n)) for n in frame["households_out"]]
    return _of_frame(frame, "out_of_sample", synthetic, {"fold": "code", "households_out": "count"}, counts)


def drift_table(found: Stability, labels: Mapping[str, str], households: int, synthetic: bool) -> Table:
    """The weights per year, their drift and the test that they are equal."""
    frame = found.to_frame()
    frame.insert(1, "label", [labels.get(k, k) for k in frame["key"]])
    kinds: dict[str, Kind] = {"key": "code", "label": "text", "changes_sign": "flag"}
    table = _of_frame(frame, "drift", synthetic, kinds, [Evidence(count=households)] * len(frame))
    return table.with_notes(str(found), text("model.stability_note"))


def ceiling_table(found: Ceiling, synthetic: bool) -> Table:
    """Where the trees explain more than the logit."""
    counts = [Evidence(count=int(n)) for n in found.where["households"]]
    kinds: dict[str, Kind] = {"key": "code", "label": "text", "households": "count"}
    table = _of_frame(found.where, "ceiling", synthetic, kinds, counts)
    return table.with_notes(str(found))


def _of_frame(
    frame: pd.DataFrame, key: str, synthetic: bool, kinds: Mapping[str, Kind], evidence: Sequence[Evidence]
) -> Table:
    columns = _columns(tuple(frame.columns), kinds, "number", dict.fromkeys(frame.columns, 4))
    figures = [c.key for c in columns if c.kind not in ("text", "code", "flag")]
    return Table(
        key=key,
        title=text(f"model.title.{key}"),
        columns=columns,
        values=frame_values(frame, columns),
        synthetic=synthetic,
        evidence={name: list(evidence) for name in figures},
    )


def _columns(
    names: Sequence[str], kinds: Mapping[str, Kind], other: Kind, decimals: Mapping[str, int] | None = None
) -> tuple[Column, ...]:
    return tuple(
        Column(n, column_label(n), kinds.get(n, other), decimals=_decimals(kinds.get(n, other), n, decimals))
        for n in names
    )


def _decimals(kind: Kind, name: str, decimals: Mapping[str, int] | None) -> int | None:
    return (decimals or {}).get(name, 4) if kind == "number" else None


def column_label(name: str) -> str:
    """The heading of a column; a column of a year is called after the year."""
    stem, _, year = name.rpartition("_")
    if year.isdigit() and stem == "estimate":
        return year
    return text(f"model.column.{name}")


def fit_document(fit: ModelFit, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What `fit.json` holds: the model, the years, the convergence and all fit statistics as plain values."""

    def plain(value: Any) -> Any:
        if isinstance(value, NotApplicable):
            return {"not_applicable": value.reason}
        return list(value) if isinstance(value, tuple) else value

    results = {"volume": fit.volume, **({"price": fit.price} if fit.price is not None else {})}
    return {
        "model": fit.model.name,
        "rules_year": fit.model.rules_year,
        "lineage": list(fit.model.lineage),
        "years": list(fit.years),
        "synthetic": fit.synthetic,
        "components": {name: _component(result) for name, result in results.items()},
        "household_fit": {k: plain(v) for k, v in vars(fit.household_fit).items()},
        "municipal_fit": {k: plain(v) for k, v in vars(fit.municipal_fit).items()},
        **(more or {}),
    }


def _component(result: LogitResult) -> dict[str, Any]:
    return {
        "households": result.households,
        "parameters": len(result.keys),
        "log_likelihood": result.log_likelihood,
        "null_log_likelihood": result.null_log_likelihood,
        "covariance": result.covariance_kind,
        "clusters": result.clusters,
        "converged": result.convergence.converged,
        "engine": result.engine,
        "penalty": result.penalty,
        "removed": list(result.removed),
        "warnings": list(result.warnings),
    }
