"""`population make`: the synthetic Netherlands as a population folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verdeelmodel.cli.frame import Output
from verdeelmodel.cli.options import ForceOption, Lang, LangOption, QuietOption
from verdeelmodel.errors import RequestError
from verdeelmodel.wording import text

ScaleOption = Annotated[float, typer.Option("--scale", help=text("synthetic.option.scale"))]
SeedOption = Annotated[int, typer.Option("--seed", help=text("synthetic.option.seed"))]
YearsOption = Annotated[str, typer.Option("--years", help=text("synthetic.option.years"))]
GemeentenOption = Annotated[
    str, typer.Option("--gemeenten", metavar="CODES", help=text("synthetic.option.gemeenten"), show_default=False)
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help=text("synthetic.option.out"))]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=0, help=text("synthetic.option.workers"), show_default=False)
]
PlainOption = Annotated[bool, typer.Option("--without-effects", help=text("synthetic.option.without_effects"))]


def make(
    out: OutOption,
    scale: ScaleOption = 0.05,
    seed: SeedOption = 7,
    years: YearsOption = "2017-2020",
    gemeenten: GemeentenOption = "",
    without_effects: PlainOption = False,
    workers: WorkersOption = 0,
    force: ForceOption = False,
    quiet: QuietOption = False,
    lang: LangOption = Lang.nl,
) -> None:
    """Make the synthetic Netherlands."""
    from verdeelmodel.synthetic.cache import default_workers
    from verdeelmodel.synthetic.country import make_population
    from verdeelmodel.synthetic.frame import chosen_gemeenten
    from verdeelmodel.synthetic.options import SyntheticOptions

    options = SyntheticOptions(
        scale=scale,
        seed=seed,
        years=years_of(years),
        gemeenten=codes_of(gemeenten),
        effects=not without_effects,
    )
    output = Output(quiet=quiet)
    places = chosen_gemeenten(options.gemeenten)
    with output.progress(text("synthetic.making"), len(places)) as advance:
        make_population(out, options, force=force, workers=workers or default_workers(), progress=advance)
    output.note(text("synthetic.made", folder=str(out)))


make.__doc__ = text("synthetic.make_help")


def years_of(written: str) -> tuple[int, ...]:
    """The years of `2017-2020`, `2020` or `2018,2020`; a RequestError when it is none of these."""
    try:
        if "-" in written:
            first, last = (int(part) for part in written.split("-"))
            return tuple(range(first, last + 1))
        return tuple(int(part) for part in written.split(","))
    except ValueError as error:
        raise RequestError(text("synthetic.years_unread", years=written)) from error


def codes_of(written: str) -> tuple[int, ...]:
    """The municipalities of `GM0014,GM0363` or `14,363`; a RequestError when a code is no number."""
    parts = [part.strip() for part in written.split(",") if part.strip()]
    try:
        return tuple(sorted({int(part.upper().removeprefix("GM")) for part in parts}))
    except ValueError as error:
        raise RequestError(text("synthetic.codes_unread", codes=written)) from error
