"""The tables of chances of leaving for work: tables 8, 9 and 10, the overall tests, Cox, selection and the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verdeelmodel.reintegration.odds import CategoryOdds, NotEstimable, OddsModel
from verdeelmodel.reintegration.selection import Weighted
from verdeelmodel.reintegration.services_layout import (
    behind_odds,
    category_label,
    column,
    factor_label,
    odds_cells,
    shares_of,
    table,
)
from verdeelmodel.reintegration.services_words import NO_SERVICE, SERVICES
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

FIGURES = ("odds_ratio", "low", "high")
CLEAR = 1.0


def _columns(firth: bool) -> list[Column]:
    found = [column("factor"), column("category"), column("both", "count"), column("work", "count")]
    found += [column("share", "share"), column("p_overall", "number", 4)]
    found += [*(column(key, "number", 2) for key in FIGURES), column("p", "number", 4)]
    if firth:
        found += [column(f"{key}_firth", "number", 2) for key in FIGURES]
    return found


def base_table(study: ServicesStudy) -> Table:
    """Table 8: municipality, sex, age and housing."""
    return _odds_table(study, "odds", study.base, None)


def tailored_table(study: ServicesStudy) -> Table:
    """Table 9: the specific provisions, corrected for municipality, sex, age and housing."""
    return _odds_table(study, "tailored_odds", study.tailored, "tailored")


def service_table(study: ServicesStudy) -> Table:
    """Table 10: the services, corrected for municipality, sex, age and housing, with the warning about selection."""
    found = _odds_table(study, "service_odds", study.services, SERVICES)
    return found.with_notes(*selection_warning(study))


def _odds_table(study: ServicesStudy, key: str, model: OddsModel | NotEstimable, only: str | None) -> Table:
    """One regression as a table; with `only` the rows of one factor, corrected for the others."""
    firth = study.options.firth
    if isinstance(model, NotEstimable):
        return table(study, key, _columns(firth), [], [text("services.note.no_regression", reason=model.reason)])
    rows = [row for row in model.rows if only in (None, row.factor)]
    cells = [_row(study, model, row) for row in rows]
    shares = [Evidence(numerator=r.events, denominator=r.n) for r in rows]
    figures = [*FIGURES, "p", "p_overall", *((f"{k}_firth" for k in FIGURES) if firth else ())]
    evidence = behind_odds(rows, model.n - len(model.rows), figures)
    evidence |= {"both": [Evidence(count=r.n) for r in rows], "work": [Evidence(count=r.events) for r in rows]}
    notes = [text("services.note.odds", n=model.n, events=model.events)]
    if model.left_out:
        notes.append(text("services.note.left_out", n=model.left_out))
    if any(row.odds is None and not row.reference for row in rows):
        notes.append(text("services.note.firth" if firth else "services.note.no_firth"))
    return table(study, key, _columns(firth), cells, notes, {**evidence, "share": shares}, "factor")


def _row(study: ServicesStudy, model: OddsModel, row: CategoryOdds) -> list[Cell]:
    place = (row.factor, row.category)
    shown, threshold = shows(study, row), study.options.threshold
    n: Cell = row.n if study.counts.shows(place, "both") else study.counts.cell(place, "both")
    work: Cell = row.events if shown else study.counts.cell(place, "work")
    if not shown and not isinstance(work, NotApplicable):
        work = NotApplicable(text("services.suppressed", threshold=threshold))
    test = model.tests.get(row.factor)
    overall: Cell = test.p_wald if test and row.reference else NotApplicable(text("services.overall_once"))
    label = factor_label(study, row.factor)
    cells: list[Cell] = [label, category_label(study, *place), n, work, shares_of(work, n), overall]
    cells += odds_cells(row.odds, row.reason, shown, threshold, row.reference)
    if study.options.firth:
        cells += odds_cells(row.firth, row.reason, shown, threshold, row.reference)[:3]
    return cells


def shows(study: ServicesStudy, row: CategoryOdds) -> bool:
    """Whether the odds ratio of a category may be shown: only when the counts that it could give away are shown too."""
    return study.counts.shows((row.factor, row.category), "still", "work", "both")


def overall_table(study: ServicesStudy) -> Table:
    """For every regression and factor whether the factor as a whole matters: Wald, as SPSS, and likelihood ratio."""
    rows: list[list[Cell]] = []
    evidence: list[Evidence | None] = []
    for key, model in (("odds", study.base), ("tailored_odds", study.tailored), ("service_odds", study.services)):
        for test in model.tests.values() if isinstance(model, OddsModel) else ():
            label = factor_label(study, test.factor)
            figures: list[Cell] = [test.degrees, test.wald, test.p_wald, test.ratio, test.p_ratio]
            rows.append([text(f"services.title.{key}"), label, *figures])
            evidence.append(Evidence(count=study.counts.number(("", "total"), "both")))
    columns = [column("model"), column("factor"), column("degrees", "count"), column("wald"), column("p_wald")]
    columns = [*columns[:3], *(column(k, "number", 1 if k in ("wald", "ratio") else 4) for k in OVERALL)]
    return table(study, "overall", columns, rows, (), dict.fromkeys(("degrees", *OVERALL), evidence))


OVERALL = ("wald", "p_wald", "ratio", "p_ratio")


def cox_table(study: ServicesStudy) -> Table:
    """Hazard ratios of leaving for work."""
    columns = [column("factor"), column("category"), column("clients", "count"), column("hazard_ratio", "number", 2)]
    columns += [column("low", "number", 2), column("high", "number", 2), column("p", "number", 4)]
    model = study.cox
    if isinstance(model, NotEstimable):
        return table(study, "cox", columns, [], [text("services.note.no_regression", reason=model.reason)])
    rows = []
    threshold = study.options.threshold
    for row in model.rows:
        known = (row.factor, row.category) in study.counts.places
        shown = min(row.n, row.events, row.n - row.events) >= threshold and (not known or shows(study, row))
        n: Cell = row.n if shown else NotApplicable(text("services.suppressed", threshold=threshold))
        ratios = odds_cells(row.odds, row.reason, shown, threshold, row.reference)
        rows.append([factor_label(study, row.factor), category_label(study, row.factor, row.category), n, *ratios])
    behind = behind_odds(model.rows, model.n - len(model.rows), ("clients", "hazard_ratio", "low", "high", "p"))
    notes = [text("services.note.cox", n=model.n, events=model.events)]
    return table(study, "cox", columns, rows, notes, behind, "factor")


WEIGHTED = (
    "plain",
    "weighted",
    "low",
    "high",
    "overlap",
    "worst_before",
    "worst_after",
    "effective",
    "e_value",
    "e_limit",
)


def selection_table(study: ServicesStudy) -> Table:
    """Services against comparable clients without one: weighted odds ratios, overlap and E-values."""
    columns = [column("category"), column("both", "count"), *(column(k, *_kind(k)) for k in WEIGHTED)]
    found = study.weighted
    rows = [_weighted_row(study, weighted) for weighted in found]
    evidence = {key: [Evidence(count=w.n) for w in found] for key in ("both", *WEIGHTED)}
    notes = [text("services.note.weighted"), text("services.note.e_value"), text("services.note.order")]
    return table(study, "selection", columns, rows, notes, evidence)


def _kind(key: str) -> tuple[Kind, int]:
    return ("share", 0) if key == "overlap" else ("count", 0) if key == "effective" else ("number", 2)


def _weighted_row(study: ServicesStudy, found: Weighted) -> list[Cell]:
    place = (SERVICES, found.service)
    label, n = category_label(study, *place), study.counts.cell(place, "both")
    if not study.counts.shows(place, "still", "work", "both"):
        return [label, n, *[study.counts.cell(place, "both") if isinstance(n, NotApplicable) else _hidden(study)] * 10]
    if found.plain is None or found.weighted is None:
        return [label, n, *[NotApplicable(found.reason)] * 10]
    w = found.weighted
    figures: list[Cell] = [found.plain.ratio, w.ratio, w.low, w.high, found.overlap, found.worst_before]
    return [label, n, *figures, found.worst_after, round(found.effective), found.e_value, found.e_value_limit]


def _hidden(study: ServicesStudy) -> NotApplicable:
    return NotApplicable(text("services.suppressed", threshold=study.options.threshold))


def selection_warning(study: ServicesStudy) -> list[str]:
    """In plain words why the odds ratio of a service is not what the service does, with the figures found."""
    model = study.services
    if isinstance(model, NotEstimable):
        return []
    notes = [text("services.warning.main")]
    for key in ("coaching", "travel_cost_allowance"):
        row = next((r for r in model.rows if (r.factor, r.category) == (SERVICES, key)), None)
        if row is not None and row.odds is not None and shows(study, row):
            side = "raises" if row.odds.low > CLEAR else "lowers" if row.odds.high < CLEAR else "unclear"
            notes.append(text(f"services.warning.{key}.{side}", ratio=row.odds.ratio))
    return notes


def truth_table(study: ServicesStudy) -> list[Table]:
    """What is planted in the synthetic file beside what is found, without and with readiness for work."""
    model, known = study.services, study.at_equal_readiness
    if not isinstance(model, OddsModel) or not isinstance(known, OddsModel):
        return []
    from verdeelmodel.synthetic.trajecten_law import odds_at_equal_readiness, odds_without_readiness

    planted, equal = odds_without_readiness(), odds_at_equal_readiness()
    rows = []
    for key in study.clients.traits[SERVICES].keys:
        if key != NO_SERVICE:
            first, second = _found(model, key), _found(known, key)
            rows.append([category_label(study, SERVICES, key), planted[key], *first, equal[key], *second])
    keys = ("planted", "obtained", "low", "high", "planted_equal", "obtained_equal", "low_equal", "high_equal")
    columns = [column("category"), *(column(key, "number", 2) for key in keys)]
    return [table(study, "truth", columns, rows, [text("services.note.truth")])]


def _found(model: OddsModel, service: str) -> Sequence[Cell]:
    row = next((r for r in model.rows if (r.factor, r.category) == (SERVICES, service)), None)
    if row is None or row.odds is None:
        return [NotApplicable(row.reason if row else text("services.nobody"))] * 3
    return [row.odds.ratio, row.odds.low, row.odds.high]
