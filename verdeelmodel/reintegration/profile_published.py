"""The published figures of the source, to be laid beside the obtained ones."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SOURCE = "ROA, Profielschets bijstandsontvangers Heerlen"


@dataclass(frozen=True)
class Printed:
    """One published figure: of which area and group, what it is about, and where it is printed."""

    area: str
    figure: str
    group: str
    item: str
    value: float
    kind: str
    place: str
    certainty: str
    note: str


@dataclass(frozen=True)
class PrintedWijk:
    """A wijk of Heerlen as the source names it; `rank` is its place by share of recipients (table A1)."""

    code: int
    name: str
    rank: int | None


@cache
def printed_figures() -> tuple[Printed, ...]:
    """Every published figure, in the order of the source."""
    return tuple(
        Printed(
            area=row["area"],
            figure=row["figure"],
            group=row["group"],
            item=row["item"],
            value=float(row["value"]),
            kind=row["kind"],
            place=row["place"],
            certainty=row["certainty"],
            note=row["note"],
        )
        for row in _rows("profile.csv")
    )


@cache
def printed_wijken() -> tuple[PrintedWijk, ...]:
    """The wijken of Heerlen in the order of their codes."""
    return tuple(
        PrintedWijk(int(row["wijk"]), row["name"], int(row["rank"]) if row["rank"] else None)
        for row in _rows("wijken.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    source = files("verdeelmodel.reintegration").joinpath("published", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in source.splitlines() if not line.startswith("#")))
