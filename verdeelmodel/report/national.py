"""The report on the whole country: everything that its pages and its workbook show, put together once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verdeelmodel.explain.dossier import dossier
from verdeelmodel.explain.overview import overview
from verdeelmodel.report.account import account_of_country
from verdeelmodel.report.national_page import index_page, national_findings, national_page
from verdeelmodel.report.workbook import workbook
from verdeelmodel.scenario.since import SinceLastYear
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.country import Country
    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.table import NotApplicable, Table


@dataclass(frozen=True, eq=False)
class NationalReport:
    """The country with the dossier of every gemeente and the tables over all of them; the last is the account.

    `since` is what changed since the year before, or why that is not known; None when it was not asked.
    """

    country: Country
    dossiers: tuple[Dossier, ...]
    tables: tuple[Table, ...]
    since: SinceLastYear | NotApplicable | None = None

    def __str__(self) -> str:
        return text("report.national.title", year=self.country.year)

    @property
    def findings(self) -> list[str]:
        """What holds for the country as a whole, in sentences."""
        return national_findings(self.country, self.dossiers)

    def index_page(self, chosen: Sequence[Dossier], workbook: str = "") -> str:
        """The page with a link to each of these dossiers, and to the workbook beside it."""
        codes = {d.code for d in chosen}
        table = self.tables[0]
        rows = [i for i, code in enumerate(table.values["gm_code"]) if code in codes]
        rows.sort(key=lambda i: alphabetical(str(table.values["name"][i])))
        return index_page(self.country, table.select(rows), workbook)

    def national_page(self) -> str:
        """The page of the country."""
        return national_page(self.country, self.dossiers, {t.key: t for t in self.tables})

    def workbook(self) -> bytes:
        """Every table as a sheet."""
        return workbook(self.tables)


def alphabetical(name: str) -> str:
    """The place of a name in the alphabet: accents and capitals do not count, and 's-Gravenhage stands at the G."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
    return plain.removeprefix("'s-").removeprefix("'t ")


def national_report(
    country: Country,
    advance: Callable[[float], None] | None = None,
    since: SinceLastYear | NotApplicable | None = None,
) -> NationalReport:
    """The dossiers of all gemeenten of the country and the tables over them; `since` is what changed in the year."""
    dossiers = []
    for gemeente in country.gemeenten:
        dossiers.append(dossier(country, int(gemeente)))
        if advance is not None:
            advance(1)
    changed = [since.table()] if isinstance(since, SinceLastYear) else []
    tables = (*overview(country, dossiers), *changed, account_of_country(country))
    return NationalReport(country, tuple(dossiers), tables, since)
