"""The tables of the report: coefficients with stars in one cell, bold for what only control shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.groups import KenmerkLabel
from verdeelmodel.compare.regressions import SYSTEMATIC_LEVEL, Regression, Regressions
from verdeelmodel.table import Cell, Column, NotApplicable, Table, format_number
from verdeelmodel.wording import text


def starred(row: Regression, test: str) -> str:
    """A coefficient with its stars, as in the report: 0,93 ***."""
    if row.tests is None:
        return ""
    found = row.tests[test]
    return f"{format_number(found.estimate, 'number')} {found.stars}".strip()


def differences_table(result: Regressions, before: Regressions | None = None, everything: bool = False) -> Table:
    """Only what is systematic (or everything), in the layout of table 4.2; after control, with `before`, of table 4.3.

    With `before`, the kenmerken that are systematic only after control are bold, and the control itself is a dash.
    """
    rows = [r for r in result.rows if everything or r.systematic or _is_control(r, result)]
    new = {r.kenmerk.key for r in rows if before and r.systematic and not before.of(r.kenmerk.key).systematic}
    values: dict[str, list[Cell]] = {
        "thema": [r.kenmerk.thema for r in rows],
        "kenmerk": [r.kenmerk.label for r in rows],
        "coef_tekort": [_cell(r, result, "tekort") for r in rows],
        "coef_overschot": [_cell(r, result, "overschot") for r in rows],
        "difference": [_cell(r, result, "difference") for r in rows],
    }
    emphasis = frozenset((i, "kenmerk") for i, r in enumerate(rows) if r.kenmerk.key in new)
    notes = [text("compare.note.stars"), text("compare.note.standardised"), text("compare.note.not_causal")]
    if new:
        notes.append(text("compare.note.bold"))
    table = Table(
        key="differences_controlled" if result.control else "differences",
        title=_title(result),
        columns=_layout_columns(tuple(values)),
        values=values,
        synthetic=result.synthetic,
        notes=(*notes, expectation(result)),
        emphasis=emphasis,
    )
    return _by_thema(with_degrees(table, [r.degrees for r in rows]))


def _title(result: Regressions) -> str:
    if not result.control:
        return text("compare.layout.title")
    return text("compare.layout.title_controlled", control=control_label(result))


def control_label(result: Regressions) -> str:
    """The labels of the controls of these regressions."""
    labels = {r.kenmerk.key: r.kenmerk.label for r in result.rows}
    return " + ".join(labels.get(key, key) for key in result.control.split("+"))


def expectation(result: Regressions) -> str:
    """How many of the kenmerken tested were found, how many chance gives, and how many remain after correction."""
    from verdeelmodel.compare.power import expected_false

    tested = [r for r in result.rows if r.tests is not None]
    left = sum(r.q < SYSTEMATIC_LEVEL for r in tested)
    return text(
        "compare.layout.expectation",
        tested=len(tested),
        found=len(result.systematic),
        expected=round(expected_false(result)),
        left=left,
    )


def _is_control(row: Regression, result: Regressions) -> bool:
    return bool(result.control) and row.kenmerk.key in result.control.split("+")


def _cell(row: Regression, result: Regressions, test: str) -> Cell:
    if _is_control(row, result):
        return "-"
    if row.tests is None:
        return NotApplicable(row.reason)
    return row.tests[test].stars if test == "difference" else starred(row, test)


def _layout_columns(keys: tuple[str, ...]) -> tuple[Column, ...]:
    texts = {"thema", "kenmerk"}
    return tuple(Column(k, text(f"compare.layout.{k}"), "text" if k in texts else "stars") for k in keys)


def _by_thema(table: Table) -> Table:
    themas = list(dict.fromkeys(table.values["thema"]))
    order = sorted(range(len(table)), key=lambda i: themas.index(table.values["thema"][i]))
    return replace(table.select(order), row_group="thema")


def both_table(plain: Regressions, controlled: Regressions) -> Table:
    """Every kenmerk without and with control side by side: the layout of table D.1."""
    rows = list(zip(plain.rows, controlled.rows, strict=True))
    values: dict[str, list[Cell]] = {
        "thema": [p.kenmerk.thema for p, _ in rows],
        "kenmerk": [p.kenmerk.label for p, _ in rows],
    }
    for test in ("tekort", "overschot", "difference"):
        values[test] = [_cell(p, plain, test) for p, _ in rows]
    for test in ("tekort", "overschot", "difference"):
        values[f"{test}_controlled"] = [_cell(c, controlled, test) for _, c in rows]
    notes = (
        text("compare.layout.note_both", control=control_label(controlled)),
        text("compare.note.stars"),
        text("compare.note.standardised"),
        text("compare.note.not_causal"),
    )
    columns = _layout_columns(tuple(values))
    title = text("compare.layout.title_both")
    table = Table("differences_both", title, columns, values, plain.synthetic, notes)
    return _by_thema(with_degrees(table, [min(p.degrees, c.degrees) for p, c in rows]))


def association_table(
    plain: Regressions, controlled: Regressions | None, origin: Callable[[KenmerkLabel], str] | None = None
) -> Table:
    """Whether each kenmerk is systematic, Ja / Ja (ja) / Nee (ja): the layout of table S.1."""
    after = controlled or plain
    rows = list(zip(plain.rows, after.rows, strict=True))
    values: dict[str, list[Cell]] = {
        "thema": [p.kenmerk.thema for p, _ in rows],
        "kenmerk": [p.kenmerk.label for p, _ in rows],
        "q": [NotApplicable(p.reason) if p.tests is None else p.q for p, _ in rows],
        "association": [association(p, c if controlled else None) for p, c in rows],
    }
    if origin:
        values["origin"] = [origin(p.kenmerk) for p, _ in rows]
    kinds = {"q": "number"}
    columns = tuple(Column(k, text(f"compare.layout.{k}"), kinds.get(k, "text")) for k in values)  # type: ignore[arg-type]
    notes = [text("compare.layout.note_association"), expectation(plain), text("compare.note.not_causal")]
    if controlled:
        notes.insert(1, text("compare.layout.note_association_control", control=control_label(controlled)))
    title = text("compare.layout.title_association")
    table = Table("association", title, columns, values, plain.synthetic, tuple(notes))
    return _by_thema(with_degrees(table, [p.degrees for p, _ in rows]))


def association(before: Regression, after: Regression | None) -> Cell:
    """Ja when systematic, Ja (ja) when also after control, Nee (ja) when only after control, else Nee."""
    if before.tests is None:
        return NotApplicable(before.reason)
    key = "yes" if before.systematic else "no"
    return text(f"compare.layout.{key}_still" if after is not None and after.systematic else f"compare.layout.{key}")
