"""`verdeelmodel release RUN --out DIR`: the only way from a run to a folder that may leave the closed environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, QuietOption
from verdeelmodel.wording import text

app = typer.Typer(add_completion=False)


@app.command(help=text("cli.release.help"), epilog=text("cli.release.example"))
def release(
    run: Annotated[Path, typer.Argument(metavar="RUN", help=text("cli.release.run"), show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=text("cli.release.out"), show_default=False)],
    rules: Annotated[Path | None, typer.Option("--rules", metavar="FILE", help=text("cli.release.rules"))] = None,
    beside: Annotated[Path | None, typer.Option("--beside", metavar="RUN", help=text("cli.release.beside"))] = None,
    suppress: Annotated[bool, typer.Option("--suppress", help=text("cli.release.suppress"))] = False,
    round_counts: Annotated[bool, typer.Option("--round", help=text("cli.release.round"))] = False,
    without: Annotated[list[str] | None, typer.Option("--without", help=text("cli.release.without"))] = None,
    override: Annotated[list[str] | None, typer.Option("--override", help=text("cli.release.override"))] = None,
    reason: Annotated[str, typer.Option("--reason", help=text("cli.release.reason"))] = "",
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Exit with 1, and write nothing, while an output is undecided."""
    from verdeelmodel.disclosure.profile import default_profile, read_profile
    from verdeelmodel.record import read_run
    from verdeelmodel.record.release import Choices
    from verdeelmodel.record.release import release as release_run

    saved = read_run(run)
    choices = Choices(suppress, round_counts, tuple(without or ()), dict.fromkeys(override or (), reason))
    profile = default_profile() if rules is None else read_profile(rules)
    released = release_run(saved, out, profile, choices, read_run(beside) if beside else None, force)
    output = Output(json=json, quiet=quiet)
    output.say(str(released))
    output.tables(released.to_table(saved.synthetic))
