"""Yearly saldi per gemeente, in the division of one year: merged gemeenten count as if they had always been merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from verdeelmodel.compare.least_squares import Floats
from verdeelmodel.errors import DataError, Problem
from verdeelmodel.population import format_gemeente, gemeente_name, municipalities, transfer, unknown_gemeente
from verdeelmodel.population.municipalities import FIRST, LAST
from verdeelmodel.table import Evidence
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Measure = Literal["mean", "median", "euros"]
MEASURES: tuple[Measure, ...] = ("mean", "median", "euros")
AMOUNTS = ("budget", "uitgaven", "inwoners")


@dataclass(frozen=True, eq=False)
class Saldi:
    """Budget and net expenditure (gemeenten, years) and inhabitants of the last year; every gemeente complete.

    `left_out` says per code why a gemeente is not here. `features` holds what else is known per gemeente, `behind` the
    households in the data of each; empty when that is not known.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    years: tuple[int, ...]
    budget: Floats
    spent: Floats
    inhabitants: Floats
    left_out: dict[str, str]
    features: pd.DataFrame
    synthetic: bool = False
    behind: tuple[Evidence | None, ...] = ()

    def __str__(self) -> str:
        return text("compare.saldi.size", gemeenten=len(self.codes), first=self.years[0], last=self.years[-1])

    @property
    def yearly(self) -> Floats:
        """The saldo (gemeenten, years) as a fraction of the budget: negative is a tekort."""
        return np.asarray((self.budget - self.spent) / self.budget)

    @property
    def unrest(self) -> Floats:
        """The sum over the years of the absolute saldi (gemeenten,): how far from a steady zero."""
        return np.asarray(np.abs(self.yearly).sum(axis=1))

    def measured(self, measure: Measure) -> Floats:
        """One saldo per gemeente: mean or median of the yearly fractions, or cumulative euros."""
        if measure == "euros":
            return np.asarray((self.budget - self.spent).sum(axis=1))
        yearly = self.yearly
        return np.asarray(yearly.mean(axis=1) if measure == "mean" else np.median(yearly, axis=1))

    def to_frame(self) -> pd.DataFrame:
        """One row per gemeente and year: gm_code, jaar, saldo as a fraction of the budget."""
        import pandas as pd

        pairs = [(code, year) for code in self.codes for year in self.years]
        frame = pd.DataFrame(pairs, columns=["gm_code", "jaar"])
        return frame.assign(saldo=self.yearly.ravel())


def saldi_from_frame(
    frame: pd.DataFrame,
    years: Sequence[int] = (),
    where: str = "",
    synthetic: bool = False,
    division: int | None = None,
) -> Saldi:
    """Saldi from rows with gm_code (a number), jaar, budget, uitgaven, inwoners, and any other columns per gemeente.

    The index of the frame is the line of the file. Amounts and inhabitants of earlier gemeenten go to those of
    `division` (the last year, when not given). A gemeente that lacks an amount in some year is left out, with
    the reason.
    """
    chosen = tuple(sorted(set(years))) or tuple(sorted({int(year) for year in frame["jaar"]}))
    fail_if_years_missing(frame, chosen, where)
    used = frame[frame["jaar"].isin(chosen)]
    fail_if_budgets_impossible(used, where)
    merged = as_if_always_merged(used, max(chosen[-1], division or 0), where)
    wide = {amount: merged.pivot(index="gm_code", columns="jaar", values=amount) for amount in AMOUNTS}
    known = wide["budget"].notna() & wide["uitgaven"].notna()
    known[chosen[-1]] &= wide["inwoners"][chosen[-1]].notna()
    complete = known.all(axis=1)
    numbers = [int(g) for g in known.index[complete]]
    codes = tuple(format_gemeente(g) for g in numbers)
    gone = {format_gemeente(int(g)): _missing_years(known.loc[g]) for g in known.index[~complete]}
    last = used.sort_values("jaar").drop_duplicates("gm_code", keep="last").set_index("gm_code")
    called = last["gm_naam"].to_dict() if "gm_naam" in last else {}
    features = last.drop(columns=["jaar", "gm_naam", *AMOUNTS], errors="ignore").reindex(numbers)
    return Saldi(
        codes=codes,
        names=tuple(str(called.get(g) or gemeente_name(g)) for g in numbers),
        years=chosen,
        budget=wide["budget"].loc[numbers].to_numpy(dtype=float),
        spent=wide["uitgaven"].loc[numbers].to_numpy(dtype=float),
        inhabitants=wide["inwoners"].loc[numbers, chosen[-1]].to_numpy(dtype=float),
        left_out=gone,
        features=features.set_axis(list(codes), axis=0),
        synthetic=synthetic,
    )


def _missing_years(known: pd.Series) -> str:
    years = ", ".join(str(year) for year, there in known.items() if not there)
    return text("compare.reason.years_missing", years=years)


def as_if_always_merged(frame: pd.DataFrame, year: int, where: str = "") -> pd.DataFrame:
    """The amounts per gemeente of the division of `year` and per jaar; splits divide by dwellings.

    A code may be of the division of its own year or already of the division of `year`; another is an error. Years of
    which the division is not known are taken as they are.
    """
    parts = [_parts(int(g), int(jaar), year) for g, jaar in zip(frame["gm_code"], frame["jaar"], strict=True)]
    fail_if_not_in_division(frame, parts, where)
    import pandas as pd

    rows = [
        (new, jaar, *(float(share) * amount for amount in amounts))
        for into, jaar, *amounts in zip(parts, frame["jaar"], *(frame[a] for a in AMOUNTS), strict=True)
        for new, share in (into or {}).items()
    ]
    moved = pd.DataFrame(rows, columns=["gm_code", "jaar", *AMOUNTS])
    # A part that is not known makes the whole not known: a sum over the rest would be a saldo of nobody.
    return moved.groupby(["gm_code", "jaar"])[list(AMOUNTS)].agg(_whole_sum).reset_index()


def _whole_sum(part: pd.Series) -> float:
    return float(part.sum(skipna=False))


def _parts(gemeente: int, jaar: int, year: int) -> Mapping[int, object] | None:
    """The parts of a gemeente in the division of `year`; None when it exists neither then nor in its own year."""
    if not (FIRST <= jaar <= LAST and FIRST <= year <= LAST):
        return {gemeente: 1}
    if gemeente in municipalities(jaar):
        return transfer(jaar, year)[gemeente]
    return {gemeente: 1} if gemeente in municipalities(year) else None


def fail_if_not_in_division(frame: pd.DataFrame, parts: Sequence[object], where: str = "") -> None:
    """Every gemeente exists in the division of its year, or in that of the last year."""
    problems = [
        unknown_gemeente(int(g), int(jaar), text("compare.input.line", line=line))
        for line, g, jaar, into in zip(frame.index, frame["gm_code"], frame["jaar"], parts, strict=True)
        if into is None
    ]
    if problems:
        raise DataError(text("compare.saldi.wrong", file=where), problems)


def fail_if_budgets_impossible(frame: pd.DataFrame, where: str = "") -> None:
    """A budget is above zero: a saldo is a fraction of it."""
    wrong = frame[frame["budget"] <= 0]
    problems = [
        Problem(
            text("compare.saldi.no_budget", code=format_gemeente(int(g)), year=int(jaar)),
            text("compare.input.line", line=line),
            text("compare.saldi.above_zero"),
        )
        for line, g, jaar in zip(wrong.index, wrong["gm_code"], wrong["jaar"], strict=True)
    ]
    if problems:
        raise DataError(text("compare.saldi.wrong", file=where), problems)


def fail_if_years_missing(frame: pd.DataFrame, years: Sequence[int], where: str = "") -> None:
    """Every year asked for is in the file."""
    present = sorted({int(year) for year in frame["jaar"]})
    gone = [year for year in years if year not in present]
    if gone or not present:
        found = text("compare.saldi.no_year", years=", ".join(map(str, gone)))
        problem = Problem(found, "--years", ", ".join(map(str, present)))
        raise DataError(text("compare.saldi.wrong", file=where), [problem])
