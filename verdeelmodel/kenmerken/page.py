"""The catalogue page of the documentation, made from the declarations (`python -m verdeelmodel.kenmerken.page`)."""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from verdeelmodel.kenmerken.catalogue import years_used
from verdeelmodel.kenmerken.declare import Kenmerk
from verdeelmodel.kenmerken.registry import Registry, builtin
from verdeelmodel.law.weights import CONSTANT, indicators
from verdeelmodel.wording import text


@dataclass(frozen=True)
class ReportRow:
    """A row of a table of a report: the kenmerken that stand for it, or the reason why there are none."""

    table: str
    row: int
    kenmerken: tuple[str, ...]
    reason: str


@cache
def report_rows() -> tuple[ReportRow, ...]:
    """Every row that the kenmerken must cover: tables D.1, 3.2 and B.3 of SEO/Atlas (2022), and the aspects of ROA."""
    with files(__package__).joinpath("data", "rapport.csv").open(encoding="utf-8") as stream:
        rows = csv.DictReader(stream)
        return tuple(ReportRow(r["tabel"], int(r["rij"]), tuple(r["kenmerken"].split()), r["reden"]) for r in rows)


def catalogue_page(known: Registry | None = None) -> str:
    """The page in Markdown: the kenmerken by theme, and which of them stand for each row of the reports."""
    chosen = known or builtin()
    parts = [text("kenmerken.page.head", "nl", count=len(chosen))]
    for theme in sorted({k.thema for k in chosen.values()}):
        members = [k for k in chosen.values() if k.thema == theme]
        parts.append("\n".join([f"## {theme}", "", *_header(), *(_line(k) for k in members)]))
    parts += [_published(chosen), text("kenmerken.page.reports", "nl")]
    for table in dict.fromkeys(row.table for row in report_rows()):
        lines = [_report_line(row, chosen) for row in report_rows() if row.table == table]
        title = text(f"kenmerken.page.table.{table.replace('.', '_')}", "nl")
        parts.append("\n".join([f"### {title}", "", "| rij | kenmerk | functie |", "|---:|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


def _published(known: Registry) -> str:
    """Every row of the published models, with its years and the function that stands for it."""
    lines = [
        f"| {i.component} | `{i.kenmerk}` {known[i.kenmerk].label} | {years_used(i.kenmerk, i.component)} "
        f"| {_place(known[i.kenmerk])} |"
        for i in indicators().values()
        if i.kenmerk != CONSTANT
    ]
    header = ["| deel | kenmerk | modeljaren | functie |", "|---|---|---|---|"]
    return "\n".join([text("kenmerken.page.published", "nl"), "", *header, *lines])


def _header() -> list[str]:
    columns = ("kenmerk", "omschrijving", "eenheid", "soort", "volume", "prijs", "beïnvloedbaar", "bron")
    return ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]


def _line(k: Kenmerk) -> str:
    cells = (
        f"`{k.key}`",
        k.label,
        k.eenheid,
        text(f"kenmerken.soort.{k.soort}", "nl"),
        years_used(k.key, "volume"),
        years_used(k.key, "prijs"),
        k.beinvloedbaar,
        ", ".join(k.bron),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _report_line(row: ReportRow, known: Registry) -> str:
    names = "<br>".join(f"`{key}` {known[key].label}" for key in row.kenmerken) or row.reason
    places = dict.fromkeys(_place(known[key]) for key in row.kenmerken)
    return f"| {row.row} | {names} | {'<br>'.join(places)} |"


def _place(k: Kenmerk) -> str:
    return f"`{k.herkomst.removeprefix('verdeelmodel.')}.{k.compute.__name__}`"


if __name__ == "__main__":
    sys.stdout.write(catalogue_page())
