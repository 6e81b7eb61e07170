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
    """The verdict on a candidate, with every criterion and those that decided."""

    evidence: CandidateEvidence
    verdict: str
    outcomes: tuple[Outcome, ...]

    @property
    def decided_by(self) -> tuple[Outcome, ...]:
        """The criteria that were not met and lead to this verdict."""
        return tuple(o for o in self.outcomes if o.met is False and o.criterion.decides == self.verdict)

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def sentences(self) -> tuple[str, ...]:
        """The verdict in sentences that can stand in a letter: conclusion, why, and what is judgement."""
        e = self.evidence
        lines = [text(f"assess.verdict.{self.verdict}", label=e.label)]
        lines += [str(o) for o in (self.decided_by or tuple(o for o in self.outcomes if o.met is not None))]
        judged = [o for o in self.outcomes if o.criterion.judgement]
        if judged:
            lines.append(text("assess.judgement", theory=e.theory or text("assess.no_theory")))
        return tuple(lines)


def judge(evidence: CandidateEvidence, framework: Framework) -> Verdict:
    """Apply every criterion; the worst verdict among the criteria that are not met is the verdict."""
    outcomes = tuple(_apply(criterion, evidence) for criterion in framework.criteria)
    reached = [o.criterion.decides for o in outcomes if o.met is False]
    worst = max(reached, key=ORDER.index, default=OPNEMEN)
    return Verdict(evidence, worst, outcomes)


def _apply(criterion: Criterion, evidence: CandidateEvidence) -> Outcome:
    if criterion.rule in ("at_least", "at_most"):
        return _against_threshold(criterion, evidence)
    met, found = JUDGES[criterion.rule](evidence, criterion)
    return Outcome(criterion, met, found)


def _against_threshold(criterion: Criterion, evidence: CandidateEvidence) -> Outcome:
    value = getattr(evidence, criterion.evidence)
    if isinstance(value, NotApplicable):
        # Evidence that follows from the model itself cannot add; anything else is simply not known.
        return Outcome(criterion, None, value.reason)
    limit = float(criterion.threshold or 0.0)
    met = value >= limit if criterion.rule == "at_least" else value <= limit
    shown = text(f"assess.compared.{criterion.rule}", value=_number(float(value)), limit=_number(limit))
    return Outcome(criterion, bool(met), shown)


def _theory(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    if not evidence.theory:
        return False, text("assess.no_theory")
    return True, evidence.theory.rstrip(".")


def _sign(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    if isinstance(evidence.estimate, NotApplicable):
        return None, evidence.estimate.reason
    found = "+" if evidence.estimate > 0 else "-"
    shown = text("assess.sign_found", expected=evidence.expected_sign, found=found)
    return (None if evidence.expected_sign == "?" else found == evidence.expected_sign), shown


def _influence(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    reason = evidence.influence_reason.rstrip(".") or text("assess.no_reason")
    shown = text(f"assess.influence.{evidence.influenceable}", reason=reason)
    return {"nee": True, "ja": False}.get(evidence.influenceable), shown


def _level(evidence: CandidateEvidence, _: Criterion) -> tuple[bool | None, str]:
    if evidence.level != "huishouden":
        return False, text("assess.level_region", level=evidence.level)
    return True, text("assess.level_household")


def _remains(evidence: CandidateEvidence, criterion: Criterion) -> tuple[bool | None, str]:
    """A kenmerk that goes with bijstand between gemeenten must also do something for the households themselves."""
    between, inside, effect = evidence.municipal_p, evidence.within_p, evidence.within_effect
    reasons = [value.reason for value in (between, inside, effect) if isinstance(value, NotApplicable)]
    if reasons:
        return None, reasons[0]
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
        return None, p.reason
    if isinstance(size, NotApplicable):
        return None, size.reason
    limit = float(criterion.threshold or 0.0)
    spread = format_number(min(size, MOST_SHOWN), "share", 0)
    if p >= float(criterion.found_below or 0.0):
        return True, text("assess.steady.chance", p=_number(p), size=spread)
    return size <= limit, text("assess.steady.size", p=_number(p), size=spread, limit=format_number(limit, "share", 0))


def _at_most(value: float | NotApplicable, limit: float) -> bool:
    return isinstance(value, float) and value < limit


JUDGES: dict[str, Callable[[CandidateEvidence, Criterion], tuple[bool | None, str]]] = {
    "declared": _theory,
    "as_expected": _sign,
    "not_influenceable": _influence,
    "household_preferred": _level,
    "remains": _remains,
    "steady": _steady,
}


def _shown(value: float | NotApplicable) -> str:
    return value.reason if isinstance(value, NotApplicable) else _number(value)


def _number(value: float) -> str:
    if abs(value) < SMALLEST_SHOWN:
        return text("assess.almost_zero")
    if value.is_integer():
        return format_number(value, "count")
    if 1e-3 <= abs(value) < 1e6:
        return format_number(value, "number", 0 if abs(value) >= 100 else 3)
    return format_number(value, "number", 6)
