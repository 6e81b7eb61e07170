"""Covariances of estimates: model-based, robust, and clustered by buurt or gemeente."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from verdeelmodel.errors import RequestError
from verdeelmodel.model.algebra import quadratic
from verdeelmodel.model.design import Design, Floats, Longs
from verdeelmodel.model.passes import residuals_of_chunk, scores_by_segment, second_moments
from verdeelmodel.model.result import CovarianceKind
from verdeelmodel.model.workers import Workers
from verdeelmodel.wording import text


def observations(design: Design) -> float:
    """Number of observations: the sum of frequency weights, or the households with positive weight."""
    if not design.weight.size:
        return float(design.households)
    return float(design.weight.sum()) if design.weight_kind == "frequency" else float((design.weight > 0).sum())


def covariance(
    design: Design, active: Longs, estimate: Floats, inverse: Floats, kind: CovarianceKind, workers: Workers
) -> tuple[Floats, int | None]:
    """Covariance of the active parameters (stored scale), with the number of clusters where there are any.

    `hc1` multiplies by n / (n - k); clustered covariances by G / (G - 1) · (n - 1) / (n - k), as statsmodels does.
    A household with frequency weight 3 counts as 3 households; clusters are the areas with households.
    """
    count, parameters = observations(design), len(active)
    if kind == "model":
        return inverse, None
    if kind in ("hc0", "hc1"):
        meat = second_moments(design, estimate, _squared_residual(design), workers)[np.ix_(active, active)]
        factor = count / (count - parameters) if kind == "hc1" else 1.0
        return factor * quadratic(inverse, meat), None
    scores = cluster_scores(design, estimate, kind, workers)[:, active]
    clusters = len(scores)
    if clusters < 2:
        raise RequestError(text("logit.no_areas"))
    across = np.ascontiguousarray(scores.T)
    meat = np.einsum("pg,qg->pq", across, across)
    factor = clusters / (clusters - 1) * (count - 1) / (count - parameters)
    return factor * quadratic(inverse, meat), clusters


def _squared_residual(design: Design) -> Callable[[slice, Floats], Floats]:
    def values(rows: slice, probability: Floats) -> Floats:
        squared = (design.outcome[rows] - probability) ** 2
        if not design.weight.size:
            return np.asarray(squared)
        weight = design.weight[rows]
        return np.asarray(squared * (weight if design.weight_kind == "frequency" else weight**2))

    return values


def cluster_scores(design: Design, estimate: Floats, kind: str, workers: Workers) -> Floats:
    """(clusters, parameters): sum of weight · residual · x for each buurt or gemeente with counted households."""
    residuals = residuals_of_chunk(design, estimate)
    parts = workers.map(lambda chunk: scores_by_segment(design, chunk, residuals(chunk)), design.chunks)
    by_segment = np.vstack(parts)
    area = design.segment_area if kind == "buurt" else design.areas.gemeente_of[design.segment_area]
    if design.weight.size:
        weights = np.add.reduceat(np.append(design.weight, 0.0), design.pointers[:-1])
        area = np.where(weights * (np.diff(design.pointers) > 0) > 0, area, -1)
    clusters, place = np.unique(area, return_inverse=True)
    out = np.zeros((len(clusters), by_segment.shape[1]))
    np.add.at(out, place, by_segment)
    return out[clusters >= 0]
