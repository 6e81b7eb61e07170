"""The printed tables of the source beside the obtained ones, with the differences."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.odds import NotEstimable, Odds, OddsModel
from verdeelmodel.reintegration.services_clients import GEMEENTE
from verdeelmodel.reintegration.services_layout import category_label, column, factor_label, minus, table
from verdeelmodel.reintegration.services_protection import TOTAL
from verdeelmodel.reintegration.services_tables_odds import shows
from verdeelmodel.reintegration.services_words import SERVICES
from verdeelmodel.table import Cell, Evidence, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

DESCRIBED = {"2": SERVICES, "4": "provision", "5": "status_start", "6": "status_end"}
REGRESSED = {"8": "", "9": "tailored", "10": SERVICES}


@dataclass(frozen=True)
class Printed:
    """One printed number: of which table and row, what it is, how certain, and what is known of it."""

    table: str
    row: str
    figure: str
    value: float
    certainty: str
    note: str


@cache
def printed_figures() -> tuple[Printed, ...]:
    """Every printed number in the order of the source."""
    source = files("verdeelmodel.reintegration").joinpath("published", "services.csv").read_text(encoding="utf-8")
    lines = [line for line in source.splitlines() if not line.startswith("#")]
    return tuple(
        Printed(r["table"], r["row"], r["figure"], float(r["value"]), r["certainty"], r["note"])
        for r in csv.DictReader(lines)
    )


def counts_beside(study: ServicesStudy) -> Table:
    """Tables 1 to 7: printed and obtained numbers of clients."""
    rows: list[list[Cell]] = []
    evidence: list[Evidence | None] = []
    for figure in printed_figures():
        if figure.figure == "n" and figure.table != "1":
            label, obtained = _count(study, figure)
            difference: Cell = obtained
            if not isinstance(obtained, NotApplicable):
                difference = float(obtained) - figure.value
            rows.append([figure.table, label, figure.value, obtained, difference, figure.note])
            evidence.append(Evidence() if isinstance(obtained, NotApplicable) else Evidence(count=int(float(obtained))))
    columns = [column("table"), column("category"), column("published", "count"), column("obtained", "count")]
    columns += [column("difference", "count"), column("note")]
    behind = {"obtained": evidence, "difference": evidence}
    made = table(study, "published_counts", columns, rows, _notes(study), behind, "table")
    return made.public("published", ("published",))


def _notes(study: ServicesStudy) -> list[str]:
    return [text("services.note.published"), *([] if study.clients.synthetic else [text("services.note.not_yours")])]


def _count(study: ServicesStudy, figure: Printed) -> tuple[str, Cell]:
    counts = study.counts
    if figure.table == "7":
        return _outcome(study, figure.row)
    factor, _, category = figure.row.rpartition(":")
    factor = factor or DESCRIBED[figure.table]
    label = factor_label(study, factor)
    if category == "total":
        valid = counts.cell(TOTAL, "all")
        if (factor, "") in counts.places:
            valid = minus(valid, counts.cell((factor, ""), "all"))
        return f"{label}: {text('services.valid')}", valid
    key = "" if category == "missing" else category
    shown = f"{label}: {category_label(study, factor, key)}"
    if (factor, key) not in counts.places:
        return shown, 0 if factor not in study.clients.absent else NotApplicable(text("services.no_column"))
    return shown, counts.cell((factor, key), "both" if factor == SERVICES else "all")


def _outcome(study: ServicesStudy, row: str) -> tuple[str, Cell]:
    from verdeelmodel.reintegration.services_tables import clients_group

    if row == "total":
        return text("services.valid"), minus(study.counts.cell(TOTAL, "all"), study.counts.group(0))
    group = 0 if row == "missing" else int(row)
    return clients_group(study, group), study.counts.group(group)


def odds_beside(study: ServicesStudy) -> Table:
    """Tables 8 to 10: printed and obtained odds ratios, and whether the printed one lies in the obtained interval."""
    rows = list(_odds_rows(study))
    degrees = {
        number: None if isinstance(model, NotEstimable) else model.n - len(model.rows)
        for number, model in _models(study).items()
    }
    behind = [Evidence(degrees_of_freedom=degrees[str(row[0])]) for row in rows]
    keys = ("published", "published_low", "published_high", "obtained", "low", "high", "difference")
    columns = [column("table"), column("category"), *(column(key, "number", 2) for key in keys)]
    columns += [column("inside"), column("certainty"), column("note")]
    made = table(study, "published_odds", columns, rows, _notes(study), row_group="table")
    own = ("obtained", "low", "high", "difference")
    return made.public("published", keys[:3]).behind(behind, own)


def _odds_rows(study: ServicesStudy) -> Iterator[list[Cell]]:
    figures = {(f.table, f.row, f.figure): f for f in printed_figures()}
    models = _models(study)
    for (number, row, kind), ratio in figures.items():
        if kind != "odds_ratio" or (row.startswith(GEMEENTE) and not study.clients.synthetic):
            continue
        factor, _, category = row.rpartition(":")
        place = (factor or REGRESSED[number], category)
        label = f"{factor_label(study, place[0])}: {_label(study, place)}"
        low, high = (figures[number, row, end].value for end in ("ci_low", "ci_high"))
        found = _odds(study, models[number], place)
        printed: list[Cell] = [ratio.value, low, high]
        if isinstance(found, NotApplicable):
            yield [number, label, *printed, *[found] * 4, found.reason, ratio.certainty, ratio.note]
            continue
        inside = text("table.yes" if found.low <= ratio.value <= found.high else "table.no")
        obtained: list[Cell] = [found.ratio, found.low, found.high, found.ratio - ratio.value]
        yield [number, label, *printed, *obtained, inside, ratio.certainty, ratio.note]


def _models(study: ServicesStudy) -> dict[str, OddsModel | NotEstimable]:
    """The models by the number of the printed table that they stand beside."""
    return {"8": study.base, "9": study.tailored, "10": study.services}


def _label(study: ServicesStudy, place: tuple[str, str]) -> str:
    keys = study.clients.traits[place[0]].keys
    return category_label(study, *place) if place[1] in keys else place[1]


def _odds(study: ServicesStudy, model: OddsModel | NotEstimable, place: tuple[str, str]) -> Odds | NotApplicable:
    if isinstance(model, NotEstimable):
        return NotApplicable(model.reason)
    row = next((r for r in model.rows if (r.factor, r.category) == place), None)
    if row is None or row.odds is None:
        reason = text("services.reference") if row and row.reference else row.reason if row else text("services.nobody")
        return NotApplicable(reason)
    return row.odds if shows(study, row) else NotApplicable(text("services.hidden"))
