"""The tables of time and place: leaving by month, coming back, and municipalities against their mix of clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.reintegration.funnel import FAR, NEAR, Place
from verdeelmodel.reintegration.odds import NotEstimable
from verdeelmodel.reintegration.services_clients import GEMEENTE
from verdeelmodel.reintegration.services_layout import category_label, column, table
from verdeelmodel.reintegration.services_protection import left_out
from verdeelmodel.table import Cell, Evidence, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

PARTS = ("still", "work", "other")


def leaving_table(study: ServicesStudy) -> Table:
    """By month: still on bijstand (Kaplan-Meier), left for work and left otherwise (cumulative incidence)."""
    threshold = study.options.threshold
    rows: list[list[Cell]] = []
    for moment in study.moments:
        shown = min(moment.at_risk, moment.to_work, moment.otherwise) >= threshold
        chances = [value for part in (moment.still, moment.work, moment.other) for value in part]
        counts: list[Cell] = [moment.at_risk]
        rows.append(
            [
                moment.months,
                *(counts if shown else [left_out(threshold)]),
                *(chances if shown else [left_out(threshold)] * 9),
            ]
        )
    keys = [f"{part}{end}" for part in PARTS for end in ("", "_low", "_high")]
    columns = [column("months", "code"), column("at_risk", "count"), *(column(key, "share") for key in keys)]
    evidence: dict[str, list[Evidence | None]] = {
        key: [Evidence(count=min(m.at_risk, m.to_work, m.otherwise)) for m in study.moments]
        for key in ("at_risk", *keys)
    }
    return table(study, "leaving", columns, rows, [text("services.note.leaving")], evidence)


def returns_table(study: ServicesStudy) -> Table:
    """By month after leaving for work: who is back on bijstand (Kaplan-Meier)."""
    threshold = study.options.threshold
    rows: list[list[Cell]] = []
    for found in study.returns:
        shown = min(found.at_risk, found.came_back) >= threshold
        cells: list[Cell] = [found.at_risk, found.came_back, *found.share]
        rows.append([found.months, *(cells if shown else [left_out(threshold)] * 5)])
    keys = ("back", "back_low", "back_high")
    columns = [column("months_after", "code"), column("at_risk", "count"), column("came_back", "count")]
    columns += [column(key, "share") for key in keys]
    behind: list[Evidence | None] = [Evidence(count=min(r.at_risk, r.came_back)) for r in study.returns]
    notes = [text("services.note.returns" if rows else "services.note.no_returns")]
    return table(study, "returns", columns, rows, notes, dict.fromkeys(("at_risk", "came_back", *keys), behind))


FUNNEL = ("observed", "expected", "crude", "corrected", "low", "high", "far_low", "far_high", "z")


def funnel_table(study: ServicesStudy) -> Table:
    """Municipalities: observed and expected leavers, the corrected share, and between which limits chance leaves it."""
    columns = [
        column("gemeente"),
        column("both", "count"),
        column("observed", "count"),
        column("expected", "number", 1),
    ]
    columns += [column(key, "share") for key in FUNNEL[2:8]]
    columns += [column("z", "number", 1), column("verdict")]
    found = study.funnel
    if isinstance(found, NotEstimable):
        return table(study, "funnel", columns[:1], [], [text("services.note.no_funnel", reason=found.reason)])
    rows = [_funnel_row(study, place, found.mean) for place in found.places]
    evidence: dict[str, list[Evidence | None]] = {
        key: [Evidence(count=p.n, numerator=p.observed, denominator=p.n) for p in found.places]
        for key in ("both", *FUNNEL)
    }
    notes = [
        text("services.note.funnel", mean=found.mean),
        text("services.note.overdispersion", phi=found.overdispersion),
    ]
    return table(study, "funnel", columns, rows, notes, evidence)


def _funnel_row(study: ServicesStudy, place: Place, mean: float) -> list[Cell]:
    label = category_label(study, GEMEENTE, place.gemeente)
    if not study.counts.shows((GEMEENTE, place.gemeente), "still", "work", "both"):
        return [label, *[left_out(study.options.threshold)] * 10, text("services.hidden")]
    low, high = place.limits(mean, NEAR)
    far_low, far_high = place.limits(mean, FAR)
    shares: list[Cell] = [place.observed / place.n, place.corrected, low, high, far_low, far_high]
    verdict = text(f"services.verdict.{place.verdict}")
    return [label, place.n, place.observed, place.expected, *shares, place.z, verdict]
