"""The published macrobudgets by year and stage, in euros."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from verdeelmodel.errors import Problem, RequestError, UnknownRuleError, unknown_name
from verdeelmodel.law.facts import Certainty, packaged_rows
from verdeelmodel.wording import text

TOTAL = "totaal"
STAGES: tuple[str, ...] = ("voorlopig", "nader_voorlopig", "definitief")
_ENGLISH = {"provisional": "voorlopig", "further_provisional": "nader_voorlopig", "definitive": "definitief"}


@dataclass(frozen=True)
class MacroBudget:
    """One published amount; `euro` is None when the amount was not found, `part` is `totaal` for the whole budget."""

    year: int
    stage: str
    part: str
    euro: float | None
    approximate: bool
    certainty: Certainty
    source: str

    def __str__(self) -> str:
        amount = text("law.not_found") if self.euro is None else self.euro
        return text("law.macro_line", stage=text(f"law.stage.{self.stage}"), year=self.year, euro=amount)


@cache
def macrobudgets() -> tuple[MacroBudget, ...]:
    """Every published amount, including those of parts and those that were not found."""
    return tuple(
        MacroBudget(
            int(r["year"]),
            r["stage"],
            r["part"],
            float(r["euro"]) if r["euro"] else None,
            bool(r["approximate"]),
            Certainty(r["certainty"]),
            r["source"],
        )
        for r in packaged_rows("macrobudgets.csv")
    )


def stage_key(stage: str) -> str:
    """The stage in its own words (voorlopig, nader_voorlopig, definitief); the English words are understood too."""
    key = _ENGLISH.get(stage.replace("-", "_").replace(" ", "_"), stage.replace("-", "_").replace(" ", "_"))
    if key not in STAGES:
        raise RequestError(
            text("law.unknown_stage", stages=", ".join(STAGES)), [unknown_name(stage, STAGES, text("law.stage_word"))]
        )
    return key


def macrobudget(year: int, stage: str = "definitief") -> MacroBudget:
    """The macrobudget of a year at a stage; UnknownRuleError, naming what is published, when it is not."""
    wanted = stage_key(stage)
    totals = [b for b in macrobudgets() if b.part == TOTAL and b.euro is not None]
    found = next((b for b in totals if (b.year, b.stage) == (year, wanted)), None)
    if found is None:
        same_year = [str(b) for b in totals if b.year == year]
        years = ", ".join(str(y) for y in sorted({b.year for b in totals if b.stage == wanted}))
        stage_name = text(f"law.stage.{wanted}")
        problem = Problem(
            "; ".join(same_year) or text("law.macro_none", year=year),
            expected=text("law.macro_years", stage=stage_name, years=years),
            remedy=text("law.macro_remedy"),
        )
        raise UnknownRuleError(text("law.macro_unknown", stage=stage_name, year=year), [problem])
    return found


def nearest_macrobudget(year: int) -> MacroBudget:
    """The published total of the year nearest to this one, to judge the order of magnitude of an amount."""
    totals = [b for b in macrobudgets() if b.part == TOTAL and b.euro is not None]
    return min(totals, key=lambda b: (abs(b.year - year), STAGES.index(b.stage)))
