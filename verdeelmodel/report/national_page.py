"""The page of the whole country, and the page on which a reader finds a gemeente."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from verdeelmodel.report.figures import funnel
from verdeelmodel.report.figures_country import calibration, saldi_over_the_years, tile_map, weights_plot
from verdeelmodel.report.page import Section, page
from verdeelmodel.report.sentences import euros
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.accounts import AccountLine
    from verdeelmodel.explain.country import Country
    from verdeelmodel.explain.dossier import Dossier
    from verdeelmodel.table import Table

NATIONAL, INDEX = "landelijk.html", "index.html"
# The columns of the table on the page with all gemeenten.
BRIEF = ("name", "gm_code", "inhabitants", "study_group", "saldo", "expected", "actual", "verdict")


def index_page(country: Country, gemeenten: Table, workbook: str = "") -> str:
    """Every gemeente with a link to its dossier; with a field to search where the browser runs scripts.

    `workbook` is the address of the Excel workbook beside it, when there is one.
    """
    title = text("report.index.title", year=country.year)
    brief = gemeenten.with_columns(BRIEF)
    links = {brief.key: [f"{code}.html" for code in gemeenten.values["gm_code"]]}
    others = [
        (NATIONAL, text("report.national.link")),
        *([(workbook, text("report.index.workbook"))] if workbook else []),
    ]
    whole = Section("land", text("report.index.national"), tables=(), pages=others)
    section = Section("gemeenten", text("report.index.heading"), tables=[brief], links=links)
    return page(title, title, [text("report.index.lead", name=country.name)], [whole, section], country.synthetic)


def national_page(country: Country, dossiers: Sequence[Dossier], made: Mapping[str, Table], back: str = INDEX) -> str:
    """What holds for the country as a whole, with the figures that place every gemeente among the others."""
    title = text("report.national.title", year=country.year)
    lead = [text("report.computed", population=country.name, model=country.model.name, year=country.year)]
    return page(title, title, lead, national_sections(country, dossiers, made), country.synthetic, back)


def national_sections(country: Country, dossiers: Sequence[Dossier], made: Mapping[str, Table]) -> list[Section]:
    """The parts of the page, each answering one question."""
    parts = [Section("kern", text("report.national.findings"), national_findings(country, dossiers))]
    if country.accounts:
        figures = [(text("report.caption.map"), tile_map(dossiers))] if any(d.account for d in dossiers) else []
        figures.append((text("report.caption.saldi"), saldi_over_the_years(country)))
        parts.append(Section("saldi", text("report.national.saldi"), figures=figures, tables=[made["national_years"]]))
    parts.append(
        Section(
            "model",
            text("report.national.model"),
            figures=[
                (text("report.caption.calibration"), calibration(made["calibration"])),
                (text("report.caption.funnel"), funnel(country)),
            ],
            tables=[made["calibration"]],
        )
    )
    weights = [(text("report.caption.weights"), weights_plot(country.volume))]
    parts.append(Section("gewichten", text("report.national.weights"), figures=weights))
    if "national_groups" in made:
        parts.append(Section("groepen", text("report.national.groups"), tables=[made["national_groups"]]))
    return [*parts, Section("verantwoording", text("report.account.title"), tables=[made["verantwoording"]])]


def national_findings(country: Country, dossiers: Sequence[Dossier]) -> list[str]:
    """What a minister would want to know first."""
    verdicts = [d.numbers.verdict for d in dossiers]
    chance, model, beyond = (verdicts.count(key) for key in ("chance", "model", "beyond"))
    said = _of_saldi(country.year, [(d, line) for d in dossiers if (line := d.account) is not None])
    return [
        *said,
        text("report.national.verdicts", chance=chance, model=model, beyond=beyond),
        text("report.national.no_judgement"),
    ]


def _of_saldi(year: int, known: Sequence[tuple[Dossier, AccountLine]]) -> list[str]:
    if not known:
        return [text("report.no_saldo", year=year)]
    short = sum(line.balance < 0 for _, line in known)
    total, budget = sum(line.balance for _, line in known), sum(line.budget for _, line in known)
    key = "report.national.short" if total < 0 else "report.national.over"
    share = abs(total) / budget if budget else 0.0
    (low, lowest), (high, highest) = (pick(known, key=lambda pair: pair[1].saldo) for pick in (min, max))
    return [
        text(key, year=year, short=short, count=len(known), total=euros(abs(total)), share=share),
        text(
            "report.national.extremes", low=low.name, low_saldo=lowest.saldo, high=high.name, high_saldo=highest.saldo
        ),
    ]
