"""Gross annual norms by type of household and number of kostendelers, and the wealth limits of the kenmerken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.law.facts import Certainty, packaged_document, packaged_rows, unknown_year
from verdeelmodel.law.weights import model_years
from verdeelmodel.wording import text

STUDENT = "student"
SINGLE = "alleenstaande_21_aow"
COUPLE = "paar_21_aow"
KINDS: tuple[str, ...] = (
    SINGLE,
    "alleenstaande_18_20",
    COUPLE,
    "paar_18_20_zonder_kind",
    "paar_18_20_met_kind",
    "paar_een_18_20_zonder_kind",
    "paar_een_18_20_met_kind",
    "art24_21_plus",
    "art24_18_20_zonder_kind",
    "art24_18_20_met_kind",
    STUDENT,
)
ENTITLED_IN_COUPLE = ("partner", "partner")


@dataclass(frozen=True)
class Norm:
    """One published amount: euros gross per year for a kind of household with this many kostendelers.

    `corrected` differs from `published` only where a publication error is suspected; `reason` says why.
    """

    kind: str
    kostendelers: int
    published: float
    corrected: float
    reason: str
    date: str
    source: str
    certainty: Certainty

    @property
    def suspected(self) -> bool:
        """Whether a publication error is suspected."""
        return bool(self.reason)


@dataclass(frozen=True)
class Norms:
    """The norms of a model year; published values, or the corrected ones when asked for."""

    year: int
    rows: tuple[Norm, ...]
    corrected: bool

    def __str__(self) -> str:
        key = "law.norms_corrected" if self.corrected else "law.norms_published"
        return text(key, year=self.year, suspected=sum(r.suspected for r in self.rows))

    def table(self) -> NDArray[np.float64]:
        """Euros by kind (rows in the order of KINDS) and number of kostendelers 1..10 (columns), shape (11, 10).

        A single person of 21 or over pays per entitled person; a couple of which both are 21 or over receives twice
        that amount; under-21s and students are exempt from sharing; couples with one partner under 21 have own lists.
        """
        return _table(self.year, self.corrected)

    def amounts(self, kind: NDArray[np.integer], kostendelers: NDArray[np.integer]) -> NDArray[np.float64]:
        """Euros per household for indices into KINDS and numbers of kostendelers (0 counts as 1, above ten as ten)."""
        shared = np.clip(np.asarray(kostendelers), 1, self.table().shape[1]) - 1
        table = self.table()
        return np.asarray(table[np.asarray(kind), shared], dtype=np.float64)

    def amount(self, kind: str, kostendelers: int = 1) -> float:
        """Euros for one kind of household."""
        if kind not in KINDS:
            raise RequestError(text("law.unknown_norm_kind", kind=kind), [Problem(", ".join(KINDS))])
        return float(self.amounts(np.array([KINDS.index(kind)]), np.array([kostendelers]))[0])


@cache
def gross_norms(year: int, corrected: bool = False) -> Norms:
    """The norms of a model year; UnknownRuleError for a year without publication."""
    if year not in model_years():
        raise unknown_year("norms", year, model_years())
    publication = packaged_document("models.yaml")[year]
    mended = {
        (r["kind"], r["kostendelers"]): (float(r["corrected"]), r["reason"])
        for r in packaged_rows("norm_corrections.csv")
        if int(r["year"]) == year
    }
    rows = []
    for r in packaged_rows("norms.csv"):
        published = float(r[str(year)])
        better, reason = mended.get((r["kind"], r["kostendelers"]), (published, ""))
        rows.append(
            Norm(
                r["kind"],
                int(r["kostendelers"]),
                published,
                better,
                reason,
                str(publication["norm_date"]),
                publication["source"],
                Certainty(publication["certainty"]),
            )
        )
    return Norms(year, tuple(rows), corrected)


@cache
def _table(year: int, corrected: bool) -> NDArray[np.float64]:
    norms = gross_norms(year, corrected)
    value = {(r.kind, r.kostendelers): r.corrected if corrected else r.published for r in norms.rows}
    most = max(n for _, n in value)
    table = np.zeros((len(KINDS), most))
    for i, kind in enumerate(KINDS):
        base = value[kind, 1]
        for n in range(1, most + 1):
            # A couple shares as two entitled persons, so two kostendelers are the couple itself.
            per_person = value[SINGLE, n] if kind == COUPLE and n > len(ENTITLED_IN_COUPLE) else None
            shared = None if per_person is None else len(ENTITLED_IN_COUPLE) * per_person
            table[i, n - 1] = value.get((kind, n), base) if shared is None else shared
    table.setflags(write=False)
    return table


@dataclass(frozen=True)
class WealthLimit:
    """Euros above which a household owns too much; surplus of the own home counts separately."""

    group: str
    limit: str
    euro: float
    date: str
    source: str
    certainty: Certainty


@dataclass(frozen=True)
class WealthLimits:
    """The four limits of a model year, in euros."""

    year: int
    single_assets: float
    couple_assets: float
    single_home_equity: float
    couple_home_equity: float
    rows: tuple[WealthLimit, ...]

    def __str__(self) -> str:
        return text(
            "law.wealth_line",
            year=self.year,
            single=self.single_assets,
            couple=self.couple_assets,
            home=self.single_home_equity,
        )


@cache
def wealth_limits(year: int) -> WealthLimits:
    """The wealth limits named in the weights of a model year; UnknownRuleError for a year without publication."""
    if year not in model_years():
        raise unknown_year("wealth", year, model_years())
    publication = packaged_document("models.yaml")[year]
    certainty = Certainty(publication["certainty"])
    rows = tuple(
        WealthLimit(r["group"], r["limit"], float(r["euro"]), r["date"], publication["source"], certainty)
        for r in packaged_rows("wealth_limits.csv")
        if int(r["year"]) == year
    )
    euro = {(r.group, r.limit): r.euro for r in rows}
    return WealthLimits(
        year,
        euro["alleenstaande", "vermogen"],
        euro["paar", "vermogen"],
        euro["alleenstaande", "overwaarde"],
        euro["paar", "overwaarde"],
        rows,
    )
