"""The options that mean the same for every verb."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verdeelmodel.wording import text


class Lang(StrEnum):
    """The languages of the interface."""

    nl = "nl"
    en = "en"


def fail_if_out_is_taken(ctx: typer.Context, out: Path | None) -> Path | None:
    """Refuse a folder that may not be replaced before any work is done, instead of after it."""
    if out is not None and not ctx.resilient_parsing:
        from verdeelmodel.record.whole import fail_if_not_replaceable

        fail_if_not_replaceable(out.resolve(), bool(ctx.params.get("force")), "record.json")
    return out


PopulationOption = Annotated[
    Path | None, typer.Option("--population", metavar="DIR", help=text("cli.option.population"), show_default=False)
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help=text("cli.option.out"), show_default=False, callback=fail_if_out_is_taken
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help=text("cli.option.force"), is_eager=True)]
LangOption = Annotated[Lang, typer.Option("--lang", help=text("cli.option.lang"))]
JsonOption = Annotated[bool, typer.Option("--json", help=text("cli.option.json"))]
QuietOption = Annotated[bool, typer.Option("--quiet", help=text("cli.option.quiet"))]
KenmerkenFileOption = Annotated[
    list[Path] | None,
    typer.Option("--kenmerken-file", metavar="FILE", help=text("cli.option.kenmerken_file"), show_default=False),
]
