"""From groups and a table of kenmerken to the samples that are regressed: standardised, listwise, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.compare.groups import SMALLEST_GROUP, GemeenteTable, Groups, KenmerkLabel
from verdeelmodel.compare.least_squares import FIRST_CONTROL, Floats, design, full_rank
from verdeelmodel.errors import DataError, RequestError, unknown_name
from verdeelmodel.wording import text


@dataclass(frozen=True, eq=False)
class Standardised:
    """The gemeenten of the groups with every kenmerk in standard deviations of the comparison group.

    `values` (gemeenten, kenmerken) is NaN where a value is missing and where a kenmerk cannot be standardised;
    `reasons` says per key why it cannot. `raw` are the values before standardising.
    """

    table: GemeenteTable
    groups: NDArray[np.int8]
    values: Floats
    means: Floats
    deviations: Floats
    reasons: dict[str, str]

    @property
    def kenmerken(self) -> tuple[KenmerkLabel, ...]:
        """The kenmerken, in the order of the table."""
        return self.table.kenmerken

    @property
    def raw(self) -> Floats:
        """The values (gemeenten, kenmerken) before standardising."""
        return self.table.values


def standardise(table: GemeenteTable, groups: Groups) -> Standardised:
    """The table restricted to the groups, standardised by mean and standard deviation (n-1) of the comparison group."""
    fail_if_gemeenten_without_kenmerken(table, groups)
    own = table.rows(groups.codes)
    numbers = groups.numbers(own.codes)
    means, deviations, reasons = _comparison_spread(own, numbers)
    usable = np.array([key not in reasons for key in own.keys], dtype=bool)
    values = np.full(own.values.shape, np.nan)
    values[:, usable] = (own.values[:, usable] - means[usable]) / deviations[usable]
    return Standardised(own, numbers, values, means, deviations, reasons)


def fail_if_gemeenten_without_kenmerken(table: GemeenteTable, groups: Groups) -> None:
    """Every gemeente of the groups must be in the table of kenmerken."""
    known = set(table.codes)
    missing = [code for code in groups.codes if code not in known]
    if missing:
        what = text("compare.groups.gemeente")
        raise DataError(text("compare.groups.not_in_table"), [unknown_name(c, table.codes, what) for c in missing])


def _comparison_spread(table: GemeenteTable, numbers: NDArray[np.int8]) -> tuple[Floats, Floats, dict[str, str]]:
    means = np.full(len(table.keys), np.nan)
    deviations = np.full(len(table.keys), np.nan)
    reasons: dict[str, str] = {}
    for j, key in enumerate(table.keys):
        values = table.values[numbers == 0, j]
        values = values[~np.isnan(values)]
        if len(values) < SMALLEST_GROUP:
            reasons[key] = text("compare.reason.few_in_comparison", count=len(values))
            continue
        means[j], deviations[j] = values.mean(), values.std(ddof=1)
        if deviations[j] <= 1e-12 * max(np.abs(values).max(), 1e-300):
            reasons[key] = text("compare.reason.constant_in_comparison")
    return means, deviations, reasons


@dataclass(frozen=True, eq=False)
class Block:
    """Kenmerken that are known for the same gemeenten, and so share one design.

    `rows` and `columns` index the standardised values; `X` is the design of these rows.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    X: Floats
    groups: NDArray[np.int8]
    Y: Floats

    @property
    def degrees(self) -> int:
        """Residual degrees of freedom."""
        return int(self.X.shape[0] - self.X.shape[1])


@dataclass(frozen=True, eq=False)
class Sample:
    """Everything that is regressed under one choice of controls: blocks, and a reason for each kenmerk left out."""

    standardised: Standardised
    controls: tuple[str, ...]
    blocks: tuple[Block, ...]
    reasons: dict[str, str]

    @property
    def control(self) -> str:
        """The controls in one word; empty without control."""
        return "+".join(self.controls)


def sample(standardised: Standardised, controls: Sequence[str] = ()) -> Sample:
    """The samples to regress with these controls: listwise per kenmerk, one block per pattern of missing values."""
    fail_if_controls_unknown(standardised.table, controls)
    values = standardised.values
    keys = standardised.table.keys
    steering = _well_scaled(standardised.raw[:, [keys.index(c) for c in controls]])
    reasons = dict(standardised.reasons)
    blocks = []
    for columns, present in _patterns(values, steering, [k for k in range(len(keys)) if keys[k] not in reasons]):
        X = design(standardised.groups[present], steering[present])
        reason = _why_not(X, standardised.groups[present])
        kept = []
        for j in columns:
            why = reason or _why_not_kenmerk(keys[j], controls, values[present, j], X)
            if why:
                reasons[keys[j]] = why
            else:
                kept.append(j)
        if kept:
            rows, chosen = np.flatnonzero(present), np.array(kept, dtype=np.intp)
            blocks.append(Block(rows, chosen, X, standardised.groups[rows], values[np.ix_(rows, chosen)]))
    return Sample(standardised, tuple(controls), tuple(blocks), reasons)


def _well_scaled(controls: Floats) -> Floats:
    """Controls on a scale of their own: it changes no coefficient of the groups, and keeps the algebra sound."""
    centred = controls - column_means(controls)
    spread = np.sqrt(column_means(centred**2))
    return np.asarray(centred / np.where(spread > 0, spread, 1.0))


def column_means(values: Floats) -> Floats:
    """The mean (columns,) of what is known in each column; zero where nothing is."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def fail_if_controls_unknown(table: GemeenteTable, controls: Sequence[str]) -> None:
    """A control must be a kenmerk of the table."""
    what = text("compare.table.kenmerk")
    problems = [unknown_name(c, table.keys, what, "--control") for c in controls if c not in table.keys]
    if problems:
        raise RequestError(text("compare.table.control_unknown"), problems)


def _patterns(values: Floats, steering: Floats, columns: Sequence[int]) -> list[tuple[list[int], NDArray[np.bool_]]]:
    known = ~np.isnan(steering).any(axis=1)
    found: dict[bytes, tuple[list[int], NDArray[np.bool_]]] = {}
    for j in columns:
        present = known & ~np.isnan(values[:, j])
        found.setdefault(present.tobytes(), ([], present))[0].append(j)
    return list(found.values())


def _why_not(X: Floats, groups: NDArray[np.int8]) -> str:
    counts = [int((groups == number).sum()) for number in (1, 2, 0)]
    if min(counts) < SMALLEST_GROUP:
        return text("compare.reason.few_left", tekort=counts[0], overschot=counts[1], vergelijking=counts[2])
    if X.shape[0] <= X.shape[1]:
        return text("compare.reason.no_freedom", count=X.shape[0])
    return "" if full_rank(X) else text("compare.reason.control_collinear")


def _why_not_kenmerk(key: str, controls: Sequence[str], y: Floats, X: Floats) -> str:
    if key in controls:
        return text("compare.reason.is_control")
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    if (residual**2).sum() > 1e-20 * max((y**2).sum(), 1e-300):
        return ""
    known = text("compare.reason.follows_control") if X.shape[1] > FIRST_CONTROL else ""
    return known or text("compare.reason.no_spread_within")
