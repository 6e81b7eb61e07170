"""The three analyses of outcomes: effects of the aspects, of their number, and of combinations that come often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.histories import ASPECTS
from verdeelmodel.reintegration.multinomial import (
    CONSTANT,
    Effects,
    MultinomialFit,
    fit_multinomial,
    marginal_effects,
)
from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions, Sample, covariates, label_of
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import text

Floats = NDArray[np.float64]
# The steps of table 6: combinations that come often, each with one aspect more than the one before.
STEPS = ("financial", "health", "education", "nonwestern", "single_parent")
LINEAR, STEP = "score", "step"
OTHER = "other_combination"


@dataclass(frozen=True)
class Estimate:
    """One number with its standard error, what the interval rests on, and how many clients it is about."""

    value: float
    error: float
    count: int
    degrees: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval, by the normal distribution."""
        return self.value - 1.959963984540054 * self.error, self.value + 1.959963984540054 * self.error


Answer = Estimate | NotApplicable


@dataclass(frozen=True, eq=False)
class Marginal:
    """Effects of the aspects on the chance of each group (table 4): by aspect, one answer per group."""

    answers: Mapping[str, tuple[Answer, ...]]
    fit: MultinomialFit | NotApplicable


@dataclass(frozen=True, eq=False)
class Linear:
    """Linear probabilities: by term, the answer for work and for lasting and full work.

    `steps` are the aspects in the order in which combinations grow; empty where there are none.
    """

    answers: Mapping[str, tuple[Answer, Answer]]
    steps: tuple[str, ...] = ()


def marginal_of(sample: Sample, options: OutcomeOptions) -> Marginal:
    """The multinomial logit of the groups on the aspects, as average marginal effects."""
    groups = range(1, len(sample.definition.groups) + 1)
    present = [g for g in groups if sample.counts[g - 1]]
    reasons = {name: _why_not(sample, name, present[0]) for name in ASPECTS}
    used = [name for name in ASPECTS if not reasons[name]]
    if len(present) < 2:
        return _no_marginal(text("reintegration.why.one_group"), groups)
    if not used:
        told = {name: tuple(NotApplicable(reasons[name]) for _ in groups) for name in ASPECTS}
        return Marginal(told, NotApplicable(text("reintegration.why.none")))
    names, x = design(sample, used, options.logit_controls)
    never = [(g, name, value) for g in present[1:] for name in used for value in _only_one(sample, name, g)]
    fit = fit_multinomial(x, sample.group, names, robust=options.errors == "robust", never=never)
    if not fit.converged:
        return _no_marginal(text("reintegration.why.no_maximum"), groups)
    effects = marginal_effects(fit, x, discrete=options.effects == "change")
    answers = {name: _row(sample, name, reasons[name], effects, groups) for name in ASPECTS}
    return Marginal(answers, fit)


def _no_marginal(reason: str, groups: Sequence[int]) -> Marginal:
    why = NotApplicable(reason)
    return Marginal({name: tuple(why for _ in groups) for name in ASPECTS}, why)


def _row(sample: Sample, name: str, reason: str, effects: Effects, groups: Sequence[int]) -> tuple[Answer, ...]:
    if reason:
        return tuple(NotApplicable(reason) for _ in groups)
    at = effects.names.index(name)
    degrees = len(sample) - len(effects.names) * len(effects.outcomes)
    answers: list[Answer] = []
    for group in groups:
        if group not in effects.outcomes:
            answers.append(NotApplicable(text("reintegration.why.empty_group")))
            continue
        nobody = _only_one(sample, name, group)
        if nobody:
            answers.append(NotApplicable(_perfect(group, nobody[0])))
            continue
        column = effects.outcomes.index(group)
        count = int((sample.flags[name] & (sample.group == group)).sum())
        answers.append(Estimate(float(effects.effects[at, column]), float(effects.errors[at, column]), count, degrees))
    return tuple(answers)


def _only_one(sample: Sample, name: str, group: int) -> list[bool]:
    """The value of the aspect, with or without, that nobody in the group has; empty when both occur."""
    inside = sample.flags[name][sample.group == group]
    return [value for value in (True, False) if not (inside == value).any()]


def _perfect(group: int, value: bool) -> str:
    return text(f"reintegration.why.predicts_{'with' if value else 'without'}", group=group)


def _why_not(sample: Sample, name: str, reference: int) -> str:
    """Why an aspect cannot be in the logit at all; empty when it can."""
    if name not in sample.flags:
        return text("reintegration.why.no_column", column=name)
    flag = sample.flags[name]
    if flag.all() or not flag.any():
        return text("reintegration.why.same_for_all")
    nobody = _only_one(sample, name, reference)
    return _perfect(reference, nobody[0]) if nobody else ""


def design(sample: Sample, aspects: Sequence[str], controls: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """Names and columns: constant, aspects, controls, shape (n, k); controls that add nothing are left out."""
    extra = independent(
        [sample.flags[name].astype(float) for name in aspects], list(covariates(sample, controls).items())
    )
    columns = [np.ones(len(sample)), *(sample.flags[name].astype(float) for name in aspects), *extra.values()]
    return (CONSTANT, *aspects, *extra), np.column_stack(columns)


def independent(fixed: Sequence[Floats], more: Sequence[tuple[str, Floats]]) -> dict[str, Floats]:
    """Those of `more` that are no sum of the constant, the fixed columns and the ones before them."""
    n = len(fixed[0]) if fixed else len(more[0][1]) if more else 0
    basis = np.column_stack([np.ones(n), *fixed]) if n else np.zeros((0, 1))
    kept: dict[str, Floats] = {}
    for name, values in more:
        weights = np.linalg.lstsq(basis.T @ basis, basis.T @ values, rcond=None)[0]
        if np.abs(values - basis @ weights).max() > 1e-8:
            kept[name] = values
            basis = np.column_stack([basis, values])
    return kept


def index_of(sample: Sample, options: OutcomeOptions) -> Linear:
    """Linear probability on the number of aspects: as one line, and by number against none (table 5)."""
    absent = [name for name in ASPECTS if name not in sample.flags]
    numbers = [str(number) for number in range(1, len(ASPECTS) + 1)]
    if absent:
        why = NotApplicable(text("reintegration.why.no_column", column=", ".join(absent)))
        return Linear(dict.fromkeys((LINEAR, *numbers), (why, why)))
    score = sample.score
    line = _fit_linear(sample, {LINEAR: score.astype(float)}, options)
    levels = {number: (score == int(number)).astype(float) for number in numbers}
    return Linear({**line, **_against_none(sample, levels, options)})


def combinations_of(sample: Sample, options: OutcomeOptions) -> Linear:
    """Linear probability on the steps of combinations against no aspect at all (table 6).

    Everybody counts: who has another combination has a mark of their own.
    """
    steps = STEPS if options.steps == "source" else common_steps(sample)
    absent = [name for name in steps if name not in sample.flags]
    terms = [f"{STEP}_{i}" for i in range(1, len(steps) + 1)]
    if absent:
        why = NotApplicable(text("reintegration.why.no_column", column=", ".join(absent)))
        return Linear(dict.fromkeys(terms, (why, why)), steps)
    flags = np.column_stack([np.zeros((len(sample), 0), np.bool_), *(sample.flags[name] for name in steps)])
    marks = {term: (flags == (np.arange(len(steps)) < i)).all(axis=1).astype(float) for i, term in enumerate(terms, 1)}
    other = (sample.score > 0) & (sum(marks.values()) == 0)
    found = _against_none(sample, {**marks, OTHER: other.astype(float)}, options)
    return Linear({term: found[term] for term in terms}, steps)


def common_steps(sample: Sample) -> tuple[str, ...]:
    """The aspects in the order in which common combinations grow: first the one that comes alone most often."""
    steps: list[str] = []
    with_all = np.ones(len(sample), np.bool_)
    while len(steps) < len(sample.aspects):
        here = with_all & (sample.score == len(steps) + 1)
        counts = {name: int((here & sample.flags[name]).sum()) for name in sample.aspects if name not in steps}
        steps.append(max(counts, key=counts.__getitem__))
        with_all &= sample.flags[steps[-1]]
    return tuple(steps)


def _against_none(
    sample: Sample, marks: Mapping[str, Floats], options: OutcomeOptions
) -> dict[str, tuple[Answer, Answer]]:
    """Each mark against who has no aspect; marks that nobody has are not applicable."""
    if not (sample.score == 0).any():
        why = NotApplicable(text("reintegration.why.no_reference"))
        return dict.fromkeys(marks, (why, why))
    nobody = NotApplicable(text("reintegration.why.nobody"))
    held = {name: values for name, values in marks.items() if values.any()}
    found = _fit_linear(sample, held, options)
    return {name: found.get(name, (nobody, nobody)) for name in marks}


def _fit_linear(
    sample: Sample, terms: Mapping[str, Floats], options: OutcomeOptions
) -> dict[str, tuple[Answer, Answer]]:
    """Least squares of both outcomes on the terms and the controls, with robust (HC1) or classic errors."""
    import statsmodels.api as sm

    varying = independent([], list(terms.items()))
    extra = independent(list(varying.values()), list(covariates(sample, options.controls).items()))
    x = np.column_stack([np.ones(len(sample)), *varying.values(), *extra.values()])
    if len(sample) <= x.shape[1]:
        why = NotApplicable(text("reintegration.why.too_few"))
        return dict.fromkeys(terms, (why, why))
    kind = "HC1" if options.errors == "robust" else "nonrobust"
    fits = [sm.OLS(y.astype(float), x).fit(cov_type=kind) for y in (sample.works, sample.lasting)]
    same = NotApplicable(text("reintegration.why.same_for_all"))
    answers: dict[str, tuple[Answer, Answer]] = {}
    for name, values in terms.items():
        if name not in varying:
            answers[name] = (same, same)
            continue
        at = 1 + list(varying).index(name)
        count = int((values > 0).sum())
        free = len(sample) - x.shape[1]
        first, second = (Estimate(float(f.params[at]), float(f.bse[at]), count, free) for f in fits)
        answers[name] = (first, second)
    return answers


def term_label(term: str, steps: Sequence[str] = ()) -> str:
    """A term of the linear models in words."""
    if term == LINEAR:
        return text("reintegration.term.linear")
    if term.startswith(STEP):
        number = int(term.rpartition("_")[2])
        name = label_of(steps[number - 1])
        return name if number == 1 else text("reintegration.term.and", label=name[:1].lower() + name[1:])
    return text("reintegration.term.number", number=term)
