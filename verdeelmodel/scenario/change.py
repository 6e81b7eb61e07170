"""The change of one budget: from one amount to another, cause by cause, in whole euros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.scenario.results import Columns, cause_label, names_of
from verdeelmodel.scenario.running import ScenarioRun
from verdeelmodel.table import Evidence, Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

NAMED = 3


@dataclass(frozen=True)
class CausePart:
    """What one cause does to a budget, in whole euros."""

    cause: str
    label: str
    euro: int


@dataclass(frozen=True)
class BudgetChange:
    """How the budget of one gemeente goes from one amount to another.

    Guaranteed: `start` plus the euros of the parts is exactly `end`; it refuses to exist otherwise. Causes without a
    part are left out. The labels say what start and end are, such as `Budget 2019`, `about` what was asked,
    and `behind` what households stand behind it.
    """

    code: str
    name: str
    start_label: str
    end_label: str
    start: int
    end: int
    parts: tuple[CausePart, ...]
    synthetic: bool = False
    behind: Evidence | None = None
    about: str = ""

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        if self.start + sum(part.euro for part in self.parts) != self.end:
            raise ArithmeticError(f"the parts of {self.code} do not add up to {self.end - self.start}")

    @property
    def change(self) -> int:
        """What is more in the end than at the start, in euros."""
        return self.end - self.start

    @property
    def title(self) -> str:
        """What the table and the figure are about."""
        return text(
            "scenario.change.title", name=self.name, first=lowered(self.start_label), last=lowered(self.end_label)
        )

    @property
    def by_size(self) -> tuple[CausePart, ...]:
        """The parts, the largest first."""
        return tuple(sorted(self.parts, key=lambda part: -abs(part.euro)))

    def __str__(self) -> str:
        amounts: dict[str, Any] = {
            "name": self.name,
            "first": lowered(self.start_label),
            "before": format_number(self.start, "euro"),
            "last": lowered(self.end_label),
            "after": format_number(self.end, "euro"),
        }
        if not self.parts:
            return text("scenario.change.unchanged", **amounts)
        return text(
            "scenario.change.line",
            **amounts,
            difference=signed(self.change),
            percent=_percent(self.change, self.start),
            parts=self._parts_in_words(),
        )

    def _parts_in_words(self) -> str:
        ordered = self.by_size
        named = [f"{lowered(part.label)} {signed(part.euro)}" for part in ordered[:NAMED]]
        rest = sum(part.euro for part in ordered[NAMED:])
        if len(ordered) > NAMED:
            named.append(text("scenario.change.rest", euro=signed(rest)))
        return ", ".join(named)

    def to_frame(self) -> pd.DataFrame:
        """A row per cause: key, label and euros."""
        import pandas as pd

        rows = [(part.cause, part.label, part.euro) for part in self.parts]
        return pd.DataFrame(rows, columns=["cause", "label", "euro"])

    def table(self) -> Table:
        """From start to end, a row per cause: euros, and what that is of the budget at the start."""
        c = Columns()
        c.add("cause", [self.start_label, *(part.label for part in self.parts), self.end_label], "text")
        euros = [self.start, *(part.euro for part in self.parts), self.end]
        c.add("euro", euros)
        c.add("of_start", [euro / self.start if self.start else 0.0 for euro in euros], "share", 2)
        notes, behind = [text("scenario.note.bridge")], [self.behind or Evidence()] * len(euros)
        told = [self.about, *notes] if self.about else notes
        return c.table(f"change_{self.code}", told, behind, self.synthetic, self.title)


def change_of(run: ScenarioRun, code: str) -> BudgetChange:
    """The change of one gemeente (`GM0014`) in a run; RequestError for a code that is not in it."""
    if code not in run.codes:
        raise RequestError(text("scenario.not_in_run"), [unknown_name(code, run.codes, text("scenario.label.name"))])
    row = run.codes.index(code)
    amounts = zip(run.bridge.causes, run.bridge.parts[:, row], strict=True)
    return BudgetChange(
        code,
        names_of(run)[row],
        *run.budget_labels,
        int(run.before[row]),
        int(run.after[row]),
        parts_of([(cause, cause_label(cause), int(euro)) for cause, euro in amounts]),
        run.synthetic,
        run.end.table.behind[row] if run.end.table.behind else None,
        about_run(run),
    )


def about_run(run: ScenarioRun) -> str:
    """What was asked, and of which households and model the budget at the end is."""
    setting = run.end.setting
    data = text("scenario.note.data", year=setting.year, model=setting.model.spec.name)
    return f"{run.scenario.question or run.scenario.name + '.'} {data}"


def parts_of(amounts: Sequence[tuple[str, str, int]]) -> tuple[CausePart, ...]:
    """The parts that are not zero, in order."""
    return tuple(CausePart(*amount) for amount in amounts if amount[2])


def lowered(label: str) -> str:
    """A label as it stands within a sentence."""
    return f"{label[:1].lower()}{label[1:]}"


def signed(euro: int) -> str:
    """Euros with their sign."""
    return f"{'+' if euro > 0 else ''}{format_number(euro, 'euro')}"


def _percent(change: int, start: int) -> str:
    share = change / start if start else 0.0
    return f"{'+' if share > 0 else ''}{format_number(share, 'share', 1)}"
