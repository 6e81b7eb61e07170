"""The regression of each kenmerk on the two group indicators, with the tests that decide what is systematic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.groups import KenmerkLabel
from verdeelmodel.compare.least_squares import FIRST_CONTROL, TESTS, Floats, contrasts, p_values, unscaled_covariance
from verdeelmodel.compare.sample import Sample
from verdeelmodel.compare.theory import benjamini_hochberg, chance_of_any
from verdeelmodel.table import Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text

LEVELS = (("***", 0.01), ("**", 0.05), ("*", 0.10))
SYSTEMATIC_LEVEL = 0.10
ROBUST = ("HC1", "HC2", "HC3")
NO_SPREAD = 1e-20


def stars(p: float) -> str:
    """One star below 10%, two below 5%, three below 1%."""
    return next((mark for mark, level in LEVELS if p < level), "")


@dataclass(frozen=True)
class GroupTest:
    """One of the three tests of a kenmerk: estimate, classical standard error, and p-values by kind of error."""

    estimate: float
    error: float
    p: float
    robust: Mapping[str, float]

    @property
    def stars(self) -> str:
        """The stars of the classical p-value."""
        return stars(self.p)


@dataclass(frozen=True)
class Regression:
    """One kenmerk under one choice of controls; `tests` is None, with a reason, when it cannot be computed.

    `p_any` is the chance that, without any difference, the strongest of the three tests is at least this strong;
    `q` corrects it for the number of kenmerken tested (Benjamini-Hochberg).
    """

    kenmerk: KenmerkLabel
    control: str
    n: int
    tests: Mapping[str, GroupTest] | None
    reason: str = ""
    p_any: float = 1.0
    q: float = 1.0

    def __str__(self) -> str:
        if self.tests is None:
            return f"{self.kenmerk.label}: {NotApplicable(self.reason)}"
        parts = (f"{name} {test.estimate:.2f} {test.stars}".strip() for name, test in self.tests.items())
        return f"{self.kenmerk.label}: {', '.join(parts)}"

    @property
    def degrees(self) -> int:
        """Residual degrees of freedom."""
        return self.n - FIRST_CONTROL - (len(self.control.split("+")) if self.control else 0)

    @property
    def systematic(self) -> bool:
        """Whether any of the three tests is significant at 10%."""
        return self.tests is not None and any(t.p < SYSTEMATIC_LEVEL for t in self.tests.values())


@dataclass(frozen=True)
class Regressions:
    """The regressions of every kenmerk of a table under one choice of controls, in the order of the table."""

    control: str
    rows: tuple[Regression, ...]
    synthetic: bool = False

    def __str__(self) -> str:
        tested = [r for r in self.rows if r.tests is not None]
        found = sum(r.systematic for r in tested)
        left = sum(r.q < SYSTEMATIC_LEVEL for r in tested)
        if not self.control:
            return text("compare.regressions.plain", found=found, tested=len(tested), left=left)
        return text("compare.regressions.controlled", found=found, tested=len(tested), left=left, control=self.control)

    @property
    def systematic(self) -> tuple[Regression, ...]:
        """Only the systematic ones."""
        return tuple(r for r in self.rows if r.systematic)

    def of(self, key: str) -> Regression:
        """The regression of this kenmerk."""
        return next(r for r in self.rows if r.kenmerk.key == key)

    def to_frame(self) -> Any:
        """The columns of regressions.csv as a DataFrame."""
        return regressions_table([self]).to_frame()


def regress(sample: Sample) -> Regressions:
    """Regress every kenmerk of the sample with statsmodels, and judge the three tests together."""
    from statsmodels.regression.linear_model import OLS

    found: dict[int, Regression] = {}
    for block in sample.blocks:
        tests = [_tests(OLS(y, block.X).fit()) for y in block.Y.T]
        strongest = np.array([max(abs(t.estimate / t.error) for t in three.values()) for three in tests])
        chances = chance_of_any(strongest, unscaled_covariance(block.X), block.degrees)
        for j, three, chance in zip(block.columns, tests, chances, strict=True):
            kenmerk = sample.standardised.kenmerken[j]
            found[int(j)] = Regression(kenmerk, sample.control, len(block.rows), three, p_any=float(chance))
    order = sorted(found)
    qs = benjamini_hochberg(np.array([found[j].p_any for j in order]))
    with_q = {j: _with_q(found[j], float(q)) for j, q in zip(order, qs, strict=True)}
    rows = tuple(with_q.get(j) or _left_out(sample, j) for j in range(len(sample.standardised.kenmerken)))
    return Regressions(sample.control, rows, sample.standardised.table.synthetic)


def _tests(fit: Any) -> dict[str, GroupTest]:
    C = contrasts(len(fit.params))
    estimates = C @ fit.params
    errors = _errors(C, fit.cov_params())
    classical = p_values(estimates / errors, int(fit.df_resid))
    robust = {}
    for kind in ROBUST:
        robust[kind] = p_values(estimates / _errors(C, getattr(fit, f"cov_{kind}")), int(fit.df_resid))
    return {
        name: GroupTest(
            float(estimates[i]), float(errors[i]), float(classical[i]), {k: float(p[i]) for k, p in robust.items()}
        )
        for i, name in enumerate(TESTS)
    }


def _errors(C: Floats, covariance: Floats) -> Floats:
    variances = np.diag(C @ covariance @ C.T)
    # Groups without any spread have a robust error of zero, which is no evidence but the lack of it.
    return np.asarray(np.sqrt(np.where(variances > NO_SPREAD, variances, np.nan)))


def _with_q(row: Regression, q: float) -> Regression:
    return Regression(row.kenmerk, row.control, row.n, row.tests, p_any=row.p_any, q=q)


def _left_out(sample: Sample, j: int) -> Regression:
    kenmerk = sample.standardised.kenmerken[j]
    n = int((~np.isnan(sample.standardised.raw[:, j])).sum())
    return Regression(kenmerk, sample.control, n, None, sample.reasons[kenmerk.key])


def regressions_table(results: Sequence[Regressions]) -> Table:
    """The published columns of every regression (regressions.csv): one row per kenmerk and choice of controls."""
    rows = [row for result in results for row in result.rows]
    values: dict[str, list[Cell]] = {
        "kenmerk": [r.kenmerk.key for r in rows],
        "control": [r.control for r in rows],
        "n": [r.n for r in rows],
    }
    for name in TESTS:
        value = name if name == "difference" else f"coef_{name}"
        values[value] = [_cell(r, name, "estimate") for r in rows]
        if name != "difference":
            values[f"se_{name}"] = [_cell(r, name, "error") for r in rows]
        values[f"p_{name}"] = [_cell(r, name, "p") for r in rows]
        values[f"stars_{name}"] = [_cell(r, name, "stars") for r in rows]
    values["systematic"] = [NotApplicable(r.reason) if r.tests is None else r.systematic for r in rows]
    table = Table(
        key="regressions",
        title=text("compare.regressions.title"),
        columns=tuple(_column(key) for key in values),
        values=values,
        synthetic=any(result.synthetic for result in results),
        notes=(text("compare.note.standardised"), text("compare.note.stars"), text("compare.note.not_causal")),
    )
    return with_degrees(table, [row.degrees for row in rows])


def _column(key: str) -> Column:
    label = text(f"compare.column.{key}")
    if key in ("kenmerk", "control"):
        return Column(key, label, "code")
    if key == "n":
        return Column(key, label, "count")
    if key == "systematic":
        return Column(key, label, "flag")
    if key.startswith("stars_"):
        return Column(key, label, "stars")
    return Column(key, label, "number", decimals=3 if key.startswith("p_") else 2)


def _cell(row: Regression, test: str, part: str) -> Cell:
    if row.tests is None:
        return NotApplicable(row.reason)
    value: Cell = getattr(row.tests[test], part)
    return value
