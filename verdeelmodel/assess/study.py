"""An assessment: evidence and verdict of every candidate, as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from verdeelmodel.assess.budgets import BANDS, BudgetEffect
from verdeelmodel.assess.country import Request, build_country
from verdeelmodel.assess.criteria import Framework, default_framework, read_framework
from verdeelmodel.assess.evidence import CandidateEvidence, gather_all
from verdeelmodel.assess.ideas import Specification, specifications
from verdeelmodel.assess.set_tables import figures_table, idea_table, pair_table, set_table
from verdeelmodel.assess.sets import Limits, Sets, compare_sets
from verdeelmodel.assess.verdict import NIET, ORDER, Verdict, judge
from verdeelmodel.compare.from_population import computable
from verdeelmodel.kenmerken import Registry, registry
from verdeelmodel.model.national import Question, fail_if_years_absent, keys_with_gaps
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.spec import read_model
from verdeelmodel.table import Cell, Column, Evidence, Kind, NotApplicable, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from verdeelmodel.population.population import Population

KINDS: dict[str, Kind] = {"share": "share", "households": "count", "smallest_cell": "count", "between_share": "share"}
FIGURES = (
    "estimate",
    "se",
    "score",
    "score_p",
    "likelihood_ratio",
    "likelihood_ratio_p",
    "log_loss_gain",
    "gain_out",
    "mcfadden_gain",
    "mcfadden_gain_out",
    "auc_gain",
    "auc_gain_out",
    "municipal_r2_gain",
    "deviation_gain",
    "tolerance",
    "model_correlation",
    "carried",
    "gain_beside",
    "drift_p",
    "drift_size",
    "fold_p",
    "fold_size",
    "share",
    "smallest_cell",
    "between_share",
    "policy_p",
    "municipal_r",
    "municipal_p",
    "within_estimate",
    "within_p",
    "within_effect",
    "deficit_r",
    "deficit_p",
    "group_tekort",
    "group_overschot",
    "group_difference",
    "group_p",
)
DECLARED = (
    "label",
    "level",
    "expected_sign",
    "theory",
    "influenceable",
    "influence_reason",
    "declared_by",
    "declared_on",
    "sources",
    "years",
    "model_like",
    "beside",
)
BUDGET: dict[str, Kind] = {
    "moved": "euro",
    "mean_change": "share",
    **{f"beyond_{i}": "count" for i in range(len(BANDS))},
    "tekort": "percentage_points",
    "overschot": "percentage_points",
}


# Evidence that can change when other candidates enter the model.
DEPENDS_ON_OTHERS = ("gain_out", "score_p", "tolerance", "gain_beside")


@dataclass(frozen=True)
class Assessment:
    """The verdicts, in the order of the ranking: best first, by what a candidate adds for households."""

    model: str
    framework: Framework
    years: tuple[int, ...]
    households: int
    gemeenten: int
    verdicts: tuple[Verdict, ...]
    synthetic: bool
    limits: Limits
    sets: Sets
    specifications: tuple[Specification, ...]

    def __str__(self) -> str:
        taken, further, refused = (sum(x.verdict == v for x in self.verdicts) for v in ORDER)
        count = len(self.verdicts)
        return text("assess.summary", model=self.model, count=count, taken=taken, further=further, refused=refused)

    def to_frame(self) -> pd.DataFrame:
        """The scorecard as a DataFrame."""
        return self.scorecard().to_frame()

    def scorecard(self) -> Table:
        """One row per candidate: verdict, what decided, which other to choose instead, and a mark per criterion."""
        names = {c.key: c.name for c in self.framework.criteria}
        values: dict[str, list[Cell]] = {n: [] for n in ("key", "label", "verdict", "decided_by", "choose")}
        values |= {name: [] for name in names}
        for v in self.verdicts:
            values["key"].append(v.evidence.key)
            values["label"].append(v.evidence.label)
            values["verdict"].append(text(f"assess.short.{v.name}"))
            values["choose"].append(self.instead_of(v) or "-")
            decided = ", ".join(o.criterion.name for o in v.decided_by)
            values["decided_by"].append(decided or "-")
            for o in v.outcomes:
                values[o.criterion.key].append(text(f"assess.mark.{_mark(o.met)}"))
        columns = [Column("key", text("assess.column.key"), "code"), Column("label", text("assess.column.label"))]
        columns += [Column(n, text(f"assess.column.{n}")) for n in ("verdict", "decided_by", "choose")]
        columns += [Column(key, name) for key, name in names.items()]
        notes = (text("assess.thresholds_note", framework=self.framework.name),)
        table = Table("scorecard", text("assess.title.scorecard"), tuple(columns), values, self.synthetic, notes)
        return table.behind([Evidence(count=self.households)] * len(table), ("verdict", "decided_by", *names))

    def evidence_table(self) -> Table:
        """One row per candidate with every figure behind the verdict."""
        values: dict[str, list[Cell]] = {"key": [v.evidence.key for v in self.verdicts]}
        values |= {n: [_words(getattr(v.evidence, n)) for v in self.verdicts] for n in DECLARED}
        figures = {n: [getattr(v.evidence, n) for v in self.verdicts] for n in FIGURES}
        columns = [Column("key", text("assess.column.key"), "code")]
        columns += [Column(n, text(f"assess.column.{n}")) for n in DECLARED]
        columns += [Column(n, text(f"assess.column.{n}"), KINDS.get(n, "number"), decimals=_places(n)) for n in FIGURES]
        return figures_table(self, "evidence", columns, {**values, **figures})

    def budget_table(self) -> Table:
        """What each candidate would do to budgets and saldi."""
        values: dict[str, list[Cell]] = {n: [getattr(v.evidence, n) for v in self.verdicts] for n in ("key", "label")}
        for name in BUDGET:
            values[name] = [_budget_cell(v.evidence.budget, name) for v in self.verdicts]
        columns = [Column("key", text("assess.column.key"), "code"), Column("label", text("assess.column.label"))]
        columns += [
            Column(n, text(f"assess.column.{n}"), kind, decimals=2 if kind == "percentage_points" else None)
            for n, kind in BUDGET.items()
        ]
        return figures_table(self, "budget_effects", columns, values)

    def ranking(self) -> Table:
        """Two rankings that answer different questions: what explains households, and what explains deficits."""
        households = sorted(self.verdicts, key=lambda v: -_or_least(v.evidence.gain_out))
        measure = self.deficit_measure
        deficits = sorted(self.verdicts, key=lambda v: -abs(_or_zero(getattr(v.evidence, measure))))
        chance = "deficit_p" if measure == "deficit_r" else "group_p"
        values: dict[str, list[Cell]] = {
            "rank": [i + 1 for i in range(len(households))],
            "explains_households": [v.evidence.label for v in households],
            "gain_out": [v.evidence.gain_out for v in households],
            "explains_deficits": [v.evidence.label for v in deficits],
            measure: [getattr(v.evidence, measure) for v in deficits],
            chance: [getattr(v.evidence, chance) for v in deficits],
        }
        columns = [
            Column("rank", text("assess.column.rank"), "code"),
            Column("explains_households", text("assess.column.explains_households")),
            Column("gain_out", text("assess.column.gain_out"), "number", decimals=6),
            Column("explains_deficits", text("assess.column.explains_deficits")),
            Column(measure, text(f"assess.column.{measure}"), "number", decimals=2),
            Column(chance, text(f"assess.column.{chance}"), "number", decimals=3),
        ]
        return figures_table(self, "ranking", columns, values).with_notes(text("assess.ranking_note"))

    def tables(self) -> list[Table]:
        """Every table, in the order in which they are shown; those of candidates together when there are several."""
        found = [self.scorecard(), self.evidence_table(), self.budget_table(), self.ranking()]
        found += [set_table(self)] if self.sets.forward or self.sets.others else []
        found += [pair_table(self)] if self.sets.pairs else []
        return found + ([idea_table(self)] if self.specifications else [])

    @property
    def deficit_measure(self) -> str:
        """What tells how far candidates explain deficits: the groups, or else what the model leaves."""
        grouped = any(isinstance(v.evidence.group_difference, float) for v in self.verdicts)
        return "group_difference" if grouped else "deficit_r"

    def instead_of(self, verdict: Verdict) -> str:
        """The candidates to choose instead of this one: the stronger one, or those that specify its idea."""
        if verdict.elaborate:
            ideas = [one for one in self.specifications if one.municipal == verdict.evidence.key]
            return "; ".join(dict.fromkeys(self.labels[key] for one in ideas for key in one.chosen))
        replaced = any(o.criterion.evidence == "gain_beside" for o in verdict.decided_by)
        return verdict.evidence.beside if replaced else ""

    @property
    def labels(self) -> dict[str, str]:
        """The label of each candidate."""
        return {v.evidence.key: v.evidence.label for v in self.verdicts}

    def of(self, key: str) -> Verdict:
        """The verdict on one candidate."""
        return next(v for v in self.verdicts if v.evidence.key == key)


def assess(request: Request, framework: Framework, advance: Callable[[float], None] | None = None) -> Assessment:
    """Assess every candidate of the request, alone and then together."""
    country = build_country(request, advance)
    limits = limits_of(framework)
    alone = [judge(found, framework) for found in gather_all(country)]
    sets = compare_sets(country, [v.evidence.key for v in alone if may_enter(v)], limits)
    ideas = specifications(country, limits)
    labels = {v.evidence.key: v.evidence.label for v in alone}
    verdicts = [judge(held_beside(v.evidence, sets, labels), framework) for v in alone]
    verdicts = [replace(v, remarks=remarks_on(v, ideas, labels)) for v in verdicts]
    return Assessment(
        model=request.model.name,
        framework=framework,
        years=request.years,
        households=country.design.households,
        gemeenten=int((country.sums["households"] > 0).sum()),
        verdicts=tuple(sorted(verdicts, key=lambda v: (ORDER.index(v.verdict), -_or_least(v.evidence.gain_out)))),
        synthetic=request.population.meta.synthetic,
        limits=limits,
        sets=sets,
        specifications=ideas,
    )


def held_beside(evidence: CandidateEvidence, sets: Sets, labels: dict[str, str]) -> CandidateEvidence:
    """The evidence with what is left of the candidate beside the others of the set."""
    found = next((one for one in sets.beside if one.key == evidence.key), None)
    if found is None:
        return replace(evidence, gain_beside=NotApplicable(text("assess.not_in_sets")))
    if not found.like:
        return evidence
    return replace(evidence, gain_beside=found.left, beside=labels[found.like])


def remarks_on(verdict: Verdict, ideas: Sequence[Specification], labels: dict[str, str]) -> tuple[str, ...]:
    """For an idea that must be specified for households: which of the candidates do so best."""
    if not verdict.elaborate:
        return ()
    remarks = []
    for one in ideas:
        if one.municipal == verdict.evidence.key:
            chosen = "; ".join(labels[key] for key in one.chosen)
            key = "assess.remark.specified" if chosen else "assess.remark.not_specified"
            remarks.append(text(key, idea=str(one.idea), chosen=chosen))
    return tuple(remarks)


def assess_candidates(
    population: Population,
    candidates: Sequence[str] = (),
    *,
    model: str = "2022",
    years: Sequence[int] = (),
    criteria: Path | None = None,
    known: Registry | None = None,
    threads: int | None = None,
) -> Assessment:
    """Assess these candidates, or the shortlist as far as it can be computed; all years unless some are given."""
    spec, kenmerken = read_model(model), known or registry()
    chosen = tuple(candidates) or tuple(k for k in default_candidates() if k not in spec.volume.kenmerken)
    span = tuple(years) or population.years
    fail_if_years_absent(Question(population, span, chosen))
    request = Request(population, span, spec, chosen, kenmerken, FitOptions(threads=threads))
    if not candidates:
        request, _ = computable_candidates(request, computable(population, list(chosen))[1])
    return assess(request, default_framework() if criteria is None else read_framework(criteria))


def limits_of(framework: Framework) -> Limits:
    """What the framework asks of gain and own part, where it does."""
    asked = {c.evidence: float(c.threshold or 0.0) for c in framework.criteria if c.rule == "at_least"}
    return Limits(asked.get("gain_out", 0.0), asked.get("tolerance", 0.0))


def may_enter(verdict: Verdict) -> bool:
    """Whether nothing but its gain or its overlap with others can keep a candidate out of a set."""
    refused = [o for o in verdict.outcomes if o.met is False and o.criterion.decides == NIET]
    return all(o.criterion.evidence in DEPENDS_ON_OTHERS for o in refused)


@cache
def default_candidates() -> tuple[str, ...]:
    """The shortlist of the report and the earlier tested combinations."""
    listed = yaml.safe_load(files(__package__).joinpath("candidates.yaml").read_text(encoding="utf-8"))
    return tuple(key for keys in listed.values() for key in keys)


def computable_candidates(request: Request, reasons: dict[str, str]) -> tuple[Request, tuple[str, ...]]:
    """The request with only the candidates that can be computed everywhere, and a sentence for each that cannot.

    `reasons` are those already known, by key.
    """
    there = tuple(k for k in request.candidates if k not in reasons)
    question = Question(request.population, request.years, there, request.model.rules_year, known=request.known)
    gaps = {key for year in request.years for key in keys_with_gaps(question, year)}
    found = {**reasons, **dict.fromkeys(gaps, text("assess.has_gaps"))}
    absent = tuple(text("assess.not_computable", kenmerk=k, reason=r) for k, r in sorted(found.items()))
    return replace(request, candidates=tuple(k for k in there if k not in gaps)), absent


def _budget_cell(effect: BudgetEffect | NotApplicable, name: str) -> Cell:
    if isinstance(effect, NotApplicable):
        return effect
    if name.startswith("beyond_"):
        return effect.beyond[int(name.removeprefix("beyond_"))]
    value: Cell = getattr(effect, name)
    return value


def _mark(met: bool | None) -> str:
    return "unknown" if met is None else "met" if met else "not_met"


def _words(value: str | tuple[object, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _places(name: str) -> int | None:
    return None if name in KINDS else 6 if "gain" in name else 4


def _or_least(value: float | NotApplicable) -> float:
    return -1.0 if isinstance(value, NotApplicable) else value


def _or_zero(value: float | NotApplicable) -> float:
    return 0.0 if isinstance(value, NotApplicable) else value
