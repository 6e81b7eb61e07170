"""A plain sentence for each finding: what was seen, how strong, and never why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verdeelmodel.compare.layout import control_label
from verdeelmodel.compare.regressions import LEVELS, SYSTEMATIC_LEVEL, GroupTest, Regression, Regressions
from verdeelmodel.compare.robustness import Influence
from verdeelmodel.table import Column, Table, format_number
from verdeelmodel.wording import text

# More names than this make a sentence unreadable.
NAMED = 3


@dataclass(frozen=True)
class Finding:
    """A systematic kenmerk and what can be said of it."""

    kenmerk: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def findings(
    plain: Regressions, controlled: Regressions | None = None, influences: Sequence[Influence] = ()
) -> tuple[Finding, ...]:
    """One finding per kenmerk that is systematic without or with control, the strongest first."""
    moved = {i.row.kenmerk.key: i for i in influences}
    found: list[tuple[float, Finding]] = []
    for row in plain.rows:
        after = controlled.of(row.kenmerk.key) if controlled else None
        still = after is not None and after.systematic
        if not (row.systematic or still):
            continue
        parts = [_difference(row)] if row.systematic else [_only_after(row, after, controlled)]
        if row.systematic and controlled is not None and after is not None:
            parts.append(_after_control(after, controlled))
        parts.append(_corrected(row if row.systematic else after or row))
        influence = moved.get(row.kenmerk.key)
        if row.systematic and influence is not None and influence.deciding:
            parts.append(_fragile(influence))
        found.append((row.p_any, Finding(row.kenmerk.key, " ".join(parts))))
    found.sort(key=lambda pair: pair[0])
    return tuple(finding for _, finding in found)


def _difference(row: Regression) -> str:
    assert row.tests is not None  # noqa: S101 - a systematic row always has its tests
    tekort, overschot, difference = (row.tests[name] for name in ("tekort", "overschot", "difference"))
    return text(
        "compare.finding.difference",
        kenmerk=row.kenmerk.label,
        tekort=_side(tekort),
        overschot=_side(overschot),
        difference=_significance(difference),
    )


def _side(test: GroupTest) -> str:
    key = "above" if test.estimate >= 0 else "below"
    size = format_number(abs(test.estimate), "number")
    return text(f"compare.finding.{key}", size=size, significance=_significance(test))


def _significance(test: GroupTest) -> str:
    for mark, level in LEVELS:
        if test.stars == mark:
            return text("compare.finding.significant", level=format_number(level, "share", 0))
    return text("compare.finding.not_significant")


def _only_after(row: Regression, after: Regression | None, controlled: Regressions | None) -> str:
    control = control_label(controlled) if controlled else ""
    shown = _difference(after) if after is not None else ""
    return text("compare.finding.only_after", control=control, difference=shown)


def _after_control(after: Regression, controlled: Regressions) -> str:
    if after.tests is None:
        return text("compare.finding.control_not_computed", reason=after.reason)
    key = "still" if after.systematic else "no_longer"
    return text(f"compare.finding.{key}", control=control_label(controlled))


def _corrected(row: Regression) -> str:
    key = "holds" if row.q < SYSTEMATIC_LEVEL else "falls"
    shown = f"< {format_number(0.001, 'number', 3)}" if row.q < 0.001 else f"= {format_number(row.q, 'number', 3)}"
    return text(f"compare.finding.{key}", q=shown)


def _fragile(influence: Influence) -> str:
    names = list(influence.deciding[:NAMED])
    more = len(influence.deciding) - NAMED
    if more > 0:
        names.append(text("compare.finding.others", count=more))
    shown = names[0] if len(names) == 1 else text("compare.finding.or", first=", ".join(names[:-1]), last=names[-1])
    return text("compare.finding.fragile", gemeenten=shown)


def findings_table(found: Sequence[Finding], synthetic: bool = False) -> Table:
    """The findings as sentences (findings.csv)."""
    columns = (
        Column("kenmerk", text("compare.column.kenmerk"), "code"),
        Column("sentence", text("compare.column.sentence")),
    )
    values = {"kenmerk": [f.kenmerk for f in found], "sentence": [f.sentence for f in found]}
    note = text("compare.note.not_causal")
    return Table("findings", text("compare.finding.title"), columns, values, synthetic, (note,), row_group="kenmerk")
