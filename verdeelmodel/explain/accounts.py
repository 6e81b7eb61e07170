"""The accounts of every gemeente by year: saldo, split exactly into macro and distribution effect, and vangnet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.budget import History, Saldo, saldo, vangnet
from verdeelmodel.errors import UnknownRuleError
from verdeelmodel.law import budget_rules, vangnet_rules
from verdeelmodel.law.rules import rule_years
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from verdeelmodel.population.population import Population

    Floats = NDArray[np.float64]

EARLIER = 3
MONEY = ("budget", "net_expenditure")


@dataclass(frozen=True, eq=False)
class YearAccounts:
    """The accounts of one year: gemeenten (g,), the split saldo, and the grant of the safety net or why it is unknown.

    `checked` is False where a condition of the safety net on earlier years could not be checked; `objective` is the
    part of each budget that the model decides, None when the rules of the year are not known.
    """

    year: int
    gemeenten: NDArray[np.int64]
    saldo: Saldo
    checked: NDArray[np.bool_]
    vangnet_unknown: str = ""
    objective: Floats | None = None

    def __str__(self) -> str:
        return f"{self.year}: {self.saldo}"

    def of(self, gemeente: int) -> AccountLine | None:
        """The line of one gemeente; None when it has no account in this year."""
        place = int(np.searchsorted(self.gemeenten, gemeente))
        if place >= len(self.gemeenten) or self.gemeenten[place] != gemeente:
            return None
        split = self.saldo
        grant = None if split.vangnet is None else float(split.vangnet[place])
        return AccountLine(
            year=self.year,
            budget=int(split.budget[place]),
            net=int(split.net[place]),
            macro=int(split.macro[place]),
            distribution=int(split.distribution[place]),
            vangnet=NotApplicable(self.vangnet_unknown) if grant is None else grant,
            checked=bool(self.checked[place]),
            objective=None if self.objective is None else float(self.objective[place]),
        )


@dataclass(frozen=True)
class AccountLine:
    """One gemeente in one year, in whole euros; macro + distribution = budget - net, or it refuses to exist."""

    year: int
    budget: int
    net: int
    macro: int
    distribution: int
    vangnet: float | NotApplicable
    checked: bool
    objective: float | None = None

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        if self.macro + self.distribution != self.balance:
            raise ArithmeticError("macro and distribution effect do not add up to the balance")

    def __str__(self) -> str:
        return f"{self.year}: {self.balance} = {self.macro} + {self.distribution}"

    @property
    def balance(self) -> int:
        """Budget minus net expenditure: negative is a tekort."""
        return self.budget - self.net

    @property
    def saldo(self) -> float:
        """Balance as a share of the budget."""
        return self.share(self.balance)

    @property
    def after_vangnet(self) -> float | NotApplicable:
        """Balance including the safety net, as a share of the budget."""
        if isinstance(self.vangnet, NotApplicable):
            return self.vangnet
        return self.share(self.balance + self.vangnet)

    def share(self, euros: float) -> float:
        """Euros as a share of the budget."""
        return euros / self.budget if self.budget > 0 else 0.0


def accounts(population: Population) -> tuple[YearAccounts, ...]:
    """Every year of the table of gemeenten for which every gemeente has a budget and net expenditure."""
    table = population.table("gemeenten")
    if not set(MONEY) <= set(table):
        return ()
    years = sorted({int(year) for year in table["year"]})
    frames = {year: population.gemeenten(year).sort_values("gemeente") for year in years}
    whole = {year: f for year, f in frames.items() if f[list(MONEY)].notna().all(axis=None)}
    return tuple(_year(whole, year, objective_fraction(population, year)) for year in whole)


def objective_fraction(population: Population, year: int) -> Floats | None:
    """The part of each budget that the model decides under the rules of this year, in the order of the codes."""
    if year not in rule_years():
        return None
    frame = population.gemeenten(year).sort_values("gemeente")
    return budget_rules(year).scale.m(frame["inhabitants"].to_numpy(float))


def _year(frames: dict[int, pd.DataFrame], year: int, objective: Floats | None) -> YearAccounts:
    frame = frames[year]
    gemeenten = frame["gemeente"].to_numpy(np.int64)
    budget = np.rint(frame["budget"].to_numpy(float)).astype(np.int64)
    net = frame["net_expenditure"].to_numpy(float)
    codes = tuple(format_gemeente(int(g)) for g in gemeenten)
    checked = np.ones(len(codes), dtype=bool)
    try:
        grant = vangnet(vangnet_rules(year), net, budget.astype(float), history(frames, year))
    except UnknownRuleError as error:
        return YearAccounts(year, gemeenten, saldo(budget, net, codes), checked, error.summary, objective)
    return YearAccounts(year, gemeenten, saldo(budget, net, codes, grant.grant), grant.checked, objective=objective)


def history(frames: dict[int, pd.DataFrame], year: int) -> History:
    """Cost and budget of the years before this one, as far as they are there in the same division."""
    wanted = frames[year]["gemeente"].to_numpy()
    net, budget = (np.full((len(wanted), EARLIER), np.nan) for _ in range(2))
    for back in range(1, EARLIER + 1):
        frame = frames.get(year - back)
        if frame is None:
            continue
        indexed = frame.set_index("gemeente").reindex(wanted)
        net[:, back - 1] = indexed["net_expenditure"].to_numpy(float)
        budget[:, back - 1] = indexed["budget"].to_numpy(float)
    return History(net, budget)


def no_accounts() -> NotApplicable:
    """Why there is no saldo when the population has no budgets."""
    return NotApplicable(text("explain.no_accounts"))
