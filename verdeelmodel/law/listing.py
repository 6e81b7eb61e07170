"""The catalogue of the law as result tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from verdeelmodel.law.catalogue import SUBJECTS, Entry, entries, find, subject_key
from verdeelmodel.law.facts import Certainty, sources
from verdeelmodel.table import Cell, Column, Table
from verdeelmodel.wording import text


def list_params() -> Table:
    """One row per subject: how many values, of which years, and how certain they are."""
    found = {subject: entries(subject) for subject in SUBJECTS}
    years = {s: sorted({e.year for e in es}) for s, es in found.items()}
    certain = {s: Counter(e.certainty for e in es) for s, es in found.items()}
    values: dict[str, list[Cell]] = {
        "subject": list(found),
        "what": [text(f"params.subject.{s}") for s in found],
        "values": [len(es) for es in found.values()],
        "years": [f"{ys[0]}-{ys[-1]}" for ys in years.values()],
        **{c.value: [certain[s][c] for s in found] for c in Certainty},
        "suspected": [sum(e.suspected for e in es) for es in found.values()],
    }
    columns = (
        Column("subject", text("params.column.subject"), "code"),
        Column("what", text("params.column.what")),
        Column("values", text("params.column.values"), "count"),
        Column("years", text("params.column.years"), "code"),
        *(Column(c.value, c.label, "count") for c in Certainty),
        Column("suspected", text("params.column.suspected"), "count"),
    )
    table = Table("params", text("params.title"), columns, values, notes=(text("params.show_note"),))
    return table.public("law")


def uncertain_params() -> tuple[Table, ...]:
    """Every value that was not read in full, or of which an error in the publication is suspected."""
    return entry_tables(text("params.uncertain_title"), [e for e in entries() if e.uncertain])


def show_params(subject: str, words: Sequence[str] = ()) -> tuple[Table, ...]:
    """The values of a subject that match the words, over the years; RequestError when there are none."""
    key = subject_key(subject)
    title = text(f"params.subject.{key}")
    return entry_tables(f"{title}: {' '.join(words)}" if words else title, find(key, words))


def entry_tables(title: str, found: Sequence[Entry]) -> tuple[Table, ...]:
    """The values by key and year; what they are, with unit, date and remarks; and the sources."""
    return (_values(title, found), _details(found), _sources(found))


def _values(title: str, found: Sequence[Entry]) -> Table:
    cells: dict[str, list[Cell]] = {
        "key": [_name(e) for e in found],
        "year": [str(e.year) for e in found],
        "value": [e.value for e in found],
        "certainty": [e.certainty.label for e in found],
        "source": [e.source for e in found],
    }
    if any(e.corrected for e in found):
        cells["corrected"] = [e.corrected for e in found]
    order = ("key", "year", "value", "corrected", "certainty", "source")
    return _table("values", title, cells, order)


def _details(found: Sequence[Entry]) -> Table:
    years: dict[tuple[str, ...], list[str]] = {}
    for e in found:
        years.setdefault((_name(e), e.label, e.unit, e.date, e.note), []).append(str(e.year))
    years = dict(sorted(years.items(), key=lambda found: found[0][0]))
    cells: dict[str, list[Cell]] = {
        "key": [k[0] for k in years],
        "years": [", ".join(ys) for ys in years.values()],
        "label": [k[1] for k in years],
        "unit": [k[2] for k in years],
        "date": [k[3] for k in years],
        "note": [k[4] for k in years],
    }
    return _table("details", text("params.details_title"), cells, tuple(cells))


def _sources(found: Sequence[Entry]) -> Table:
    used = [sources()[key] for key in dict.fromkeys(k for e in found for k in e.source.split())]
    cells: dict[str, list[Cell]] = {
        "source": [s.key for s in used],
        "title": [str(s) for s in used],
        "address": [s.address for s in used],
        "reading": [s.reading.label for s in used],
    }
    return _table("sources", text("params.sources_title"), cells, tuple(cells))


def _name(entry: Entry) -> str:
    return f"{entry.subject}.{entry.key}"


def _table(key: str, title: str, cells: dict[str, list[Cell]], order: Sequence[str]) -> Table:
    kept = [name for name in order if name in cells]
    columns = tuple(Column(name, text(f"params.column.{name}"), "code" if name == "year" else "text") for name in kept)
    return Table(key, title, columns, cells).public("law")
