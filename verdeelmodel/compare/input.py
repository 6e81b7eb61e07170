"""Reading what a user hands in as CSV: saldi, kenmerken, groups and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verdeelmodel.compare.groups import GROUPS, GemeenteTable, Groups, gemeente_table
from verdeelmodel.compare.saldi import Saldi, saldi_from_frame
from verdeelmodel.errors import DataError, Problem, unknown_name
from verdeelmodel.population import CsvColumn, format_gemeente, gemeente_name, herindelingen, read_csv_table
from verdeelmodel.population.csv_text import read_records
from verdeelmodel.population.municipalities import FIRST, LAST, municipalities
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

CODE = CsvColumn("gm_code", "gemeente", also=("gemeente",))
NAME = CsvColumn("gm_naam", "text", required=False)
# Results of a synthetic country carry this column; what is made from them stays marked.
MARK = CsvColumn("synthetisch", "flag", required=False)
YEAR = CsvColumn("jaar", "integer", required=False, filled=True)


@dataclass(frozen=True, eq=False)
class KenmerkenFile:
    """The kenmerken of a file: averaged over the years, and per year when the file has a column jaar."""

    table: GemeenteTable
    yearly: pd.DataFrame | None


def read_kenmerken(path: Path, labels: Mapping[str, tuple[str, str]] | None = None) -> KenmerkenFile:
    """Any columns of numbers per gm_code (and optionally jaar, gm_naam); an empty cell is a missing value."""
    fixed = (CODE, NAME, YEAR, MARK)
    known = {spelling.casefold() for c in fixed for spelling in (c.name, *c.also)}
    header = [name for name in read_records(path).header if name.casefold() not in known]
    if not header:
        raise DataError(text("compare.input.wrong", file=path.name), [Problem(text("compare.input.no_kenmerken"))])
    numbers = [CsvColumn(name, "number", required=False) for name in header]
    frame = read_csv_table(path, [*fixed, *numbers], key=("gm_code", "jaar"))
    fail_if_gemeenten_unknown(frame, path.name)
    coded = frame.assign(gm_code=[format_gemeente(g) for g in frame["gm_code"]])
    means = coded.groupby("gm_code", sort=True)[header].mean()
    yearly = coded.set_index(["gm_code", "jaar"])[header].sort_index() if "jaar" in coded else None
    table = gemeente_table(means, {**registered_labels(header), **(labels or {})}, names_of(coded), is_marked(frame))
    return KenmerkenFile(table, yearly)


def fail_if_gemeenten_unknown(frame: pd.DataFrame, file: str) -> None:
    """Every code is that of a gemeente in some year that the project knows."""
    known = {g for year in range(FIRST, LAST + 1) for g in municipalities(year)} | {h.old for h in herindelingen()}
    codes = [format_gemeente(g) for g in sorted(known)]
    problems = [
        unknown_name(format_gemeente(g), codes, text("compare.groups.gemeente"), text("compare.input.line", line=line))
        for line, g in frame["gm_code"].items()
        if g not in known
    ]
    if problems:
        raise DataError(text("compare.input.wrong", file=file), problems)


def names_of(frame: pd.DataFrame) -> dict[str, str]:
    """The names in a frame with gm_code and, if there, gm_naam; else the official names."""
    names = {code: gemeente_name(int(code[2:])) for code in frame["gm_code"]}
    if "gm_naam" in frame:
        names |= {c: n for c, n in zip(frame["gm_code"], frame["gm_naam"], strict=True) if isinstance(n, str) and n}
    return names


def is_marked(frame: pd.DataFrame) -> bool:
    """Whether a file says of itself that it is synthetic."""
    return "synthetisch" in frame and bool((frame["synthetisch"] == True).any())  # noqa: E712 - empty cells are None


def registered_labels(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Thema and label of the kenmerken that are declared in the registry."""
    from verdeelmodel.kenmerken import registry

    known = registry()
    return {key: (known[key].thema, known[key].label) for key in keys if key in known}


def read_groups(path: Path, known: Sequence[str]) -> Groups:
    """The groups in a file with gm_code and groep; every code must be known in the table of kenmerken.

    Other columns are ignored, so that the groups.csv of a selection can be read as it is.
    """
    columns = [CODE, CsvColumn("groep", "text")]
    frame = read_csv_table(path, columns, ignore_unknown=True)
    members: dict[str, list[str]] = {group: [] for group in GROUPS}
    problems = []
    for line, code, written in zip(frame.index, map(format_gemeente, frame["gm_code"]), frame["groep"], strict=True):
        place, group = text("compare.input.line", line=line), written.strip().casefold()
        if group not in members:
            problems.append(unknown_name(written, GROUPS, text("compare.groups.group"), place))
        else:
            members[group].append(code)
        if code not in known:
            problems.append(unknown_name(code, known, text("compare.groups.gemeente_in_table"), place))
    if problems:
        raise DataError(text("compare.input.wrong", file=path.name), problems)
    return Groups(*(tuple(members[group]) for group in GROUPS))


def read_saldi(path: Path, years: Sequence[int] = ()) -> Saldi:
    """Saldi from gm_code, jaar, budget, uitgaven, inwoners; regio and bijstandsdichtheid are kept when there."""
    amounts = [CsvColumn(name, "number", filled=False) for name in ("budget", "uitgaven", "inwoners")]
    features = [CsvColumn("regio", "text", required=False), CsvColumn("bijstandsdichtheid", required=False)]
    columns = [CODE, CsvColumn("jaar", "integer"), *amounts, NAME, *features, MARK]
    frame = read_csv_table(path, columns, key=("gm_code", "jaar"))
    return saldi_from_frame(frame.drop(columns="synthetisch", errors="ignore"), years, path.name, is_marked(frame))


def read_labels(path: Path) -> dict[str, tuple[str, str]]:
    """Per kenmerk its thema and label, from a file with kenmerk, thema, label."""
    columns = [CsvColumn(name, "text") for name in ("kenmerk", "thema", "label")]
    frame = read_csv_table(path, columns, key=("kenmerk",))
    return {k: (t, label) for k, t, label in zip(frame["kenmerk"], frame["thema"], frame["label"], strict=True)}
