"""To what the distribution effect of every gemeente can be attributed: omitted kenmerken, what lasts, chance, the rest.

Everything is in logarithms relative to the country. The omitted part follows from the households (`omitted`). Chance is
how the account of the year differs from the mean of the gemeente over the years; since the chance of the years does not
cancel in that mean, it has an interval, which holds when the chance of one year does not carry over to the next. What
lasts (policy, or a cause that nobody has measured) is the actual number on bijstand against that of the extended model,
less the chance of the year; its interval is what independent draws of the households, the weights of the terms and the
chance of the years leave open. The rest is what the account has beyond these: price, norms, other moments of
measurement, and the part of the budget that does not follow the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verdeelmodel.explain.bridge import round_parts
from verdeelmodel.explain.omitted import Omitted, Z
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.explain.accounts import AccountLine, YearAccounts

    Floats = NDArray[np.float64]

PARTS = ("omitted", "lasting", "chance", "rest")
# The parts that reach the saldo through the budget of the model.
MODELLED = ("omitted", "lasting")
FEWEST_GEMEENTEN, FEWEST_YEARS = 30, 2
SMALLEST_LOG = 1e-9


@dataclass(frozen=True)
class Attributed:
    """The distribution effect of one gemeente in whole euros by part, with 95% intervals for those that have one.

    The parts sum to `total` exactly, or it refuses to exist.
    """

    total: int
    euros: dict[str, int]
    intervals: dict[str, tuple[float, float]]

    def __post_init__(self) -> None:
        """Check that the parts add up."""
        if sum(self.euros.values()) != self.total:
            raise ArithmeticError("the attributed parts do not add up to the distribution effect")

    def __str__(self) -> str:
        return f"{self.total} = {' + '.join(f'{k} {v}' for k, v in self.euros.items())}"


@dataclass(frozen=True, eq=False)
class Attribution:
    """The parts of all gemeenten in one year, each (g,) in logarithms: positive makes bijstand dearer than the budget.

    `errors` are standard errors. A gemeente without anybody on bijstand in the population is not there.
    """

    omitted: Omitted
    gemeenten: NDArray[np.int64]
    whole: Floats
    logs: dict[str, Floats]
    errors: dict[str, Floats]

    def __str__(self) -> str:
        return text("explain.attribution_line", gemeenten=len(self.gemeenten), terms=str(self.omitted))

    def of(self, gemeente: int, line: AccountLine, decided: float = 1.0) -> Attributed | None:
        """The parts of one gemeente in euros; None when it is not among them.

        The model decides this part of the budget, and only there can what it misses and what lasts make a difference:
        the other part follows earlier cost. None as well when the model decides nothing.
        """
        at = int(np.searchsorted(self.gemeenten, gemeente))
        if at >= len(self.gemeenten) or self.gemeenten[at] != gemeente or decided <= 0:
            return None
        whole = float(self.whole[at])
        euros_per_log = line.distribution / whole if abs(whole) > SMALLEST_LOG else -float(line.budget)
        reach = {key: euros_per_log * (decided if key in MODELLED else 1.0) for key in PARTS}
        parts = np.array([reach[key] * self.logs[key][at] for key in PARTS])
        parts[-1] = line.distribution - parts[:-1].sum()
        rounded = round_parts(parts[:, None], np.array([float(line.distribution)]))[:, 0].astype(int)
        width = {key: abs(reach[key]) * Z * float(error[at]) for key, error in self.errors.items()}
        place = {key: float(part) for key, part in zip(PARTS, parts, strict=True)}
        intervals = {key: (place[key] - w, place[key] + w) for key, w in width.items()}
        return Attributed(line.distribution, dict(zip(PARTS, rounded.tolist(), strict=True)), intervals)


def attribute(found: Omitted, accounts: Sequence[YearAccounts], year: int) -> Attribution | None:
    """The attribution of this year; None with fewer than two years of accounts, or too few gemeenten to compare.

    Only gemeenten with an account in every year and households on bijstand take part.
    """
    of_year = next((a for a in accounts if a.year == year), None)
    if of_year is None or len(accounts) < FEWEST_YEARS:
        return None
    codes, logs = _account_logs(accounts)
    there = np.isin(codes, found.gemeenten[(found.actual > 0) & (found.extended > 0) & (found.official > 0)])
    codes, logs = codes[there], logs[:, there]
    if len(codes) < FEWEST_GEMEENTEN:
        return None
    at = np.searchsorted(found.gemeenten, codes)
    whole = logs[[a.year for a in accounts].index(year)]
    mean = logs.mean(axis=0)
    left_out = np.log(found.extended[at] / found.official[at])
    seen = np.log(found.actual[at] / found.extended[at])
    chance = whole - mean
    parts = {"omitted": left_out, "lasting": seen - chance, "chance": chance}
    parts["rest"] = whole - sum(parts.values())
    draws, open_chance = found.chance[at] / found.extended[at], chance_error(logs, found.extended[at])
    lasting = np.sqrt(draws**2 + found.error[at] ** 2 + open_chance**2)
    return Attribution(
        found, codes, whole, parts, {"omitted": found.error[at], "lasting": lasting, "chance": open_chance}
    )


def chance_error(logs: Floats, expected: Floats) -> Floats:
    """Standard error of the mean over the years, shape (g,), when chance is independent from year to year.

    `logs` (years, g). The variance of a year is a constant plus a part that falls with the expected number (g,), both
    from how the years of all gemeenten differ from their own means.
    """
    from scipy.optimize import nnls

    variance = logs.var(axis=0, ddof=1)
    design = np.column_stack([np.ones(len(expected)), 1 / expected])
    scale = design.max(axis=0)
    weight, _ = nnls(design / scale, variance)
    return np.asarray(np.sqrt(design / scale @ weight / len(logs)))


def _account_logs(accounts: Sequence[YearAccounts]) -> tuple[NDArray[np.int64], Floats]:
    """Gemeenten with positive budget and expenditure in every year, and log(expenditure / budget) less the national."""
    kept = None
    for a in accounts:
        good = a.gemeenten[(a.saldo.budget > 0) & (a.saldo.net > 0)]
        kept = good if kept is None else np.intersect1d(kept, good)
    codes = np.zeros(0, np.int64) if kept is None else np.asarray(kept, np.int64)
    rows = []
    for a in accounts:
        at = np.searchsorted(a.gemeenten, codes)
        national = float(a.saldo.net.sum()) / float(a.saldo.budget.sum())
        rows.append(np.log(a.saldo.net[at] / a.saldo.budget[at] / national))
    return codes, np.array(rows)
