"""The checks of `verdeelmodel selftest`: each calls a room on something small of which the answer is known."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.table import Column, Table
from verdeelmodel.wording import LANGUAGES, sentences, text

TOLERANCE = 1e-9


def libraries() -> str:
    """Every library that the package asks for is there, in a version that is new enough."""
    import platform

    problems = [p for line in _requirements() if (p := _requirement_problem(line)) is not None]
    if problems:
        raise RequestError(text("cli.selftest.libraries_wrong"), problems)
    return f"Python {platform.python_version()}, " + ", ".join(
        f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow", "numba")
    )


def wording() -> str:
    """The sentences of the command line are there in every language."""
    counts = [len(sentences("cli", lang)) for lang in LANGUAGES]
    return _expect(counts[0], counts[-1], text("cli.selftest.sentences", count=counts[0]))


def law() -> str:
    """Without any kenmerk the official probability is the logistic function of the published constant."""
    import numpy as np

    from verdeelmodel.law import volume_weights
    from verdeelmodel.law.prediction import probability

    weights = volume_weights(2022)
    found = probability(weights, {row.kenmerk: np.zeros(1) for row in weights.rows})[0]
    expected = 1 / (1 + math.exp(-weights.published_constant()))
    return _expect(float(found), expected, text("cli.selftest.law", count=len(weights.rows), year=2022))


def population() -> str:
    """The Netherlands had 388 municipalities in 2017 and 355 in 2020."""
    from verdeelmodel.population import municipalities

    counts = [len(municipalities(year)) for year in (2017, 2020)]
    return _expect(counts, [388, 355], text("cli.selftest.population", first=counts[0], last=counts[1]))


def synthetic() -> str:
    """One invented gemeente is made, and a kenmerk of its households has a value for each of them."""
    import numpy as np

    from verdeelmodel.kenmerken import compute_households
    from verdeelmodel.population import open_population
    from verdeelmodel.synthetic import SyntheticOptions, make_population

    with tempfile.TemporaryDirectory() as folder:
        made = make_population(Path(folder) / "land", SyntheticOptions(scale=0.002, years=(2020,), gemeenten=(14,)))
        opened = open_population(made)
        chunks = list(compute_households(opened, 2020, ["student"]))
    values = np.concatenate([chunk["student"] for chunk in chunks])
    found = (opened.meta.synthetic, set(np.unique(values)) <= {0, 1}, {int(g) for c in chunks for g in c["gemeente"]})
    return _expect(found, (True, True, {14}), text("cli.selftest.synthetic", count=len(values)))


def model() -> str:
    """With one kenmerk that is yes or no, the logit is the difference of two log odds."""
    import numpy as np

    from verdeelmodel.model import CodedColumn, build_design, fit_logit

    student = np.repeat([False, True], 40)
    bijstand = np.concatenate([np.arange(40) < 10, np.arange(40) < 20]).astype(float)
    fitted = fit_logit(build_design([CodedColumn("student")], {"student": student}, bijstand))
    return _expect(float(fitted.to_frame()["estimate"][1]), math.log(3), text("cli.selftest.model"))


def record() -> str:
    """A run is written, verified and, once a byte is changed, refused."""
    from verdeelmodel.record import new_run, verify

    table = Table("controle", "Controle", (Column("waarde", "Waarde", "number"),), {"waarde": [0.1]})
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        with new_run(out, verb="selftest", options={}, inputs={}) as run:
            run.table(table)
        whole = verify(out)
        (out / "controle.csv").write_bytes(b"waarde\n0.2\n")
        return _expect((whole.ok, verify(out).changed), (True, ("controle.csv",)), text("cli.selftest.record"))


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("libraries", libraries),
    ("wording", wording),
    ("law", law),
    ("population", population),
    ("synthetic", synthetic),
    ("model", model),
    ("record", record),
)


def _expect(found: object, expected: object, told: str) -> str:
    same = (
        math.isclose(found, expected, rel_tol=TOLERANCE)
        if isinstance(found, float) and isinstance(expected, float)
        else found == expected
    )
    if not same:
        raise RequestError(text("cli.selftest.different", found=found, expected=expected))
    return told


def _requirements() -> list[str]:
    """The required libraries as `name>=version`, those of the extras left out."""
    try:
        return [line for line in requires("verdeelmodel") or [] if "extra" not in line]
    except PackageNotFoundError:
        return []


def _requirement_problem(line: str) -> Problem | None:
    name, _, least = line.partition(">=")
    try:
        found = version(name)
    except PackageNotFoundError:
        return Problem(text("cli.selftest.library_missing", name=name), remedy=f"pip install '{line}'")
    if _numbers(found) < _numbers(least):
        return Problem(text("cli.selftest.library_old", name=name, found=found), expected=f">= {least}")
    return None


def _numbers(shown: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", shown)[:3])
