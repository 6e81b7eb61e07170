"""A page as one self-contained HTML file: no external request, readable without JavaScript, printable on A4."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verdeelmodel import __version__
from verdeelmodel.table import NotApplicable, Table, harmless
from verdeelmodel.wording import language, text

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

# A table with more columns than this and few rows is shown on its side: a row per column, a column per row.
WIDE, FEW = 8, 6
SIGNED = re.compile("([+-]€\u00a0[0-9.,]*[0-9])")
NUMBERS = frozenset({"count", "number", "euro", "share", "percentage_points"})


@dataclass(frozen=True)
class Section:
    """A part of a page: heading, sentences, figures (SVG made here), tables, and an anchor.

    `links` gives a table, by its key, an address per row; `pages` are addresses of other pages with their names.
    """

    key: str
    heading: str
    sentences: Sequence[str] = ()
    figures: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = ()
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pages: Sequence[tuple[str, str]] = ()


@cache
def packaged(name: str) -> str:
    """A template, the style or the script."""
    return files("verdeelmodel.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Jinja with every value escaped."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    loaded = DictLoader({"page.html": packaged("page.html")})
    made = Environment(loader=loaded, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["text"] = text
    return made


def page(
    title: str,
    heading: str,
    lead: Sequence[str],
    sections: Sequence[Section],
    synthetic: bool,
    back: str = "",
    back_to: str = "",
) -> str:
    """The whole page; the same content gives the same bytes. `back` is an address, `back_to` says where it leads."""
    from markupsafe import Markup

    style, script = packaged("style.css"), packaged("script.js")
    names = region_names(sections)
    shown = [
        {
            "key": s.key,
            "heading": harmless(s.heading),
            "sentences": [unbroken(harmless(sentence)) for sentence in s.sentences],
            "figures": [(harmless(caption), Markup(svg)) for caption, svg in s.figures],  # noqa: S704 - made by svg.py
            "tables": [{**table_context(t, s.links.get(t.key, ())), "name": next(names)} for t in s.tables],
            "pages": [(address, harmless(name)) for address, name in s.pages],
        }
        for s in sections
    ]
    rendered = (
        environment()
        .get_template("page.html")
        .render(
            language=language(),
            title=harmless(title),
            heading=harmless(heading),
            lead=[harmless(sentence) for sentence in lead],
            sections=shown,
            synthetic=synthetic,
            back=back,
            back_to=harmless(back_to) or text("report.back"),
            version=__version__,
            style=Markup(style),  # noqa: S704 - packaged with the program
            script=Markup(script),  # noqa: S704 - packaged with the program
            policy=policy(style, script),
        )
    )
    # A sign that steers a reader or a terminal has no place anywhere on a page.
    return harmless(rendered)


def unbroken(sentence: str) -> Markup:
    """The sentence as HTML in which no line ends between the sign of an amount and the amount."""
    from markupsafe import Markup, escape

    parts = SIGNED.split(sentence)
    return Markup("").join(
        Markup('<span class="amount">{}</span>').format(part) if i % 2 else escape(part) for i, part in enumerate(parts)
    )


def region_names(sections: Sequence[Section]) -> Iterator[str]:
    """The name of the region of each table in turn, for a screen reader: no two alike, and none that of a section."""
    used = {s.heading for s in sections}
    for section in sections:
        for table in section.tables:
            name = table.title if table.title not in used else f"{section.heading}: {text('report.table')}"
            number, base = 1, name
            while name in used:
                number += 1
                name = f"{base} {number}"
            used.add(name)
            yield harmless(name)


def policy(style: str, script: str) -> str:
    """What the browser may load: this style and this script, and nothing else."""
    allowed = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{allowed[0]}'; script-src 'sha256-{allowed[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def table_context(table: Table, links: Sequence[str] = ()) -> dict[str, Any]:
    """What the template shows of a table; every number also as it is, for sorting."""
    formatted = table.formatted()
    rows = [
        [
            {
                "shown": shown,
                "value": _sortable(table.values[c.key][i]),
                "number": c.kind in NUMBERS,
                "bold": (i, c.key) in table.emphasis or (i == len(table) - 1 and _is_total(table)),
            }
            for c, shown in zip(table.columns, formatted[i], strict=True)
        ]
        for i in range(len(table))
    ]
    reasons = dict.fromkeys(str(c) for v in table.values.values() for c in v if isinstance(c, NotApplicable))
    columns = [{"label": c.label, "number": c.kind in NUMBERS} for c in table.columns]
    if len(columns) > WIDE and 0 < len(table) <= FEW and not links and not _is_total(table):
        columns, rows = on_its_side(columns, rows)
    return {
        "key": table.key,
        "title": harmless(table.title),
        "columns": columns,
        "rows": rows,
        "links": list(links),
        "total": _is_total(table),
        "notes": [harmless(n) for n in (*table.notes, *reasons)],
        "source": harmless(table.source),
    }


def on_its_side(
    columns: list[dict[str, Any]], rows: list[list[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """The first column becomes the header, every other column a row."""
    header = [{"label": columns[0]["label"], "number": False}]
    header += [{"label": row[0]["shown"], "number": any(cell["number"] for cell in row[1:])} for row in rows]
    name = {"number": False, "bold": False}
    turned = [
        [{**name, "shown": column["label"], "value": column["label"]}, *(row[at] for row in rows)]
        for at, column in enumerate(columns)
        if at > 0
    ]
    return header, turned


def _is_total(table: Table) -> bool:
    return len(table) > 0 and table.values[table.columns[0].key][-1] in (
        text("explain.total"),
        text("explain.gap.distribution"),
    )


def _sortable(value: object) -> str:
    if isinstance(value, NotApplicable):
        return ""
    return repr(value) if isinstance(value, int | float) else str(value)
