"""From evidence to verdict: which criteria are met, which decide, and the sentences for a letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verdeelmodel.assess.criteria import Criterion, Framework
from verdeelmodel.assess.evidence import CandidateEvidence
from verdeelmodel.table import NotApplicable, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Callable

OPNEMEN, NADER, NIET = "opnemen", "nader_onderzoek", "niet_opnemen"
ORDER = (OPNEMEN, NADER, NIET)
# A spread of ten times the weight and one of a thousand times say the same: there is no weight.
MOST_SHOWN = 10.0
HOUSEHOLD_FIRST = "household_preferred"
SMALLEST_SHOWN = 1e-6


@dataclass(frozen=True)
class Outcome:
    """One criterion applied to one candidate; `met` is None when it could not be judged, with the reason in `found`."""

    criterion: Criterion
    met: bool | None
    found: str

    def __str__(self) -> str:
        key = "unknown" if self.met is None else "met" if self.met else "not_met"
        return text(f"assess.outcome.{key}", criterion=self.criterion.name, found=self.found)


@dataclass(frozen=True)
class Verdict:
    """The verdict on a candidate, with every criterion and those that decided.

    `elaborate` says that the idea of a kenmerk of areas must first be specified for households; the other criteria
    then do not decide. `remarks` are sentences about the candidates it was assessed with.
    """

    evidence: CandidateEvidence
    verdict: str
    outcomes: tuple[Outcome, ...]
    elaborate: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The verdict, or that it is about the idea rather than the kenmerk."""
        return "elaborate" if self.elaborate else self.verdict

    @property
    def decided_by(self) -> tuple[Outcome, ...]:
        """The criteria that were not met and lead to this verdict."""
        return tuple(o for o in self.not_met if o.criterion.decides == self.verdict and self._counts(o))

    @property
    def not_met(self) -> tuple[Outcome, ...]:
        """Every criterion that was not met."""
        return tuple(o for o in self.outcomes if o.met is False)

    def _counts(self, outcome: Outcome) -> bool:
        return not self.elaborate or outcome.criterion.rule == HOUSEHOLD_FIRST

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def sentences(self) -> tuple[str, ...]:
        """The verdict in sentences that can stand in a letter: conclusion, why, what is unknown, what is judgement."""
        e = self.evidence
        if self.elaborate:
            lines = [text("assess.verdict.elaborate", label=e.label, level=text(f"assess.level.{e.level}"))]
            lines += [str(o) for o in self.not_met]
        else:
            lines = [text(f"assess.verdict.{self.verdict}", label=e.label)]
            lines += [str(o) for o in (self.decided_by or tuple(o for o in self.outcomes if o.met))]
        lines += [str(o) for o in self.outcomes if o.met is None and self.verdict != NIET]
        lines += [f"- {remark}" for remark in self.remarks]
        if any(o.criterion.judgement for o in self.outcomes):
            lines.append(text("assess.judgement", who=declared_by(e)))
        return tuple(lines)


def judge(evidence: CandidateEvidence, framework: Framework) -> Verdict:
    """Apply every criterion; the worst verdict among the criteria that are not met is the verdict.

    Unless a kenmerk of areas sets tekort- and overschotgemeenten apart and the framework wants it for households first.
    """
    outcomes = tuple(_apply(criterion, evidence) for criterion in framework.criteria)
    first = [o.criterion for o in outcomes if o.met is False and _household_first(o.criterion, evidence)]
    if first:
        return Verdict(evidence, first[0].decides, outcomes, elaborate=True)
    reached = [o.criterion.decides for o in outcomes if o.met is False]
    return Verdict(evidence, max(reached, key=ORDER.index, default=OPNEMEN), outcomes)


def _household_first(criterion: Criterion, evidence: CandidateEvidence) -> bool:
    is_first = criterion.rule == HOUSEHOLD_FIRST and criterion.found_below is not None
    return is_first and _at_most(evidence.group_p, float(criterion.found_below or 0.0))


def groups_apart(evidence: CandidateEvidence) -> str:
    """How far tekort- and overschotgemeenten lie apart, in words."""
    size, p = (_shown(value) for value in (evidence.group_difference, evidence.group_p))
    return text("assess.groups_apart", size=size, p=p)


def declared_by(evidence: CandidateEvidence) -> str:
    """Who declared theory and influenceability, and when."""
    when = evidence.declared_on or text("assess.no_date")
    return text("assess.declared_by", who=evidence.declared_by, when=when)


def _apply(criterion: Criterion, evidence: CandidateEvidence) -> Outcome:
    if criterion.rule in ("at_least", "at_most"):
        return _against_threshold(criterion, evidence)
    met, found = JUDGES[criterion.rule](evidence, criterion)
    return Outcome(criterion, met, found)


def _against_threshold(criterion: Criterion, evidence: CandidateEvidence) -> Outcome:
    value = getattr(evidence, criterion.evidence)
    if isinstance(value, NotApplicable):
        return Outcome(criterion, None, _because(value.reason))
    limit = float(criterion.threshold or 0.0)
    met = value >= limit if criterion.rule == "at_least" else value <= limit
    number = _percentage if criterion.evidence == "tolerance" else _number
    what = text(f"assess.measure.{criterion.evidence}")
    shown = text(f"assess.compared.{criterion.rule}", what=what, value=number(float(value)), limit=number(limit))
    return Outcome(criterion, bool(met), shown + _beside(criterion, evidence, bool(met)))


def _beside(criterion: Criterion, evidence: CandidateEvidence, met: bool) -> str:
    """Which kenmerk carries what a candidate lacks of its own: one of the model, or another candidate."""
    if met or criterion.evidence not in ("tolerance", "gain_beside"):
        return ""
    other = evidence.beside if criterion.evidence == "gain_beside" else evidence.model_like
    return text(f"assess.instead.{criterion.evidence}", other=other) if other else ""


def _registers(evidence: CandidateEvidence, criterion: Criterion) -> tuple[bool | None, str]:
    if not evidence.sources:
        return None, text("assess.no_sources")
    others = [source for source in evidence.sources if source in criterion.not_integral]
    key = "assess.registers.not_met" if others else "assess.registers.met"
    return not others, text(key, sources=", ".join(others or evidence.sources))


def _theory(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    if not evidence.theory:
        return False, text("assess.no_theory")
    return True, evidence.theory.rstrip(".")


def _sign(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    if isinstance(evidence.estimate, NotApplicable):
        return None, _because(evidence.estimate.reason)
    found = "+" if evidence.estimate > 0 else "-"
    if evidence.expected_sign == "?":
        return None, text("assess.no_sign", found=found)
    return found == evidence.expected_sign, text("assess.sign_found", expected=evidence.expected_sign, found=found)


def _influence(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    reason = evidence.influence_reason.rstrip(".") or text("assess.no_reason")
    shown = text(f"assess.influence.{evidence.influenceable}", reason=reason)
    return {"nee": True, "ja": False}.get(evidence.influenceable), shown


def _level(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    if evidence.level != "huishouden":
        apart = isinstance(evidence.group_p, float)
        shown = text("assess.level_region", level=text(f"assess.level.{evidence.level}"))
        return False, f"{shown}; {groups_apart(evidence)}" if apart else shown
    return True, text("assess.level_household")


def _remains(evidence: CandidateEvidence, criterion: Criterion) -> tuple[bool | None, str]:
    """A kenmerk that goes with bijstand between gemeenten must also do something for the households themselves."""
    between, inside, effect = evidence.municipal_p, evidence.within_p, evidence.within_effect
    reasons = [value.reason for value in (between, inside, effect) if isinstance(value, NotApplicable)]
    if reasons:
        return None, _because(reasons[0])
    found_below, smallest = float(criterion.found_below or 0.0), float(criterion.threshold or 0.0)
    kind = "household" if evidence.level == "huishouden" else "area"
    is_there = _at_most(inside, found_below) and not _at_most(effect, smallest)
    vanishes = _at_most(between, found_below) and not is_there
    key = f"assess.{'vanishes' if vanishes else 'remains'}.{kind}"
    return not vanishes, text(key, between=_shown(between), inside=_shown(inside), effect=_shown(effect))


def _steady(evidence: CandidateEvidence, criterion: Criterion) -> tuple[bool | None, str]:
    """The weight may differ between years by chance, or by little."""
    p, size = evidence.drift_p, evidence.drift_size
    if isinstance(p, NotApplicable):
        return None, _because(p.reason)
    if isinstance(size, NotApplicable):
        return None, _because(size.reason)
    limit = float(criterion.threshold or 0.0)
    spread = format_number(min(size, MOST_SHOWN), "share", 0)
    if p >= float(criterion.found_below or 0.0):
        return True, text("assess.steady.chance", p=_number(p), size=spread)
    return size <= limit, text("assess.steady.size", p=_number(p), size=spread, limit=format_number(limit, "share", 0))


def _because(reason: str) -> str:
    return text("assess.because", reason=reason)


def _at_most(value: float | NotApplicable, limit: float) -> bool:
    return isinstance(value, float) and value < limit


JUDGES: dict[str, Callable[[CandidateEvidence, Criterion], tuple[bool | None, str]]] = {
    "declared": _theory,
    "as_expected": _sign,
    "not_influenceable": _influence,
    "household_preferred": _level,
    "remains": _remains,
    "steady": _steady,
    "registers": _registers,
}


def _shown(value: float | NotApplicable) -> str:
    return value.reason if isinstance(value, NotApplicable) else _number(value)


def _percentage(value: float) -> str:
    return format_number(value, "share", 0)


def _number(value: float) -> str:
    if abs(value) < SMALLEST_SHOWN:
        return text("assess.almost_zero")
    if value.is_integer():
        return format_number(value, "count")
    if 1e-3 <= abs(value) < 1e6:
        return format_number(value, "number", 0 if abs(value) >= 100 else 3)
    return format_number(value, "number", 6)
