"""From an outcome to three years of months: when benefit and work began and ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.clienten_law import (
    FULL,
    LASTING,
    LASTING_FULL,
    NOT_WORKING,
    OUTSIDE,
    STAYED,
    TO_WORK,
    WITH_BENEFIT,
    planted_clients,
)

Months = NDArray[np.int16]
# The month in which the outcome is told, counted from 0, and the first month of the half year before it.
FINAL, WINDOW = 23, 18
LETTERS = np.frombuffer(b"nwud", np.uint8)


@dataclass
class Course:
    """Months counted from 0, each shape (n,); `months` where something never happens.

    Benefit from `first` until before `left`, and again from `back`; work from `begun` until before `stopped`.
    """

    months: int
    first: Months
    left: Months
    back: Months
    begun: Months
    stopped: Months

    def letters(self) -> NDArray[np.bytes_]:
        """One letter a month, shape (n,)."""
        m = np.arange(self.months)[None, :]
        benefit = (m >= self.first[:, None]) & (m < self.left[:, None]) | (m >= self.back[:, None])
        work = (m >= self.begun[:, None]) & (m < self.stopped[:, None])
        codes = LETTERS[2 * benefit.astype(np.uint8) + work]
        return np.ascontiguousarray(codes).view(f"S{self.months}").ravel()


def course_of(
    stream: np.random.Generator,
    first: Months,
    soonest: Months,
    at_work: NDArray[np.bool_],
    outcome: NDArray[np.int8],
    way: NDArray[np.int8],
) -> Course:
    """Months that fit the outcome after 23 months and the way in which three years end; all shape (n,).

    `soonest` is the first month in which somebody can leave without work.
    """
    months = int(planted_clients().facts["maanden"])
    n = len(first)
    never = np.full(n, months, np.int16)
    course = Course(months, first, never.copy(), never.copy(), never.copy(), never.copy())
    draws = stream.random((6, n))
    _leave(course, draws, soonest, way)
    _work(course, draws, outcome, way)
    _not_at_work(course, draws, at_work, outcome, way)
    _at_work_from_the_start(course, draws, at_work, outcome, way)
    _stop_or_come_back(course, draws, outcome, way)
    return course


def between(low: Months | int, high: Months | int, draw: NDArray[np.float64]) -> Months:
    """A whole month from low up to and including high, shape of draw; low where high is lower."""
    span = np.maximum(np.asarray(high) - low, 0) + 1
    return np.asarray(low + np.floor(draw * span), dtype=np.int16)


def _leave(course: Course, draws: NDArray[np.float64], soonest: Months, way: NDArray[np.int8]) -> None:
    """The first month without benefit of everybody who leaves, at any moment of the observation."""
    leaves, to_work = way != STAYED, way == TO_WORK
    earliest = np.where(to_work, course.first + 1, np.maximum(course.first + 1, soonest)).astype(np.int16)
    course.left[leaves] = between(earliest, course.months - 1, draws[0])[leaves]
    course.begun[to_work] = course.left[to_work]


def _work(course: Course, draws: NDArray[np.float64], outcome: NDArray[np.int8], way: NDArray[np.int8]) -> None:
    """When those who work after 23 months began, and left: fully, or with benefit in the last half year."""
    for group, earliest, latest in ((LASTING_FULL, 2, WINDOW), (FULL, WINDOW + 1, FINAL)):
        members = outcome == group
        course.left[members] = course.begun[members] = between(earliest, latest, draws[1])[members]
    for group, earliest, latest, off in (
        (LASTING, 1, WINDOW, WINDOW + 1),
        (WITH_BENEFIT, WINDOW + 1, FINAL, FINAL + 1),
    ):
        members = outcome == group
        course.begun[members] = between(earliest, latest, draws[1])[members]
        leaving = members & (way != STAYED)
        course.left[leaving] = between(off, course.months - 1, draws[2])[leaving]


def _not_at_work(
    course: Course,
    draws: NDArray[np.float64],
    at_work: NDArray[np.bool_],
    outcome: NDArray[np.int8],
    way: NDArray[np.int8],
) -> None:
    """Who does not work after 23 months: left for work later, or earlier and lost it, or had a short job."""
    idle, to_work = outcome == NOT_WORKING, way == TO_WORK
    early = idle & to_work & (at_work | (draws[5] < 0.25))
    late = idle & to_work & ~early
    course.left[late] = course.begun[late] = between(FINAL + 1, course.months - 1, draws[1])[late]
    course.left[early] = course.begun[early] = between(2, 15, draws[1])[early]
    course.stopped[early] = between(course.begun + 1, FINAL - 1, draws[2])[early]
    short = idle & (way == STAYED) & (draws[5] < 0.05)
    course.begun[short] = between(1, 15, draws[1])[short]
    course.stopped[short] = between(course.begun + 1, FINAL - 1, draws[2])[short]


def _at_work_from_the_start(
    course: Course,
    draws: NDArray[np.float64],
    at_work: NDArray[np.bool_],
    outcome: NDArray[np.int8],
    way: NDArray[np.int8],
) -> None:
    """Who worked beside bijstand from the first month goes on, or stops in time for the outcome."""
    course.begun[at_work] = course.first[at_work]
    stops = at_work & (outcome == NOT_WORKING) & (way != TO_WORK)
    course.stopped[stops] = between(1, FINAL - 1, draws[2])[stops]


def _stop_or_come_back(
    course: Course, draws: NDArray[np.float64], outcome: NDArray[np.int8], way: NDArray[np.int8]
) -> None:
    """Some lose their work, and some who left come back to bijstand; never so that the outcome changes."""
    months = course.months
    loses = (draws[3] < 0.10) & (course.stopped == months) & (course.begun < months)
    course.stopped[loses] = between(np.maximum(course.begun, FINAL) + 1, months, draws[4])[loses]
    earliest = np.maximum(course.left + 2, np.where(outcome > NOT_WORKING, FINAL + 1, 0))
    returns = ((way == TO_WORK) | (way == OUTSIDE)) & (earliest < months)
    returns &= draws[3] > 1 - planted_clients().facts["terugkeer"]
    course.back[returns] = between(earliest, months - 1, draws[4])[returns]
    course.stopped[returns] = np.minimum(course.stopped, course.back)[returns]
