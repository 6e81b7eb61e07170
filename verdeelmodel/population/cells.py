"""One cell of a user's file as a value, or the reason why it is not one and what was perhaps meant.

Dutch and English notation of numbers are both read, but never mixed in one file: `decimal_sign` decides for the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from verdeelmodel.wording import text

DecimalSign = Literal[",", "."]
LARGEST_POWER = 300  # what is larger does not fit in a floating number
YES = frozenset({"1", "ja", "j", "yes", "y", "true", "waar", "t"})
NO = frozenset({"0", "nee", "n", "no", "false", "onwaar", "f"})
PLAIN = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?|[+-]?\.\d+")
GROUPED = {",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?"), ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")}
# The decimal sign, that sign in a pattern, and the sign between thousands in a pattern.
NOTATIONS: tuple[tuple[DecimalSign, str, str], ...] = ((",", ",", r"\."), (".", r"\.", ","))
# What can only be read with this decimal sign: decimals that are no group of three, or more than one group before them.
ONLY: dict[DecimalSign, re.Pattern[str]] = {
    sign: re.compile(
        rf"[+-]?(\d{{1,3}}({group}\d{{3}})+{point}\d*|\d*{point}(\d{{1,2}}|\d{{4,}})|(0+|\d{{4,}}){point}\d+"
        rf"|\d{{1,3}}({group}\d{{3}}){{2,}})"
    )
    for sign, point, group in NOTATIONS
}
EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
AREA = re.compile(r"(?:(GM|BU|WK)\s*)?(\d{1,8})", re.IGNORECASE)


class CellError(ValueError):
    """A cell that is not a value: `found` says why, `meant` is what to type instead, `wanted` what may stand there."""

    def __init__(self, found: str, meant: str = "", wanted: str = "", remedy: str = "") -> None:
        self.found = found
        self.meant = meant
        self.wanted = wanted
        self.remedy = remedy
        super().__init__(found)


def decimal_sign(cells: Iterable[str], separator: str = ",") -> DecimalSign | None:
    """The decimal sign of a file, told from the cells that can be read in only one way.

    `1.234,5` and `0,5` can only be Dutch, `1,234.5` and `0.5` only English; `1.234` and `1,234` could be either. When
    both notations occur, the one that goes with the separator is expected and the other cells are errors. When no cell
    tells, a file with commas between its cells has decimal points, and of any other file it is not known (None).
    """
    found = {sign for cell in cells for sign, only in ONLY.items() if only.fullmatch(cell.strip())}
    if len(found) == 2:
        return "," if separator == ";" else "."
    if found:
        return found.pop()
    return "." if separator == "," else None


def number(cell: str, decimal: DecimalSign | None = ".") -> Decimal:
    """The number in this cell; thousands may be marked with the sign that is not the decimal one.

    Without a decimal sign a cell that could be read in two ways is an error.
    """
    shown = cell.strip().replace("\u00a0", "")
    if decimal is None and EITHER.fullmatch(shown):
        bare = re.sub(r"[.,]", "", shown)
        raise CellError(text("population.cell.two_ways", cell=shown), bare)
    value = _number(shown, decimal or ".")
    if value is None or value.adjusted() > LARGEST_POWER:
        raise CellError(text("population.cell.not_a_number", cell=cell.strip()), _meant(shown, decimal or "."))
    return value


def _number(shown: str, decimal: DecimalSign) -> Decimal | None:
    if GROUPED[decimal].fullmatch(shown):
        shown = shown.replace("." if decimal == "," else ",", "")
    elif decimal == "," and "." in shown:
        return None
    plain = shown.replace(",", ".") if decimal == "," else shown
    return Decimal(plain) if PLAIN.fullmatch(plain) else None


def _meant(shown: str, decimal: DecimalSign) -> str:
    bare = re.sub(r"[€$%\s]|EUR|euro", "", shown, flags=re.IGNORECASE)
    value = _number(bare, decimal)
    if value is None:
        value = _number(bare, "." if decimal == "," else ",")
    if value is None:
        return ""
    plain = f"{value.to_integral_value():f}" if value == value.to_integral_value() else f"{value:f}"
    return plain.replace(".", decimal)


def integer(cell: str, decimal: DecimalSign | None = ".") -> int:
    """The whole number in this cell."""
    shown = cell.strip()
    if decimal is None and EITHER.fullmatch(shown):
        shown = re.sub(r"[.,]", "", shown)
    value = number(shown, decimal)
    if value != value.to_integral_value() or abs(value) > 2**53:
        meant = re.sub(r"[.,]", "", shown) if EITHER.fullmatch(shown) else ""
        raise CellError(text("population.cell.not_whole", cell=cell.strip()), meant)
    return int(value)


def flag(cell: str) -> bool:
    """Yes or no, as 1/0, ja/nee, true/false, waar/onwaar or yes/no."""
    shown = cell.strip().casefold()
    if shown in YES:
        return True
    if shown in NO:
        return False
    raise CellError(text("population.cell.not_a_flag", cell=cell.strip()))


def area(cell: str, kind: Literal["GM", "BU", "WK"] = "GM") -> int:
    """The number of a gemeente, buurt or wijk: GM0014, gm14, 0014 and 14 are all 14."""
    found = AREA.fullmatch(cell.strip())
    digits = {"GM": 4, "WK": 6, "BU": 8}[kind]
    if not found or (found[1] or kind).upper() != kind or len(found[2]) > digits or int(found[2]) == 0:
        raise CellError(text("population.cell.not_an_area", cell=cell.strip(), example=f"{kind}{14:0{digits}d}"))
    return int(found[2])


def day(cell: str) -> date:
    """A date, as 2020-12-31, 31-12-2020, 31/12/2020 or 20201231."""
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y%m%d"):
        try:
            return datetime.strptime(cell.strip(), form).date()
        except ValueError:
            continue
    raise CellError(text("population.cell.not_a_date", cell=cell.strip()))
