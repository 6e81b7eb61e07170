"""The published figures on outcomes, to be laid beside the obtained ones."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SOURCE = "ROA, Profielschets bijstandsontvangers Heerlen"


@dataclass(frozen=True)
class Printed:
    """A figure as it is printed: a fraction, where it stands, and how sure it is."""

    value: float
    place: str
    certainty: str
    note: str


@cache
def printed() -> dict[tuple[str, str, str], Printed]:
    """Every published figure by table, term and group."""
    source = files(__package__).joinpath("published", "outcomes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in source.splitlines() if not line.startswith("#"))
    return {
        (row["table"], row["term"], row["group"]): Printed(
            float(row["value"]), row["place"], row["certainty"], row["note"]
        )
        for row in rows
    }
