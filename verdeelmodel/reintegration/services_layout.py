"""How the tables of services are laid out: columns, cells, and the evidence behind each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.odds import CategoryOdds, Odds
from verdeelmodel.reintegration.services_protection import left_out
from verdeelmodel.table import P_VALUE, Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

Behind = Mapping[str, Sequence[Evidence | None]]


def column(key: str, kind: Kind = "text", decimals: int | None = None) -> Column:
    """A column with its label from the wording."""
    return Column(key, text(f"services.column.{key}"), kind, decimals=decimals)


def p_column(key: str = "p") -> Column:
    """A column of p-values."""
    return Column(key, text(f"services.column.{key}"), "number", unit=P_VALUE)


def table(
    study: ServicesStudy,
    key: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    notes: Sequence[str] = (),
    evidence: Behind | None = None,
    row_group: str | None = None,
) -> Table:
    """A table of this study: its title from the wording, marked when the clients are made up."""
    values = {c.key: [row[i] for row in rows] for i, c in enumerate(columns)}
    return Table(
        f"services_{key}",
        text(f"services.title.{key}"),
        tuple(columns),
        values,
        synthetic=study.clients.synthetic,
        notes=tuple(notes),
        evidence=dict(evidence or {}),
        row_group=row_group,
    )


def shares_of(part: Cell, whole: Cell) -> Cell:
    """A share, not applicable when either count is left out or there is nobody."""
    if isinstance(part, NotApplicable) or isinstance(whole, NotApplicable):
        return part if isinstance(part, NotApplicable) else whole
    return float(part) / float(whole) if float(whole) else NotApplicable(text("services.nobody"))


def minus(whole: Cell, part: Cell) -> Cell:
    """What is left of a count; not applicable when either is left out, since the difference would give it back."""
    if isinstance(whole, NotApplicable) or isinstance(part, NotApplicable):
        return part if isinstance(part, NotApplicable) else whole
    return int(float(whole)) - int(float(part))


def odds_cells(odds: Odds | None, reason: str, shown: bool, threshold: int, reference: bool) -> list[Cell]:
    """Odds ratio, both ends of the interval and the p-value; the reference is 1 without an interval."""
    if reference:
        return [1.0, *[NotApplicable(text("services.reference"))] * 3]
    if not shown:
        return [left_out(threshold)] * 4
    if odds is None:
        return [NotApplicable(reason)] * 4
    return [odds.ratio, odds.low, odds.high, odds.p]


def behind_odds(rows: Sequence[CategoryOdds], degrees: int, keys: Sequence[str]) -> dict[str, list[Evidence | None]]:
    """The evidence of every odds ratio and interval: the clients of the category and the freedom of the regression."""
    found: list[Evidence | None] = [Evidence(count=r.n, degrees_of_freedom=degrees) for r in rows]
    return dict.fromkeys(keys, found)


def category_label(study: ServicesStudy, factor: str, category: str) -> str:
    """The label of a category of a characteristic; an empty key is missing."""
    if not category:
        return text("services.missing")
    trait = study.clients.traits.get(factor)
    return trait.label_of(category) if trait is not None else text(f"services.{factor}.{category}")


def factor_label(study: ServicesStudy, factor: str) -> str:
    """The label of a characteristic."""
    trait = study.clients.traits.get(factor)
    return trait.label if trait is not None else text(f"services.{factor}.label")
