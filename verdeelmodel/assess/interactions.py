"""Interactions as candidates: pairs of kenmerken of the model that the ceiling model finds and a score test confirms.

The ceiling model (trees that may use any interaction) says among which households the logit leaves most on the table.
Pairs with a kenmerk of those households are then screened in one pass: the sum of residual · a · b over all households,
squared and divided by the information of a · b, is never more than the score test of that product beside the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from verdeelmodel.kenmerken import Kenmerk
from verdeelmodel.model.ceiling import ceiling
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.national import Question, national_design
from verdeelmodel.model.passes import second_moments, variances
from verdeelmodel.model.predicting import stored_estimate
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Request
    from verdeelmodel.kenmerken import Registry
    from verdeelmodel.model.design import Design

    Floats = NDArray[np.float64]

#: The kenmerken where the ceiling model gains most; a pair has at least one of these.
MOST_PLACES = 12
#: Fewer expected recipients and others than this (their information) say too little.
LEAST_INFORMATION = 20.0


@dataclass(frozen=True)
class Interaction:
    """Two kenmerken of the model, with a lower bound of the score test of their product beside it."""

    first: str
    second: str
    statistic: float

    @property
    def key(self) -> str:
        """The key under which it becomes a candidate."""
        return f"{self.first}_en_{self.second}"

    def as_kenmerk(self, known: Registry) -> Kenmerk:
        """The households that have both, as a kenmerk without a theory: that is for a person to give."""
        one, other = known[self.first], known[self.second]
        answers = {one.beinvloedbaar, other.beinvloedbaar}
        first, second = self.first, self.second

        def both(**values: Any) -> NDArray[np.bool_]:
            return np.asarray(values[first] & values[second])

        return Kenmerk(
            key=self.key,
            eenheid="huishouden",
            thema=text("assess.interaction.theme"),
            label=f"{one.name('nl')} × {other.name('nl')}",
            label_en=f"{one.name('en')} × {other.name('en')}",
            soort="ja_nee",
            inputs=(first, second),
            compute=both,
            bron=tuple(dict.fromkeys((*one.bron, *other.bron))),
            beinvloedbaar="ja" if "ja" in answers else "deels" if "deels" in answers else "nee",
            reden=text("assess.interaction.reason"),
            vastgelegd_door=text("assess.interaction.by"),
            vastgelegd_op=text("assess.interaction.on"),
            herkomst=__name__,
        )


def with_interactions(request: Request, number: int) -> Request:
    """The request with the most promising interactions of the model added as candidates."""
    found = proposed(request, number)
    fresh = [one.as_kenmerk(request.known) for one in found if one.key not in request.known]
    known = request.known.extended(fresh)
    return replace(request, known=known, candidates=(*request.candidates, *(one.key for one in found)))


def proposed(request: Request, number: int) -> tuple[Interaction, ...]:
    """The pairs of yes/no kenmerken of the model that the ceiling model points at, strongest first."""
    keys = request.model.volume.kenmerken
    question = Question(request.population, request.years, keys, request.model.rules_year, known=request.known)
    design = national_design(question, request.options.threads)
    where = ceiling(design, request.options).where
    places = where.loc[where["total_gain"] > 0, "key"].head(MOST_PLACES).tolist()
    yes_no = [k for k in keys if request.known[k].soort == "ja_nee" and request.known[k].eenheid == "huishouden"]
    estimate = stored_estimate(design, fit_logit(design, options=request.options))
    return screened(design, estimate, yes_no, places, request.options.threads)[:number]


def screened(
    design: Design, estimate: Floats, keys: Sequence[str], places: Sequence[str], threads: int | None = None
) -> tuple[Interaction, ...]:
    """Every pair of these dummies with at least one of `places`, by its lower bound of the test, strongest first."""
    positions = [design.position[key] for key in keys]

    def residuals(rows: slice, probability: Floats) -> Floats:
        residual = design.outcome[rows] - probability
        return residual * design.weight[rows] if design.weight.size else residual

    with Workers(threads) as workers:
        score = second_moments(design, estimate, residuals, workers)[np.ix_(positions, positions)]
        information = second_moments(design, estimate, variances(design), workers)[np.ix_(positions, positions)]
    wanted = set(places)
    found = [
        Interaction(keys[i], keys[j], float(score[i, j] ** 2 / information[i, j]))
        for i in range(len(keys))
        for j in range(i + 1, len(keys))
        if {keys[i], keys[j]} & wanted and _varies(information, i, j)
    ]
    return tuple(sorted(found, key=lambda one: (-one.statistic, one.key)))


def _varies(information: Floats, i: int, j: int) -> bool:
    """Whether the product is neither rare nor one of both itself."""
    both, least = information[i, j], min(information[i, i], information[j, j])
    return bool(both >= LEAST_INFORMATION and least - both >= LEAST_INFORMATION)
