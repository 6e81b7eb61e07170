"""The balance of a gemeente, split into what the macrobudget and what the distribution explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget.rounding import largest_remainder
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Euros = NDArray[np.int64]


@dataclass(frozen=True)
class Saldo:
    """Budget minus net expenditure in whole euros, and its two parts; refuses to exist when they do not add up.

    The macro effect is the share of the gemeente in what the macrobudget leaves or lacks nationally; the distribution
    effect is the rest. Distribution effects add up to zero over all gemeenten.
    """

    budget: Euros
    net: Euros
    macro: Euros
    distribution: Euros
    vangnet: Floats | None = None

    def __post_init__(self) -> None:
        """Check that the parts add up, per gemeente and nationally."""
        if not np.array_equal(self.macro + self.distribution, self.budget - self.net):
            raise ValueError("macro and distribution effect do not add up to the balance")
        if int(self.distribution.sum()) != 0:
            raise ValueError("distribution effects do not add up to zero")

    def __str__(self) -> str:
        short = int((self.balance < 0).sum())
        return text("budget.saldo_line", short=short, count=len(self.budget), balance=self.balance.sum())

    @property
    def balance(self) -> Euros:
        """Budget minus net expenditure in whole euros, shape (n,): negative is a deficit."""
        return self.budget - self.net

    @property
    def saldo(self) -> Floats:
        """Balance as a share of the budget, shape (n,)."""
        return self.share(self.balance)

    @property
    def saldo_after_vangnet(self) -> Floats:
        """Balance including the safety net as a share of the budget, shape (n,)."""
        extra = np.zeros(len(self.budget)) if self.vangnet is None else self.vangnet
        return self.share(self.balance + extra)

    def share(self, euros: NDArray[np.float64] | Euros) -> Floats:
        """Euros as a share of the budget, shape (n,); zero where there is no budget."""
        amounts = np.asarray(euros, dtype=np.float64)
        return np.divide(amounts, self.budget, out=np.zeros(len(amounts)), where=self.budget > 0)

    def to_frame(self) -> pd.DataFrame:
        """One row per gemeente."""
        import pandas as pd

        columns = {
            "budget": self.budget,
            "net_expenditure": self.net,
            "saldo": self.saldo,
            "macro_effect": self.macro,
            "distribution_effect": self.distribution,
            "saldo_after_vangnet": self.saldo_after_vangnet,
        }
        return pd.DataFrame(columns)


def saldo(budget: Euros, net: Floats, codes: tuple[str, ...], vangnet: Floats | None = None) -> Saldo:
    """The balance per gemeente; net expenditure is rounded to whole euros first."""
    spent = np.rint(net).astype(np.int64)
    total = int(budget.sum())
    left = total - int(spent.sum())
    macro = largest_remainder(budget / total * left, left, codes)
    return Saldo(budget, spent, macro, budget - spent - macro, vangnet)
