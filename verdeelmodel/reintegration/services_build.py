"""From what a user hands in to a study: files, a population, or the synthetic client file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.errors import Problem, RequestError, unknown_name
from verdeelmodel.population.cells import CellError, area, day
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.reintegration.services_clients import clients_of
from verdeelmodel.reintegration.services_reading import (
    ClientFile,
    ClientRows,
    read_clients,
    read_file_mapping,
    rows_of_frame,
)
from verdeelmodel.reintegration.services_study import ServicesStudy, StudyOptions
from verdeelmodel.reintegration.services_words import REASONS, packaged_words, read_words
from verdeelmodel.reintegration.spells import FAR_YEAR, Window
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.population import Population

YEARS = 3
LARGEST_GEMEENTEN = 20
SYNTHETIC_FILE = "synthetisch"


@dataclass(frozen=True)
class ServicesRequest:
    """What a study is about: files with a mapping, or a population, or (neither) the synthetic client file.

    `threshold` None means 10, and 0 for clients that are made up.
    """

    clients: tuple[Path, ...] = ()
    mapping: Path | None = None
    population: Population | None = None
    reasons: tuple[Path, ...] = ()
    meanings: tuple[Path, ...] = ()
    gemeenten: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    threshold: int | None = None
    firth: bool = False
    names: bool = False
    seed: int = 2017

    @property
    def synthetic(self) -> bool:
        """Whether it is about the synthetic client file."""
        return not self.clients and self.mapping is None and self.population is None

    def told(self) -> dict[str, object]:
        """The choices as plain values, for the record of a run."""
        chosen = ("first", "last", "threshold", "firth", "names")
        return {**{name: getattr(self, name) for name in chosen}, "gemeente": list(self.gemeenten)}

    def inputs(self) -> dict[str, Path | None]:
        """Every file that was handed in, by a short name."""
        found: dict[str, Path | None] = {}
        files = [*self.clients, *(entry.path for entry in self._mapped())]
        for name, paths in (("clients", files), ("reasons", self.reasons), ("meanings", self.meanings)):
            found |= {f"{name}_{i}": path for i, path in enumerate(paths)}
        if self.mapping is not None:
            found["mapping"] = self.mapping
        return found

    def _mapped(self) -> tuple[ClientFile, ...]:
        return read_file_mapping(self.mapping) if self.mapping is not None else ()

    def files(self) -> list[ClientFile]:
        """The files with clients."""
        return [*(ClientFile(path) for path in self.clients), *self._mapped()]


@dataclass(frozen=True)
class Built:
    """A study and what should be said about how it came to be."""

    study: ServicesStudy
    notes: tuple[str, ...] = field(default=())


def reintegration_services(request: ServicesRequest | None = None) -> ServicesStudy:
    """The study of services of this request; without one, that of the synthetic client file."""
    return build_study(request or ServicesRequest()).study


def build_study(request: ServicesRequest) -> Built:
    """The study, and the sentences that belong to it; every problem of the input is a DataError or RequestError."""
    if request.population is not None and (request.clients or request.mapping):
        raise RequestError(text("services.cli.one_source"))
    # The choices are judged before any work.
    options = StudyOptions(10 if request.threshold is None else request.threshold, request.firth)
    more = read_words(request.reasons, REASONS)
    for section, entries in read_words(request.meanings).items():
        more.setdefault(section, {}).update(entries)
    words = packaged_words().extended(more)
    rows, ready, notes = _rows(request)
    rows = _of_gemeenten(rows, request.gemeenten)
    window = _window(request, rows)
    if request.threshold is None and rows.synthetic:
        options = StudyOptions(0, request.firth)
    clients = clients_of(rows, words, window, request.seed, request.names)
    return Built(ServicesStudy(clients, options, ready), tuple(notes))


def _rows(request: ServicesRequest) -> tuple[ClientRows, pd.DataFrame | None, list[str]]:
    if request.population is not None:
        rows, notes = population_rows(request.population, request.gemeenten)
        return rows, None, [text("services.cli.population"), *notes]
    if not request.synthetic:
        return read_clients(request.files()), None, []
    from verdeelmodel.synthetic.trajecten import make_trajects
    from verdeelmodel.synthetic.trajecten_law import planted_services

    made = make_trajects(request.seed)
    numbered = tuple(planted_services().gemeenten)
    rows = rows_of_frame(made.rows, SYNTHETIC_FILE, True, numbered)
    return rows, made.ready, [text("services.cli.synthetic")]


def _of_gemeenten(rows: ClientRows, chosen: Sequence[str]) -> ClientRows:
    """Only the rows of these municipalities (none: all); a RequestError with those that are not there."""
    if not chosen:
        return rows
    present = {str(name).casefold(): name for name in rows.rows["gemeente"].unique()}
    unknown = [name for name in chosen if _plain_code(name, present) is None]
    if unknown:
        known = [str(name) for name in present.values()]
        problems = [unknown_name(name, known, text("services.cli.gemeente_what")) for name in unknown]
        raise RequestError(text("services.cli.gemeente_unknown"), problems)
    wanted = {_plain_code(name, present) for name in chosen}
    kept = rows.rows[rows.rows["gemeente"].isin(wanted)].reset_index(drop=True)
    return ClientRows(kept, rows.unused, rows.synthetic, rows.numbered)


def _plain_code(name: str, present: dict[str, str]) -> str | None:
    found = present.get(name.casefold())
    if found is None:
        try:
            found = present.get(format_gemeente(area(name)).casefold())
        except CellError:
            return None
    return found


def _window(request: ServicesRequest, rows: ClientRows) -> Window:
    """The period asked for; else three calendar years up to and including the last year with a date."""
    problems: list[Problem] = []
    first, last = (_day(value, problems) for value in (request.first, request.last))
    if problems:
        raise RequestError(problems[0].found, problems)
    if first is None or last is None:
        known = _usual_window(rows)
        first = first or (known[0] if last is None else date(last.year - YEARS + 1, 1, 1))
        last = last or (known[1] if not request.first else max(known[1], date(first.year, 12, 31)))
    return Window(first, last)


def _day(value: str, problems: list[Problem]) -> date | None:
    if not value:
        return None
    try:
        return day(value)
    except CellError:
        found = text("services.window.bad", value=value)
        problems.append(Problem(found, expected=text("services.window.bad_expected")))
        return None


def _usual_window(rows: ClientRows) -> tuple[date, date]:
    if rows.synthetic and rows.numbered:
        from verdeelmodel.synthetic.trajecten_law import planted_services

        return planted_services().window
    years = []
    for column in ("start", "end"):
        for written in rows.rows[column].unique():
            try:
                found = day(str(written)[:10])
            except CellError:
                continue
            if found.year < FAR_YEAR:
                years.append(found.year)
    last = max(years, default=date.today().year)
    return date(last - YEARS + 1, 1, 1), date(last, 12, 31)


def population_rows(population: Population, chosen: Sequence[str]) -> tuple[ClientRows, list[str]]:
    """The clients of a population as rows; of a whole country the municipalities with most clients."""
    frame = population.table("clienten")
    codes = frame["gemeente"].map({code: format_gemeente(int(code)) for code in frame["gemeente"].unique()})
    frame = frame.assign(gemeente=codes)
    sizes = frame.drop_duplicates(["gemeente", "client"])["gemeente"].value_counts()
    notes = []
    if not chosen and len(sizes) > LARGEST_GEMEENTEN:
        largest = sorted(sizes.index, key=lambda code: (-int(sizes[code]), code))[:LARGEST_GEMEENTEN]
        frame = frame[frame["gemeente"].isin(largest)]
        notes.append(text("services.cli.choose", count=len(sizes), used=LARGEST_GEMEENTEN))
    elif chosen:
        wanted = {code for name in chosen if (code := _plain_code(name, {c.casefold(): c for c in sizes.index}))}
        frame = frame[frame["gemeente"].isin(wanted)] if wanted else frame
    rows = rows_of_frame(_texts(frame), "clienten", population.meta.synthetic)
    return rows, notes


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of the table of clients as text; an empty service is one that is not known."""
    import pandas as pd

    texts: dict[str, Any] = {}
    names = ("gemeente", "client", "start", "end", "end_reason", "age", "housing", "provision", "services")
    for name in (*names, "status_start", "status_end", "sex"):
        if name not in frame:
            continue
        column = frame[name]
        if name in ("start", "end"):
            shown = column.to_numpy().astype("datetime64[D]").astype(str)
            texts[name] = np.where(shown == "NaT", "", shown)
        else:
            texts[name] = column.astype("string").fillna("").to_numpy(dtype=object)
    if "sex" in texts:
        texts["sex"] = np.where(np.asarray(texts["sex"]) == "-1", "", texts["sex"])
    return pd.DataFrame({**texts, "empty_services": "unknown"}, dtype=object)
