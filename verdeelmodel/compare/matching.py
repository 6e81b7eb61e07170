"""A comparison group chosen for likeness instead of size class: nearest neighbours on kenmerken of choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.compare.groups import GemeenteTable, Groups
from verdeelmodel.compare.least_squares import Floats
from verdeelmodel.errors import Problem, RequestError, unknown_name
from verdeelmodel.table import Cell, Column, NotApplicable, Table, fewest
from verdeelmodel.wording import text


@dataclass(frozen=True)
class Match:
    """A gemeente of the groups, the gemeente it is compared with, and their distance in standard deviations."""

    code: str
    match: str
    distance: float

    def __str__(self) -> str:
        return f"{self.code} - {self.match} ({self.distance:.2f})"


@dataclass(frozen=True, eq=False)
class Matched:
    """Groups with a matched comparison group, the pairs, and the balance on the kenmerken matched on."""

    groups: Groups
    pairs: tuple[Match, ...]
    on: tuple[str, ...]
    balance: tuple[tuple[str, float, float], ...]
    without: tuple[str, ...]

    def __str__(self) -> str:
        return text("compare.matching.summary", pairs=len(self.pairs), on=", ".join(self.on))


def match(table: GemeenteTable, groups: Groups, on: Sequence[str], pool: Sequence[str] = ()) -> Matched:
    """Give each gemeente with a tekort or overschot its nearest other gemeente, each used once.

    Nearest by Euclidean distance on the standardised kenmerken (scikit-learn). The closest pairs are made first, ties
    by code, so the result depends on the table only. `pool` limits who may be matched.
    """
    fail_if_match_unknown(table, on)
    values = np.column_stack([table.column(key) for key in on])
    known = np.asarray(np.isfinite(values).all(axis=1))
    place = {code: i for i, code in enumerate(table.codes)}
    wanted = [c for c in (*groups.tekort, *groups.overschot) if c in place and known[place[c]]]
    taken = {*groups.tekort, *groups.overschot}
    allowed = sorted(c for c in (pool or table.codes) if c in place and known[place[c]] and c not in taken)
    if len(allowed) < 2:
        raise RequestError(text("compare.matching.no_pool"), [Problem(str(len(allowed)), "--match")])
    scaled = _scaled(values, known)
    pairs = _closest_first(wanted, allowed, scaled[[place[c] for c in wanted]], scaled[[place[c] for c in allowed]])
    matched = Groups(groups.tekort, groups.overschot, tuple(sorted(p.match for p in pairs)))
    without = tuple(c for c in (*groups.tekort, *groups.overschot) if c not in {p.code for p in pairs})
    return Matched(matched, pairs, tuple(on), _balance(table, groups, matched, on, scaled), without)


def fail_if_match_unknown(table: GemeenteTable, on: Sequence[str]) -> None:
    """Every kenmerk to match on must be in the table."""
    what = text("compare.table.kenmerk")
    problems = [unknown_name(key, table.keys, what, "--match") for key in on if key not in table.keys]
    if problems:
        raise RequestError(text("compare.matching.unknown"), problems)


def _scaled(values: Floats, known: NDArray[np.bool_]) -> Floats:
    spread = values[known].std(axis=0, ddof=1)
    return np.asarray((values - values[known].mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _closest_first(wanted: Sequence[str], allowed: Sequence[str], own: Floats, others: Floats) -> tuple[Match, ...]:
    from sklearn.neighbors import NearestNeighbors

    distances, order = NearestNeighbors(n_neighbors=len(allowed)).fit(others).kneighbors(own)
    candidates = sorted(
        (round(float(d), 12), code, allowed[j])
        for code, row, near in zip(wanted, distances, order, strict=True)
        for d, j in zip(row, near, strict=True)
    )
    pairs: dict[str, Match] = {}
    used: set[str] = set()
    for distance, code, other in candidates:
        if code not in pairs and other not in used:
            pairs[code] = Match(code, other, distance)
            used.add(other)
    return tuple(pairs[code] for code in wanted if code in pairs)


def _balance(
    table: GemeenteTable, groups: Groups, matched: Groups, on: Sequence[str], scaled: Floats
) -> tuple[tuple[str, float, float], ...]:
    place = {code: i for i, code in enumerate(table.codes)}

    def mean(codes: Sequence[str]) -> Floats:
        return np.asarray(np.nanmean(scaled[[place[c] for c in codes if c in place]], axis=0))

    chosen = mean((*groups.tekort, *groups.overschot))
    before, after = chosen - mean(groups.vergelijking), chosen - mean(matched.vergelijking)
    return tuple((key, float(b), float(a)) for key, b, a in zip(on, before, after, strict=True))


def matching_table(found: Matched, table: GemeenteTable) -> Table:
    """The pairs: who is compared with whom."""
    none = NotApplicable(text("compare.reason.no_match"))
    rows: list[tuple[str, str, Cell, Cell, Cell]] = [
        (p.code, table.name(p.code), p.match, table.name(p.match), p.distance) for p in found.pairs
    ]
    rows += [(code, table.name(code), none, none, none) for code in found.without]
    keys = ("gm_code", "gm_naam", "match_code", "match_naam", "distance")
    kinds = {"gm_code": "code", "match_code": "code", "distance": "number"}
    columns = tuple(Column(k, text(f"compare.column.{k}"), kinds.get(k, "text")) for k in keys)  # type: ignore[arg-type]
    notes = tuple(
        text("compare.matching.note_balance", kenmerk=key, before=before, after=after)
        for key, before, after in found.balance
    )
    values = {key: [row[i] for row in rows] for i, key in enumerate(keys)}
    made = Table("matching", text("compare.matching.title"), columns, values, table.synthetic, notes)
    pairs = [fewest(map(table.households, (p.code, p.match))) for p in found.pairs]
    return made.behind([*pairs, *(table.households(code) for code in found.without)])
