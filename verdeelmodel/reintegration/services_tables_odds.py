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
    p_column,
    shares_of,
    table,
)
from verdeelmodel.reintegration.services_protection import TOTAL, left_out
from verdeelmodel.reintegration.services_words import NO_SERVICE, SERVICES
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table, format_p
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.reintegration.services_study import ServicesStudy

FIGURES = ("odds_ratio", "low", "high")
CLEAR = 1.0


def _columns(firth: bool, several: bool) -> list[Column]:
    found = [
        *([column("factor")] if several else []),
        column("category"),
        column("both", "count"),
        column("work", "count"),
    ]
    found += [column("share", "share"), column("p_overall")]
    found += [*(column(key, "number", 2) for key in FIGURES), p_column()]
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
        return table(study, key, _columns(firth, only is None)[:1], [], [str(model)])
    rows = [row for row in model.rows if only in (None, row.factor)]
    cells = [_row(study, model, row)[only is not None :] for row in rows]
    grid = [
        (study.counts.number(p, "work"), study.counts.number(p, "both")) for p in ((r.factor, r.category) for r in rows)
    ]
    shares = [Evidence(numerator=work, denominator=both) for work, both in grid]
    figures = [*FIGURES, "p", *((f"{k}_firth" for k in FIGURES) if firth else ())]
    evidence = behind_odds(rows, model.n - len(model.rows), figures)
    evidence |= {"both": [Evidence(count=n) for _, n in grid], "work": [Evidence(count=n) for n, _ in grid]}
    notes = [*compared_note(study), *left_out_note(study, model.left_out)]
    if any(row.odds is None and not row.reference for row in rows):
        notes.append(text("services.note.firth" if firth else "services.note.no_firth"))
    group = "factor" if only is None else None
    return table(study, key, _columns(firth, only is None), cells, notes, {**evidence, "share": shares}, group)


def compared_note(study: ServicesStudy) -> list[str]:
    """Who is compared, and how to read an odds ratio."""
    n, work = study.counts.cell(TOTAL, "both"), study.counts.cell(TOTAL, "work")
    if isinstance(n, NotApplicable) or isinstance(work, NotApplicable):
        return [text("services.note.odds_meaning")]
    return [text("services.note.odds", n=n, events=work), text("services.note.odds_meaning")]


def left_out_note(study: ServicesStudy, n: int) -> list[str]:
    """How many clients a regression leaves out because something of them is not known; few are not counted out."""
    if not n:
        return []
    threshold = study.options.threshold
    return [text("services.note.left_out", n=n) if n >= threshold else text("services.note.few_left_out", n=threshold)]


def _row(study: ServicesStudy, model: OddsModel, row: CategoryOdds) -> list[Cell]:
    place = (row.factor, row.category)
    shown, threshold = shows(study, row), study.options.threshold
    # The counts of all compared clients, as in the other tables: two nearly equal numbers would tell of the difference.
    n, work = study.counts.cell(place, "both"), study.counts.cell(place, "work")
    test = model.tests.get(row.factor)
    overall = format_p(test.p_wald) if test and row.reference else ""
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
            rows.append([text(f"services.model.{key}"), label, *figures])
            evidence.append(Evidence(count=study.counts.number(("", "total"), "both")))
    columns = [column("model"), column("factor"), column("degrees", "count")]
    columns = [*columns, *(p_column(k) if k[0] == "p" else column(k, "number", 1) for k in OVERALL)]
    behind = dict.fromkeys(("degrees", *OVERALL), evidence)
    return table(study, "overall", columns, rows, [text("services.note.overall")], behind, "model")


OVERALL = ("wald", "p_wald", "ratio", "p_ratio")


def cox_table(study: ServicesStudy) -> Table:
    """Hazard ratios of leaving for work."""
    columns = [column("factor"), column("category"), column("hazard_ratio", "number", 2)]
    columns += [column("low", "number", 2), column("high", "number", 2), p_column()]
    model = study.cox
    if isinstance(model, NotEstimable):
        return table(study, "cox", columns[:2], [], [str(model)])
    rows = []
    threshold = study.options.threshold
    for row in model.rows:
        known = (row.factor, row.category) in study.counts.places
        shown = min(row.n, row.events, row.n - row.events) >= threshold and (not known or shows(study, row))
        ratios = odds_cells(row.odds, row.reason, shown, threshold, row.reference)
        rows.append([factor_label(study, row.factor), category_label(study, row.factor, row.category), *ratios])
    behind = behind_odds(model.rows, model.n - len(model.rows), ("hazard_ratio", "low", "high", "p"))
    notes = [text("services.note.cox"), *left_out_note(study, len(study.clients) - model.n)]
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
        return [label, n, *[left_out(study.options.threshold)] * 10]
    if found.plain is None or found.weighted is None:
        return [label, n, *[NotApplicable(found.reason)] * 10]
    w = found.weighted
    uncovered = round(found.n * (1 - found.overlap))
    few = 0 < uncovered < study.options.threshold
    overlap: Cell = left_out(study.options.threshold) if few else found.overlap
    figures: list[Cell] = [found.plain.ratio, w.ratio, w.low, w.high, overlap, found.worst_before]
    return [label, n, *figures, found.worst_after, round(found.effective), found.e_value, found.e_value_limit]


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
