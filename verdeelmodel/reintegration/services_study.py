"""The whole study of services: one object that holds the clients and the choices, and answers part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import RequestError, unknown_name
from verdeelmodel.reintegration.funnel import Funnel, funnel_of
from verdeelmodel.reintegration.odds import Factor, NotEstimable, OddsModel, fit_odds
from verdeelmodel.reintegration.selection import Weighted, weighted_services
from verdeelmodel.reintegration.services_clients import GEMEENTE, Clients
from verdeelmodel.reintegration.services_protection import Counts, counts_of
from verdeelmodel.reintegration.services_words import SERVICES, STILL, WORK
from verdeelmodel.reintegration.survival import (
    CoxModel,
    Curve,
    Moment,
    Return,
    fit_cox,
    incidence_curves,
    moments,
    returns,
)
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

    from verdeelmodel.table import Table

BASE = (GEMEENTE, "sex", "age", "housing")
MIX = ("sex", "age", "housing")
MOST_GEMEENTEN = 60


@dataclass(frozen=True)
class StudyOptions:
    """The choices of the study: counts below the threshold are left out (0: none), Firth estimates are added."""

    threshold: int = 10
    firth: bool = False

    def __post_init__(self) -> None:
        """Refuse a threshold below zero."""
        if self.threshold < 0:
            raise RequestError(text("services.threshold", threshold=self.threshold))


@dataclass(frozen=True, eq=False)
class ServicesStudy:
    """Clients of municipalities and everything that is computed of them, each part when it is first asked for."""

    clients: Clients
    options: StudyOptions = field(default_factory=StudyOptions)
    ready: pd.DataFrame | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse more municipalities than a table can show."""
        found = len(self.clients.traits[GEMEENTE].keys)
        if found > MOST_GEMEENTEN:
            raise RequestError(text("services.too_many", found=found, most=MOST_GEMEENTEN))

    def __str__(self) -> str:
        return f"{self.clients} {self.base}"

    @cached_property
    def counts(self) -> Counts:
        """Every count of the tables, and which are shown."""
        return counts_of(self.clients, self.options.threshold)

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The clients who are still on bijstand or left for work."""
        frame = self.clients.frame
        return frame[frame["group"].isin([STILL, WORK])].reset_index(drop=True)

    @cached_property
    def outcome(self) -> NDArray[np.bool_]:
        """Which of the compared clients left for work."""
        return (self.compared["group"] == WORK).to_numpy()

    def factors(self, keys: Sequence[str]) -> list[Factor]:
        """The factors of these characteristics, without those that no file has."""
        return [self.factor(key) for key in keys if key not in self.clients.absent]

    def factor(self, key: str) -> Factor:
        """A characteristic as a factor of a regression."""
        trait = self.clients.traits[key]
        return Factor(key, trait.label, {c.key: c.label for c in trait.categories}, trait.reference)

    def _odds(self, *extra: str) -> OddsModel | NotEstimable:
        if absent := [key for key in extra if key in self.clients.absent]:
            labels = ", ".join(self.clients.traits[key].label for key in absent)
            return NotEstimable(text("services.odds.no_column", columns=labels))
        firth = (extra or BASE) if self.options.firth else ()
        return fit_odds(self.compared, self.outcome, self.factors([*BASE, *extra]), firth)

    @cached_property
    def base(self) -> OddsModel | NotEstimable:
        """Leaving for work by municipality, sex, age and housing (table 8)."""
        return self._odds()

    @cached_property
    def tailored(self) -> OddsModel | NotEstimable:
        """The same with the specific provisions (table 9)."""
        return self._odds("tailored")

    @cached_property
    def services(self) -> OddsModel | NotEstimable:
        """The same with the services (table 10)."""
        return self._odds(SERVICES)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Chances of leaving by month."""
        return moments(self.clients.frame[self.clients.frame["group"] > 0])

    @cached_property
    def curves(self) -> Mapping[int, Curve]:
        """Cumulative incidence of both ways of leaving."""
        return incidence_curves(self.clients.frame[self.clients.frame["group"] > 0])

    @cached_property
    def returns(self) -> tuple[Return, ...]:
        """Coming back after leaving for work."""
        return returns(self.clients.frame)

    @cached_property
    def cox(self) -> CoxModel | NotEstimable:
        """Cox regression of leaving for work, with who came during the observation as a factor of its own."""
        frame = self.clients.frame[self.clients.frame["group"] > 0].copy()
        frame["inflow"] = np.where(frame["new"], "new", "sitting")
        return fit_cox(frame, [*self.factors(BASE), inflow_factor()])

    @cached_property
    def funnel(self) -> Funnel | NotEstimable:
        """The municipalities against what their mix of clients leads to expect."""
        return funnel_of(self.compared, self.outcome, self.factors(MIX))

    @cached_property
    def weighted(self) -> tuple[Weighted, ...]:
        """The sensitivity analysis of selection into services."""
        if SERVICES in self.clients.absent:
            return ()
        frame = self.compared.assign(inflow=np.where(self.compared["new"], "new", "sitting"))
        keys = self.clients.traits[SERVICES].keys
        return weighted_services(frame, self.outcome, [*self.factors(BASE), inflow_factor()], keys)

    @cached_property
    def at_equal_readiness(self) -> OddsModel | NotEstimable | None:
        """Table 10 with readiness for work as one more factor; only of a file in which that is known."""
        if self.ready is None:
            return None
        frame = self.clients.frame
        known = self.ready.assign(ready=np.where(self.ready["ready"], "yes", "no"))
        frame = frame.assign(name=frame[GEMEENTE].map({v: k for k, v in self.clients.traits[GEMEENTE].words.items()}))
        joined = frame.merge(
            known, left_on=["name", "client"], right_on=["gemeente", "client"], suffixes=("", "_known")
        )
        joined = joined[joined["group"].isin([STILL, WORK])]
        ready = Factor(
            "ready", text("services.ready.label"), {k: text(f"services.ready.{k}") for k in ("no", "yes")}, "no"
        )
        return fit_odds(joined, (joined["group"] == WORK).to_numpy(), [*self.factors([*BASE, SERVICES]), ready])

    def tables(self, parts: Sequence[str] = ()) -> list[Table]:
        """The tables of these parts (none: all that there are), in order."""
        from verdeelmodel.reintegration.services_parts import PARTS

        fail_if_parts_unknown(parts)
        return [table for part in (parts or PARTS) for table in PARTS[part](self)]


def inflow_factor() -> Factor:
    """Who was on bijstand when the observation started against who came later."""
    labels = {key: text(f"services.inflow.{key}") for key in ("sitting", "new")}
    return Factor("inflow", text("services.inflow.label"), labels, "sitting")


def fail_if_parts_unknown(parts: Sequence[str]) -> None:
    """Refuse names of parts that do not exist, all at once."""
    from verdeelmodel.reintegration.services_parts import PARTS

    problems = [unknown_name(part, tuple(PARTS), text("services.part")) for part in parts if part not in PARTS]
    if problems:
        raise RequestError(text("services.parts_unknown"), problems)
