"""The published weights of the volume and the price component, by model year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import Problem, UnknownRuleError
from verdeelmodel.law.facts import Certainty, packaged_document, packaged_names, packaged_rows, unknown_year
from verdeelmodel.wording import text

Component = Literal["volume", "prijs"]
COMPONENTS: tuple[Component, ...] = ("volume", "prijs")
CONSTANT = "constant"
REFERENCE = "referentie"


@dataclass(frozen=True)
class Indicator:
    """What is the same in every year: the block of the regulation, the level and the unit of a kenmerk."""

    component: Component
    kenmerk: str
    block: str
    level: str
    unit: str
    predecessors: tuple[str, ...]


@dataclass(frozen=True)
class Weight:
    """One row of a published table; `published` keeps every digit of the publication."""

    kenmerk: str
    value: float
    published: str
    estimated: str
    applied: str
    label: str
    notes: tuple[str, ...]
    indicator: Indicator
    source: str
    certainty: Certainty


@dataclass(frozen=True)
class ReferenceCategory:
    """A category published as reference: its weight is zero by definition."""

    kenmerk: str
    block: str
    estimated: str
    applied: str
    label: str


@dataclass(frozen=True)
class Weights:
    """The weights of one component of one model year, in the order of publication.

    `constant` is None when none was published. `link_certainty` says how sure it is that the link is logistic.
    """

    year: int
    component: Component
    rows: tuple[Weight, ...]
    constant: Weight | None
    references: tuple[ReferenceCategory, ...]
    source: str
    link_certainty: Certainty

    def __str__(self) -> str:
        return text(
            "law.weights_line",
            component=text(f"law.component.{self.component}"),
            year=self.year,
            count=len(self.rows),
            constant=self.constant.published if self.constant else text("law.no_constant"),
        )

    @property
    def kenmerken(self) -> tuple[str, ...]:
        """The keys of the kenmerken with a weight, without the constant."""
        return tuple(row.kenmerk for row in self.rows)

    @property
    def by_kenmerk(self) -> Mapping[str, Weight]:
        """The rows by kenmerk key, without the constant."""
        return {row.kenmerk: row for row in self.rows}

    def vector(self) -> NDArray[np.float64]:
        """The weights in the order of `kenmerken`, shape (k,)."""
        return np.array([row.value for row in self.rows])

    def published_constant(self) -> float:
        """The constant; UnknownRuleError when it was not published."""
        if self.constant is None:
            problem = Problem(text("law.constant_found", year=self.year), remedy=text("law.constant_remedy"))
            raise UnknownRuleError(
                text("law.constant_missing", year=self.year, component=text(f"law.component.{self.component}")),
                [problem],
            )
        return self.constant.value


@cache
def model_years() -> tuple[int, ...]:
    """The years whose weights are published."""
    return tuple(int(name) for name in packaged_names("models", ".csv"))


@cache
def indicators() -> MappingProxyType[tuple[str, str], Indicator]:
    """Every indicator of every year by (component, kenmerk)."""
    return MappingProxyType(
        {
            (r["component"], r["kenmerk"]): Indicator(
                r["component"],  # type: ignore[arg-type]
                r["kenmerk"],
                r["block"],
                r["level"],
                r["unit"],
                tuple(r["predecessor"].split()),
            )
            for r in packaged_rows("indicators.csv")
        }
    )


def volume_weights(year: int) -> Weights:
    """The weights that give the probability of bijstand; UnknownRuleError for a year without publication."""
    return weights(year, "volume")


def price_weights(year: int) -> Weights:
    """The weights that give the fraction of the norm; UnknownRuleError for a year without publication."""
    return weights(year, "prijs")


def reference_categories(year: int, component: Component) -> tuple[ReferenceCategory, ...]:
    """The categories whose weight is zero by definition in this model year."""
    return weights(year, component).references


@cache
def weights(year: int, component: Component) -> Weights:
    """The weights of one component of one model year."""
    if year not in model_years():
        raise unknown_year("weights", year, model_years())
    publication = packaged_document("models.yaml")[year]
    certainty = Certainty(publication["certainty"])
    rows: list[Weight] = []
    references: list[ReferenceCategory] = []
    for r in packaged_rows(f"models/{year}.csv"):
        if r["component"] != component:
            continue
        if r["weight"] == REFERENCE:
            references.append(ReferenceCategory(r["kenmerk"], r["note"], r["estimated"], r["applied"], r["label"]))
            continue
        rows.append(_weight(r, indicators()[component, r["kenmerk"]], publication["source"], certainty))
    return Weights(
        year,
        component,
        tuple(row for row in rows if row.kenmerk != CONSTANT),
        next((row for row in rows if row.kenmerk == CONSTANT), None),
        tuple(references),
        publication["source"],
        Certainty(packaged_document("models.yaml")["link"][component]),
    )


def _weight(row: Mapping[str, str], indicator: Indicator, source: str, certainty: Certainty) -> Weight:
    return Weight(
        row["kenmerk"],
        float(row["weight"]),
        row["weight"],
        row["estimated"],
        row["applied"],
        row["label"],
        tuple(row["note"].split()),
        indicator,
        source,
        certainty,
    )
