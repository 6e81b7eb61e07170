"""The account of a report: with what it was made, from which sources, and how certain those are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from verdeelmodel import __version__
from verdeelmodel.law import budget_rules
from verdeelmodel.law.facts import source_titles
from verdeelmodel.law.rules import rule_years
from verdeelmodel.table import Column, Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.country import Country

KEY = "verantwoording"


def account_table(rows: Sequence[tuple[str, str]], synthetic: bool) -> Table:
    """What and how, a row each."""
    columns = (
        Column("subject", text("report.account.subject")),
        Column("content", text("report.account.content")),
    )
    values = {"subject": [subject for subject, _ in rows], "content": [content for _, content in rows]}
    return Table(KEY, text("report.account.title"), columns, values, synthetic=synthetic).public("settings")


def account_of_country(country: Country) -> Table:
    """The account of the national report."""
    rows = [
        (text("report.account.program"), f"verdeelmodel {__version__}"),
        (text("report.account.population"), country.name),
        (text("report.account.year"), str(country.year)),
        (text("report.account.model"), str(country.model)),
        (text("report.account.lineage"), ", ".join(country.model.lineage)),
        (text("report.account.estimate"), str(country.volume)),
        (text("report.account.errors"), text("report.account.clustered")),
        (text("report.account.weight"), format_number(country.household_weight, "number", 0)),
        (text("report.account.candidates"), "; ".join(country.candidates.labels)),
        *_rules(country.year),
        (text("report.account.limits"), text("report.limit_policy")),
        (text("report.account.limits"), text("report.limit_cause")),
        (text("report.account.limits"), text("report.limit_benchmark")),
    ]
    if country.synthetic:
        rows.append((text("table.synthetic"), text("report.synthetic_mark")))
    return account_table(rows, country.synthetic)


def _rules(year: int) -> list[tuple[str, str]]:
    """The values of the budget rules of the year that this report uses, with their certainty and source."""
    if year not in rule_years():
        return [(text("report.account.rules"), text("report.account.rules_unknown", year=year))]
    used = [budget_rules(year).values[key] for key in ("ondergrens", "bovengrens")]
    return [
        (
            f"{text('report.account.rules')}: {v.key}",
            f"{_number(v.value)} {v.unit}; {v.certainty.label}; {source_titles(v.source)}",
        )
        for v in used
    ]


def _number(value: Any) -> str:
    return format_number(value, "number", 0) if isinstance(value, int) else str(value)


def account_of_run(record: Mapping[str, Any]) -> Table:
    """The account of a report on a run: everything in its record, a row each."""
    rows = [(text("report.account.program"), f"verdeelmodel {__version__}")]
    for part in ("verb", "seed", "versions", "options", "inputs"):
        found = record.get(part)
        if isinstance(found, Mapping):
            rows += [(f"{text(f'report.account.{part}')}: {key}", _plain(value)) for key, value in found.items()]
        elif found is not None:
            rows.append((text(f"report.account.{part}"), _plain(found)))
    return account_table(rows, bool(record.get("synthetic")))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(v) for v in value)
    return str(value)
