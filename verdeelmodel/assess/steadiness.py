"""How steady the weight of a candidate is: over the years, over parts of the country, and within gemeenten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

from verdeelmodel.assess.moments import TINY, Moments, Step, one_step
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verdeelmodel.assess.country import Country
    from verdeelmodel.assess.levels import Within

    Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Weight:
    """The weight of a candidate among some households: within gemeenten, in a year, in a fold of gemeenten."""

    name: str
    estimate: float
    se: float


@dataclass(frozen=True)
class Spread:
    """How likely the differences between the weights of groups are by chance, and their size beyond it.

    `size` is a fraction of the weight itself.
    """

    p: float | NotApplicable
    size: float | NotApplicable


def spread_of_weights(moments: Moments | None, own: Longs, otherwise: str) -> Spread:
    """The spread of the weight over the groups (years, folds) in which the candidate varies; or the reason why not."""
    found = [] if moments is None else steps_by_group(moments, own)
    if len(found) < 2:
        return Spread(NotApplicable(otherwise), NotApplicable(otherwise))
    estimates, precision = np.array([s.estimate for s in found]), np.array([s.se for s in found]) ** -2
    mean = float(precision @ estimates / precision.sum())
    statistic, free = float(precision @ (estimates - mean) ** 2), len(found) - 1
    # What the differences have beyond chance (the estimator of DerSimonian and Laird), against the weight itself.
    beyond = (statistic - free) / float(precision.sum() - (precision**2).sum() / precision.sum())
    return Spread(float(chi2.sf(statistic, free)), float(np.sqrt(max(beyond, 0.0)) / max(abs(mean), TINY)))


def steps_by_group(moments: Moments, own: Longs) -> list[Step]:
    """The one-step estimate in each group in which the candidate varies."""
    steps = [one_step(*part, moments.base, own) for part in zip(moments.score, moments.information, strict=True)]
    return [step for step in steps if step is not None]


def weights_in_parts(country: Country, own: Longs, inside: Within) -> tuple[Weight, ...]:
    """The weight within gemeenten, in each year and in each fold of gemeenten, as far as it can be told."""
    scale = float(country.design.scale[own[0]])
    parts: list[Weight] = []
    if isinstance(inside.estimate, float) and isinstance(inside.se, float):
        parts.append(Weight(text("assess.part.within"), inside.estimate, inside.se))
    groups = [(text("assess.part.fold", number=i + 1), country.by_fold, i) for i in range(len(country.by_fold.score))]
    if country.by_year is not None:
        groups = [(str(year), country.by_year, i) for i, year in enumerate(sorted(country.request.years))] + groups
    for name, moments, i in groups:
        step = one_step(moments.score[i], moments.information[i], moments.base, own)
        if step is not None:
            parts.append(Weight(name, step.estimate / scale, step.se / scale))
    return tuple(parts)
