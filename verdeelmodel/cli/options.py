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


PopulationOption = Annotated[
    Path | None, typer.Option("--population", metavar="DIR", help=text("cli.option.population"), show_default=False)
]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help=text("cli.option.out"), show_default=False)
]
ForceOption = Annotated[bool, typer.Option("--force", help=text("cli.option.force"))]
LangOption = Annotated[Lang, typer.Option("--lang", help=text("cli.option.lang"))]
JsonOption = Annotated[bool, typer.Option("--json", help=text("cli.option.json"))]
QuietOption = Annotated[bool, typer.Option("--quiet", help=text("cli.option.quiet"))]
KenmerkenFileOption = Annotated[
    list[Path] | None,
    typer.Option("--kenmerken-file", metavar="FILE", help=text("cli.option.kenmerken_file"), show_default=False),
]
