"""`verdeelmodel selftest`: check an installation, also where there is no network and no write access to the package."""

from __future__ import annotations

from collections.abc import Callable

import typer

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.cli.options import ForceOption, JsonOption, Lang, LangOption, OutOption, QuietOption
from verdeelmodel.cli.selfchecks import CHECKS
from verdeelmodel.table import Column, Table
from verdeelmodel.wording import text

app = typer.Typer(add_completion=False)


@app.command(help=text("cli.selftest.help"), epilog=text("cli.selftest.example"))
def selftest(
    out: OutOption = None,
    force: ForceOption = False,
    lang: LangOption = Lang.nl,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Exit with 1 when a check fails."""
    output = Output(json=json, quiet=quiet)
    with output.progress(text("cli.selftest.title"), total=len(CHECKS)) as advance:
        results = [_outcome(name, check, advance) for name, check in CHECKS]
    run_or_print(output, [_table(results)], out=out, force=force, verb="selftest", options={}, inputs={})
    if not all(passed for _, passed, _ in results):
        raise typer.Exit(1)


def _outcome(name: str, check: Callable[[], str], advance: Callable[[float], None]) -> tuple[str, bool, str]:
    """The name of a check, whether it passed, and what it tells; whatever goes wrong is a finding."""
    try:
        return text(f"cli.selftest.check.{name}"), True, check()
    except Exception as error:  # noqa: BLE001 - an installation can be broken in any way, and this verb must say how
        return text(f"cli.selftest.check.{name}"), False, f"{type(error).__name__}: {error}"
    finally:
        advance(1)


def _table(results: list[tuple[str, bool, str]]) -> Table:
    columns = (
        Column("check", text("cli.selftest.column.check")),
        Column("passed", text("cli.selftest.column.passed"), "flag"),
        Column("detail", text("cli.selftest.column.detail")),
    )
    names, passed, details = (list(values) for values in zip(*results, strict=True))
    cells = {"check": names, "passed": passed, "detail": details}
    return Table("selftest", text("cli.selftest.title"), columns, cells).public("settings")
