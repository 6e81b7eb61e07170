"""The one result table that every room hands on.

Terminal, CSV, Parquet, HTML, Excel and the disclosure gate all read this type; no room formats numbers itself.
A cell is text, a number, a boolean or an explicit `NotApplicable(reason)`: a silent NaN is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from verdeelmodel.wording import Language, language, text
from verdeelmodel.wording.numbers import euros, localised

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "code", "flag", "count", "number", "euro", "share", "percentage_points", "stars"]
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# The unit of a column of p-values: what is smaller than the last decimal is shown as smaller than it, never as zero.
P_VALUE = "p"
DECIMALS: dict[str, int] = {"count": 0, "number": 2, "euro": 0, "share": 1, "percentage_points": 1}


@dataclass(frozen=True)
class NotApplicable:
    """A value that cannot be computed, with the reason in words."""

    reason: str

    def __str__(self) -> str:
        return text("table.because", reason=self.reason)


Cell = str | int | float | bool | NotApplicable

# Why no household stands behind a figure: the law, figures others published, choices of the user, names, simulated
# chance, a country that does not exist, or a count of kenmerken, models and the like.
Public = Literal["law", "published", "settings", "names", "chance", "invented", "counting"]
# Kinds that only name or mark a row; everything else is a figure.
NAMES = ("text", "code", "flag", "stars")


@dataclass(frozen=True)
class Evidence:
    """What stands behind one cell: unweighted households, and what the disclosure rules look at.

    `public` says why nothing of a household is in the cell; it is declared on purpose, never a default.
    """

    count: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    largest: tuple[float, ...] = ()
    total: float | None = None
    degrees_of_freedom: int | None = None
    public: Public | None = None


@dataclass(frozen=True)
class Column:
    """A column: key for CSV, label for readers, unit, kind (how to format) and decimals (None: the kind's own).

    A `share` is stored as a fraction (0.093) and shown as a percentage (9,3%); `percentage_points` likewise without %.
    """

    key: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    decimals: int | None = None


@dataclass(frozen=True)
class Table:
    """Columns of equal length with keys and labels, notes, source, the mark synthetic, and evidence per cell.

    `values` maps a column key to its cells; `evidence` maps a column key to one Evidence (or None) per row.
    `emphasis` holds the (row index, column key) pairs to print bold.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    values: Mapping[str, Sequence[Cell]]
    synthetic: bool = False
    notes: tuple[str, ...] = ()
    source: str = ""
    row_group: str | None = None
    emphasis: frozenset[tuple[int, str]] = frozenset()
    evidence: Mapping[str, Sequence[Evidence | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse unequal lengths, columns without values, values without a column, and NaN."""
        keys = [c.key for c in self.columns]
        if len(set(keys)) != len(keys) or set(keys) != set(self.values):
            raise ValueError(f"table {self.key}: columns {keys} and values {sorted(self.values)} differ")
        frozen = {k: tuple(_plain(v, self.key, k) for v in self.values[k]) for k in keys}
        lengths = {len(v) for v in frozen.values()} | {len(v) for v in self.evidence.values()}
        if len(lengths) > 1:
            raise ValueError(f"table {self.key}: columns of unequal length {sorted(lengths)}")
        if not set(self.evidence) <= set(keys):
            raise ValueError(f"table {self.key}: evidence for columns {sorted(set(self.evidence) - set(keys))}")
        object.__setattr__(self, "values", frozen)

    def __len__(self) -> int:
        return len(self.values[self.columns[0].key]) if self.columns else 0

    def __str__(self) -> str:
        widths, lines = self._layout(language())
        return "\n".join(
            "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )

    def column(self, key: str) -> Column:
        """The column with this key."""
        return next(c for c in self.columns if c.key == key)

    def formatted(self, lang: Language | None = None) -> list[list[str]]:
        """Every cell as a reader sees it, row by row."""
        use = lang or language()
        return [[format_cell(self.values[c.key][i], c, use) for c in self.columns] for i in range(len(self))]

    def to_frame(self) -> pd.DataFrame:
        """The numbers as a DataFrame in full precision; not-applicable cells become missing."""
        import pandas as pd

        return pd.DataFrame({c.key: _series(self.values[c.key]) for c in self.columns})

    def with_notes(self, *notes: str) -> Table:
        """A copy with these notes added."""
        return replace(self, notes=(*self.notes, *notes))

    def behind(self, rows: Sequence[Evidence | None], keys: Collection[str] = ()) -> Table:
        """A copy with, behind row i of these columns, rows[i].

        Without keys: of every figure that has no evidence yet, or of every column when the table has only names.
        """
        figures = [c.key for c in self.columns if c.kind not in NAMES] or [c.key for c in self.columns]
        chosen = keys or [key for key in figures if key not in self.evidence]
        return replace(self, evidence={**self.evidence, **{key: tuple(rows) for key in chosen}})

    def public(self, reason: Public, keys: Collection[str] = ()) -> Table:
        """A copy that declares why no household stands behind these columns; without keys as with `behind`."""
        return self.behind([Evidence(public=reason)] * len(self), keys)

    def select(self, rows: Iterable[int]) -> Table:
        """A copy with only these rows, in this order."""
        chosen = list(rows)
        return replace(
            self,
            values={k: [v[i] for i in chosen] for k, v in self.values.items()},
            evidence={k: [v[i] for i in chosen] for k, v in self.evidence.items()},
            emphasis=frozenset((new, k) for new, old in enumerate(chosen) for o, k in self.emphasis if o == old),
        )

    def with_columns(self, keys: Collection[str]) -> Table:
        """A copy with only these columns, in their own order."""
        return replace(
            self,
            columns=tuple(c for c in self.columns if c.key in keys),
            values={k: v for k, v in self.values.items() if k in keys},
            evidence={k: v for k, v in self.evidence.items() if k in keys},
            emphasis=frozenset((row, k) for row, k in self.emphasis if k in keys),
        )

    def _layout(self, lang: Language) -> tuple[list[int], list[list[str]]]:
        lines = [[c.label for c in self.columns], *self.formatted(lang)]
        return [max(len(line[i]) for line in lines) for i in range(len(self.columns))], lines


def together(behind: Sequence[Evidence | None], rows: Iterable[int] | None = None) -> Evidence:
    """What stands behind a figure over several areas that share no household: their households together.

    Without rows of all of them; empty, and so for a person to judge, when of one it is not known.
    """
    parts = [behind[i] for i in (range(len(behind)) if rows is None else rows)]
    counts = [part.count for part in parts if part is not None and part.count is not None]
    below = [part.denominator for part in parts if part is not None and part.denominator is not None]
    if not counts or len(counts) < len(parts):
        return Evidence()
    return Evidence(count=sum(counts), denominator=sum(below) if len(below) == len(parts) else None)


def fewest(sides: Iterable[Evidence | None]) -> Evidence:
    """What stands behind a figure that compares these: the least of each; empty when of one it is not known."""
    parts = [part for part in sides if part is None or part.public is None]
    known = [part for part in parts if part is not None and part != Evidence()]
    if len(known) < len(parts):
        return Evidence()

    def least(name: str) -> int | None:
        return min((n for part in known if (n := getattr(part, name)) is not None), default=None)

    return Evidence(least("count"), least("numerator"), least("denominator"), (), None, least("degrees_of_freedom"))


def frame_values(frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, list[Cell]]:
    """The cells of the named columns of a DataFrame, ready to be the `values` of a Table."""
    return {c.key: [_from_numpy(v) for v in frame[c.key].tolist()] for c in columns}


def format_cell(value: Cell, column: Column, lang: Language) -> str:
    """One cell as a reader sees it: decimal comma in Dutch, thousands separated, n.v.t. where not applicable.

    Where numbers of several kinds stand in one column, those that are whole by nature (an int) have no decimals.
    """
    if isinstance(value, NotApplicable):
        return text("table.not_applicable", lang)
    if isinstance(value, bool):
        return text("table.yes" if value else "table.no", lang)
    if isinstance(value, str) or column.kind in ("text", "code"):
        return harmless(str(value))
    if column.unit == P_VALUE:
        return format_p(float(value), column.decimals, lang)
    whole = column.kind == "number" and isinstance(value, int)
    return format_number(float(value), column.kind, 0 if whole else column.decimals, lang)


def format_number(value: float, kind: Kind, decimals: int | None = None, lang: Language | None = None) -> str:
    """A number as a reader sees it, by kind; negative zero is shown as zero."""
    places = DECIMALS.get(kind, 2) if decimals is None else decimals
    used = lang or language()
    if kind == "euro":
        return euros(value, places, used)
    body = localised(value * 100 if kind in ("share", "percentage_points") else value, places, used)
    return f"{body}%" if kind == "share" else body


def format_p(value: float, decimals: int | None = None, lang: Language | None = None) -> str:
    """A p-value as a reader sees it: 0,0312, and <0,0001 where the decimals would show zero."""
    places = 4 if decimals is None else decimals
    least = 10.0**-places
    return f"{'<' if value < least else ''}{format_number(max(value, least), 'number', places, lang)}"


def harmless(shown: str) -> str:
    """The text without signs that steer a terminal or turn the direction of reading; each becomes a �."""
    return _STEERING.sub("\ufffd", shown)


def _plain(value: object, table: str, column: str) -> Cell:
    plain = _from_numpy(value)
    if isinstance(plain, float) and not math.isfinite(plain):
        raise ValueError(f"table {table}, column {column}: a value that is not a number; use NotApplicable(reason)")
    if isinstance(plain, NotApplicable):
        return plain
    for kind in (bool, str, int, float):  # a value of an enumeration becomes the plain value it stands for
        if isinstance(plain, kind):
            return kind(plain)
    raise ValueError(f"table {table}, column {column}: {plain!r} is no text, number, boolean or NotApplicable(reason)")


def _from_numpy(value: object) -> Cell:
    item = getattr(value, "item", None)
    return item() if callable(item) else value  # type: ignore[return-value]


def _series(cells: Sequence[Cell]) -> list[object]:
    return [None if isinstance(c, NotApplicable) else c for c in cells]
