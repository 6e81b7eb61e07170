"""The same findings judged in other ways: other errors, shuffles, correction for many tests, one gemeente less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.least_squares import TESTS, Floats
from verdeelmodel.compare.permutation import permutation_p
from verdeelmodel.compare.regressions import ROBUST, SYSTEMATIC_LEVEL, Regression, Regressions, regress
from verdeelmodel.compare.resampling import LeftOut, bootstrap_intervals, leave_one_out
from verdeelmodel.compare.sample import Sample
from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.table import Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text


@dataclass(frozen=True)
class Resampling:
    """How often to shuffle and to draw, with which seed."""

    permutations: int = 9_999
    draws: int = 1_999
    seed: int = 2020

    def __post_init__(self) -> None:
        """Refuse numbers too small to say anything at 5%."""
        problems = [
            Problem(f"{value}", option, text("compare.resampling.at_least", count=least))
            for option, value, least in (
                ("--permutations", self.permutations, 99),
                ("--draws", self.draws, 99),
                ("--seed", self.seed, 0),
            )
            if value < least
        ]
        if problems:
            raise RequestError(text("compare.resampling.wrong"), problems)


@dataclass(frozen=True, eq=False)
class Robustness:
    """Every regression of a sample beside its permutation p-values (3, K) and bootstrap intervals (2, 3, K)."""

    sample: Sample
    regressions: Regressions
    permuted: Floats
    intervals: Floats
    resampling: Resampling

    def __str__(self) -> str:
        tested = [r for r in self.regressions.rows if r.tests is not None]
        still = sum(r.q < SYSTEMATIC_LEVEL for r in tested)
        return text("compare.robustness.summary", tested=len(tested), found=len(self.regressions.systematic), q=still)


def robustness(sample: Sample, resampling: Resampling, regressions: Regressions | None = None) -> Robustness:
    """The regressions of this sample with permutation p-values and bootstrap intervals beside them."""
    return Robustness(
        sample,
        regressions or regress(sample),
        permutation_p(sample, resampling.permutations, resampling.seed),
        bootstrap_intervals(sample, resampling.draws, resampling.seed),
        resampling,
    )


def robustness_table(results: Sequence[Robustness]) -> Table:
    """Per kenmerk, control and test: the estimate, its interval and the p-values side by side."""
    keys = ("kenmerk", "control", "test", "estimate", "low", "high", "p", *(f"p_{k.lower()}" for k in ROBUST))
    keys = (*keys, "p_permutation", "p_any", "q")
    values: dict[str, list[Cell]] = {key: [] for key in keys}
    for result in results:
        for j, row in enumerate(result.regressions.rows):
            for i, name in enumerate(TESTS):
                for key, cell in _robust_cells(result, row, i, j, name).items():
                    values[key].append(cell)
    first = results[0].resampling
    degrees = [row.degrees for result in results for row in result.regressions.rows for _ in TESTS]
    table = Table(
        key="robustness",
        title=text("compare.robustness.title"),
        columns=tuple(_column(key) for key in keys),
        values=values,
        synthetic=any(r.regressions.synthetic for r in results),
        notes=(
            text("compare.robustness.note", permutations=first.permutations, draws=first.draws, seed=first.seed),
            text("compare.robustness.note_q"),
            text("compare.note.not_causal"),
        ),
    )
    return with_degrees(table, degrees)


def _column(key: str) -> Column:
    label = text(f"compare.column.{key}")
    if key in ("kenmerk", "control"):
        return Column(key, label, "code")
    if key == "test":
        return Column(key, label)
    return Column(key, label, "number", decimals=3 if key[0] in "pq" else 2)


def _robust_cells(result: Robustness, row: Regression, i: int, j: int, name: str) -> dict[str, Cell]:
    head: dict[str, Cell] = {"kenmerk": row.kenmerk.key, "control": row.control, "test": text(f"compare.test.{name}")}
    if row.tests is None:
        rest = ("estimate", "low", "high", "p", *(f"p_{k.lower()}" for k in ROBUST), "p_permutation", "p_any", "q")
        return head | {key: NotApplicable(row.reason) for key in rest}
    test = row.tests[name]
    few = NotApplicable(text("compare.reason.few_draws"))
    low, high = (float(v) for v in result.intervals[:, i, j])
    return head | {
        "estimate": test.estimate,
        "low": low if np.isfinite(low) else few,
        "high": high if np.isfinite(high) else few,
        "p": test.p,
        **{f"p_{kind.lower()}": _finite(p) for kind, p in test.robust.items()},
        "p_permutation": float(result.permuted[i, j]),
        "p_any": row.p_any,
        "q": row.q,
    }


def _finite(p: float) -> Cell:
    return p if np.isfinite(p) else NotApplicable(text("compare.reason.no_robust_error"))


@dataclass(frozen=True)
class Influence:
    """What leaving out one gemeente does to a kenmerk: which gemeente moves it most, and which decide the verdict."""

    row: Regression
    lowest: tuple[float, float]
    highest: tuple[float, float]
    most: str
    shift: float
    deciding: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.row.kenmerk.label}: {self.most} ({self.shift:+.2f})"


def influence(sample: Sample, regressions: Regressions) -> tuple[Influence, ...]:
    """For every kenmerk of the sample, in order of the table, the influence of single gemeenten."""
    names = sample.standardised.table.names
    found: dict[int, Influence] = {}
    for block in sample.blocks:
        left = leave_one_out(block)
        for at, j in enumerate(block.columns):
            found[int(j)] = _influence(left, at, regressions.rows[j], [names[r] for r in block.rows])
    return tuple(found[j] for j in sorted(found))


def _influence(left: LeftOut, at: int, row: Regression, names: Sequence[str]) -> Influence:
    estimates, p = left.estimates[:, :2, at], left.p[:, :, at]
    computed = np.asarray(np.isfinite(p).all(axis=1))
    shifts = np.where(computed[:, None], estimates - left.everyone.estimate[:2, at], 0.0)
    gemeente, side = divmod(int(np.argmax(np.abs(shifts))), shifts.shape[1])
    changed = computed & ((p < SYSTEMATIC_LEVEL).any(axis=1) != row.systematic)
    kept = estimates[computed]
    low, high = kept.min(axis=0), kept.max(axis=0)
    deciding = tuple(names[i] for i in np.flatnonzero(changed).tolist())
    shift = float(shifts[gemeente, side])
    return Influence(
        row, (float(low[0]), float(low[1])), (float(high[0]), float(high[1])), names[gemeente], shift, deciding
    )


def influence_table(found: Sequence[Influence], synthetic: bool = False) -> Table:
    """Per kenmerk and control: the range of the coefficients with one gemeente less, and which gemeenten matter."""
    values: dict[str, list[Cell]] = {
        "kenmerk": [f.row.kenmerk.key for f in found],
        "control": [f.row.control for f in found],
        "low_tekort": [f.lowest[0] for f in found],
        "high_tekort": [f.highest[0] for f in found],
        "low_overschot": [f.lowest[1] for f in found],
        "high_overschot": [f.highest[1] for f in found],
        "most": [f.most for f in found],
        "shift": [f.shift for f in found],
        "systematic": [f.row.systematic for f in found],
        "deciding_count": [len(f.deciding) for f in found],
        "deciding": [", ".join(f.deciding) for f in found],
    }
    kinds = {"kenmerk": "code", "control": "code", "systematic": "flag", "deciding_count": "count"}
    texts = ("most", "deciding")
    columns = tuple(
        Column(key, text(f"compare.column.{key}"), kinds.get(key, "text" if key in texts else "number"))  # type: ignore[arg-type]
        for key in values
    )
    note = text("compare.influence.note")
    table = Table("influence", text("compare.influence.title"), columns, values, synthetic, (note,))
    return with_degrees(table, [f.row.degrees for f in found])
