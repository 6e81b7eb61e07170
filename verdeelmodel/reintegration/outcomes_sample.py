"""Who counts in an analysis of outcomes, who does not and why, and the covariates of those who do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import Problem, RequestError, unknown_name
from verdeelmodel.population import table_schema
from verdeelmodel.reintegration.histories import ASPECTS, BENEFIT, UNKNOWN, WORK, Histories
from verdeelmodel.reintegration.outcomes_definition import Definition
from verdeelmodel.reintegration.outcomes_groups import UNDECIDED, groups_of
from verdeelmodel.wording import text

CONTROLS = ("sex", "age", "age_squared", "age_bands")
# Why a client does not count, in the order in which it is looked at.
REASONS = (
    "elsewhere",
    "start_unknown",
    "no_benefit",
    "other_status",
    "age_unknown",
    "too_young",
    "too_old",
    "aspect_unknown",
    "outcome_unknown",
)
WOMAN, NO_SEX = 2, -1
BANDS = (25, 35, 45, 55)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OutcomeOptions:
    """What is analysed: the definition, the first month (empty: that of the data), municipalities, and the models.

    `controls` are added to the linear models (the source: sex and age), `logit_controls` to the multinomial logit (the
    source: none). `effects` of aspects are the change from 0 to 1 or the derivative; `errors` robust or classic. The
    `steps` of the combinations are those of the source, or those that come most often in the data.
    """

    definition: str = "roa"
    start: str = ""
    gemeenten: tuple[int, ...] = ()
    controls: tuple[str, ...] = ("sex", "age")
    logit_controls: tuple[str, ...] = ()
    effects: Literal["change", "derivative"] = "change"
    errors: Literal["robust", "classic"] = "robust"
    steps: Literal["source", "common"] = "source"

    def __post_init__(self) -> None:
        """Refuse, with every problem together, what cannot be analysed."""
        what = text("reintegration.control")
        problems = [
            _or_all(unknown_name(name, CONTROLS, what))
            for name in (*self.controls, *self.logit_controls)
            if name not in CONTROLS
        ]
        for name, value, known in (
            ("effects", self.effects, ("change", "derivative")),
            ("errors", self.errors, ("robust", "classic")),
            ("steps", self.steps, ("source", "common")),
        ):
            if value not in known:
                problems.append(Problem(str(value), name, " / ".join(known)))
        if self.start and _month(self.start) is None:
            problems.append(Problem(self.start, "start", text("reintegration.month_form")))
        if problems:
            raise RequestError(text("reintegration.options_wrong"), problems)


@dataclass(frozen=True, eq=False)
class Sample:
    """The clients who count: outcome (from 1), aspects, age and sex, each (n,); and why others do not count.

    `works` is work in the last month, `lasting` work without benefit in every month of the window.
    """

    definition: Definition
    start: np.datetime64
    group: NDArray[np.int8]
    works: NDArray[np.bool_]
    lasting: NDArray[np.bool_]
    flags: Mapping[str, NDArray[np.bool_]]
    age: NDArray[np.int16]
    sex: NDArray[np.int8]
    gemeenten: int
    excluded: Mapping[str, int]
    clients: int

    def __len__(self) -> int:
        return len(self.group)

    @property
    def aspects(self) -> tuple[str, ...]:
        """The aspects that the data have, in the order of the source."""
        return tuple(name for name in ASPECTS if name in self.flags)

    @property
    def score(self) -> NDArray[np.int8]:
        """How many aspects come together, shape (n,)."""
        return np.asarray(
            sum((self.flags[name].astype(np.int8) for name in self.aspects), np.zeros(len(self), np.int8))
        )

    @property
    def counts(self) -> NDArray[np.int64]:
        """Clients per outcome group, shape (groups,)."""
        return np.bincount(self.group, minlength=len(self.definition.groups) + 1)[1:]


def sample_of(histories: Histories, definition: Definition, options: OutcomeOptions) -> Sample:
    """The clients who count by the definition; a RequestError when there is nobody."""
    start = _month(options.start) or histories.first
    offset = int((start - histories.first).astype(np.int64))
    fail_if_outcome_is_outside(histories, definition, start, offset)
    state, years = histories.state(offset), np.maximum(offset, 0) // 12
    age = np.where(histories.age >= 0, histories.age + years, -1)
    wanted = [_state(letter) for letter in definition.statuses]
    known = np.ones(len(histories), np.bool_)
    for values in histories.known.values():
        known &= values
    window = histories.window(offset + definition.months, definition.window)
    group = groups_of(window, definition)
    away = ~np.isin(histories.gemeente, options.gemeenten) if options.gemeenten else np.zeros(len(histories), np.bool_)
    marks = {
        "elsewhere": away,
        "start_unknown": state == UNKNOWN,
        "no_benefit": (state & BENEFIT) == 0,
        "other_status": ~np.isin(state, wanted),
        "age_unknown": age < 0,
        "too_young": age < definition.lowest_age,
        "too_old": age > definition.highest_age,
        "aspect_unknown": ~known,
        "outcome_unknown": (group == UNDECIDED) | (window[:, -1] == UNKNOWN),
    }
    if any(not state & 1 for state in wanted):
        marks["no_benefit"] = np.zeros(len(histories), np.bool_)
    left, excluded = np.ones(len(histories), np.bool_), {}
    for reason in REASONS:
        excluded[reason] = int((left & marks[reason]).sum())
        left &= ~marks[reason]
    fail_if_nobody_counts(left, excluded)
    return Sample(
        definition=definition,
        start=start,
        group=group[left],
        works=(window[left, -1] & WORK) > 0,
        lasting=(window[left] == WORK).all(axis=1),
        flags={name: values[left] for name, values in histories.flags.items()},
        age=age[left].astype(np.int16),
        sex=histories.sex[left],
        gemeenten=len(np.unique(histories.gemeente[left])),
        excluded=excluded,
        clients=len(histories),
    )


def fail_if_outcome_is_outside(histories: Histories, definition: Definition, start: Any, offset: int) -> None:
    """Refuse a first month from which the outcome cannot be seen in these histories."""
    last = histories.first + histories.states.shape[1] - 1
    if offset < 0 or start + definition.months > last:
        found = text("reintegration.outside", start=str(start), end=str(start + definition.months))
        span = text("reintegration.span", first=str(histories.first), last=str(last))
        raise RequestError(text("reintegration.no_outcome"), [Problem(found, "start", span)])


def fail_if_nobody_counts(left: NDArray[np.bool_], excluded: Mapping[str, int]) -> None:
    """Refuse a selection that leaves nobody, and say why each fell out."""
    if not left.any():
        problems = [
            Problem(text(f"reintegration.reason.{reason}"), str(count)) for reason, count in excluded.items() if count
        ]
        raise RequestError(text("reintegration.nobody"), problems)


def covariates(sample: Sample, names: Sequence[str]) -> dict[str, Floats]:
    """The control variables by name, each (n,), without those that do not vary.

    Sex is woman against man, with a separate mark for unknown; age counts in tens of years; bands are against 35 to 44.
    """
    age = sample.age / 10.0
    found: dict[str, Floats] = {}
    for name in names:
        if name == "sex":
            found["woman"] = (sample.sex == WOMAN).astype(float)
            found["sex_unknown"] = (sample.sex == NO_SEX).astype(float)
        elif name == "age_bands":
            band = np.digitize(sample.age, BANDS)
            found |= {f"age_band_{i}": (band == i).astype(float) for i in range(len(BANDS) + 1) if i != 2}
        else:
            found[name] = age if name == "age" else age**2
    return {name: values for name, values in found.items() if values.min() != values.max()}


def _or_all(problem: Problem) -> Problem:
    """The problem with every control, when none is close to what was written."""
    return problem if problem.expected else replace(problem, expected=", ".join(CONTROLS))


def label_of(name: str) -> str:
    """A covariate in words."""
    if name in ASPECTS:
        return table_schema("clienten").columns[name].label()
    return text(f"reintegration.covariate.{name}")


def _state(letter: str) -> int:
    return {"u": 1, "d": 3, "w": 2, "n": 0}[letter]


def _month(shown: str) -> Any:
    """The month of a text such as 2017-01; None when it is none."""
    if len(shown) != 7 or shown[4:5] != "-" or not (shown[:4] + shown[5:]).isdigit() or not 1 <= int(shown[5:]) <= 12:
        return None
    return np.datetime64(shown, "M")
