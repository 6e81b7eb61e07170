"""Truth against verdict: `python -m benchmarks.assess_seeds truth [FOLDER]` and `… seeds [--number 20] [--scale 0.05]`.

`truth` judges the planted kenmerken and the decoys of one synthetic country (default: the one that comes with the
toolkit) by the criteria as they come. `seeds` makes a number of countries in a temporary folder, one at a time, and
counts apart the verdicts that are wrong (a planted kenmerk that is refused, or a decoy that is not) and the decoys that
are rightly refused, but without the criterion that was meant for them among the reasons.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from verdeelmodel.assess.country import Request
from verdeelmodel.assess.criteria import default_framework
from verdeelmodel.assess.study import assess
from verdeelmodel.assess.verdict import NIET, Verdict
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.spec import read_model
from verdeelmodel.population import Population, open_population
from verdeelmodel.synthetic import SyntheticOptions, default_population, make_population
from verdeelmodel.synthetic.decoys import REASONS, with_decoys
from verdeelmodel.synthetic.truth import planted

PLANTED = {
    "schulden_en_gezondheidsproblemen": "schulden_en_gezondheid",
    "uitgevallen_studenten_psychisch": "uitval_psychisch",
    "echtscheiding_in_huishouden": "gescheiden",
}


def judged(population: Population, threads: int | None) -> dict[str, Verdict]:
    request = Request(
        population,
        population.years,
        read_model("2022"),
        (*PLANTED, *REASONS),
        with_decoys(),
        FitOptions(threads=threads),
    )
    return {v.evidence.key: v for v in assess(request, default_framework()).verdicts}


def deciding(verdict: Verdict) -> list[str]:
    return [o.criterion.key for o in verdict.outcomes if o.met is False]


def is_right(key: str, verdict: Verdict) -> bool:
    """Whether a planted kenmerk is not refused, and a decoy is."""
    return (verdict.verdict == NIET) == (key not in PLANTED)


def has_own_reason(key: str, verdict: Verdict) -> bool:
    """Whether a decoy fails on the criterion that was meant for it."""
    return key in PLANTED or REASONS[key] in deciding(verdict)


def mark(key: str, verdict: Verdict) -> str:
    """Nothing when all is as planted."""
    if not is_right(key, verdict):
        return " WRONG"
    return "" if has_own_reason(key, verdict) else " (own reason not found)"


def truth(options: argparse.Namespace) -> None:
    population = open_population(options.folder) if options.folder else default_population()
    start = time.perf_counter()
    print(f"{'kenmerk':36}{'planted':>9}{'weight':>8}{'error':>8}{'gain x1e6':>11}  verdict          not met")
    for key, verdict in judged(population, options.threads).items():
        e = verdict.evidence
        wanted = f"{planted().volume[PLANTED[key]]:.2f}" if key in PLANTED else "-"
        not_met = ", ".join(deciding(verdict))
        numbers = f"{wanted:>9}{float(e.estimate):8.3f}{float(e.se):8.3f}{1e6 * float(e.gain_out):11.1f}"
        print(f"{key:36}{numbers}  {verdict.verdict:16} {not_met}{mark(key, verdict)}")
    print(f"{sum(population.count(y) for y in population.years):,} households, {time.perf_counter() - start:.0f} s")


def seeds(options: argparse.Namespace) -> None:
    wrong: Counter[str] = Counter()
    reasonless: Counter[str] = Counter()
    verdicts: dict[str, Counter[str]] = {}
    for seed in range(options.first, options.first + options.number):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "country"
            make_population(folder, SyntheticOptions(scale=options.scale, seed=seed))
            found = judged(open_population(folder), options.threads)
        for key, verdict in found.items():
            verdicts.setdefault(key, Counter())[verdict.verdict] += 1
            wrong[key] += not is_right(key, verdict)
            reasonless[key] += is_right(key, verdict) and not has_own_reason(key, verdict)
        told = [f"{k} {v.verdict} {deciding(v)}{mark(k, v)}" for k, v in found.items() if mark(k, v)]
        print(f"seed {seed}: {', '.join(told) or 'all fit'}", flush=True)
    for key, counts in verdicts.items():
        print(f"{key:36} {dict(counts)} wrong {wrong[key]}, own reason not found {reasonless[key]}")
    total = options.number * len(verdicts)
    print(f"{sum(wrong.values())} of {total} verdicts wrong over {options.number} seeds at scale {options.scale},")
    print(f"{sum(reasonless.values())} decoys rightly refused without their own reason")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(required=True)
    one = parts.add_parser("truth")
    one.add_argument("folder", nargs="?", type=Path)
    one.set_defaults(run=truth)
    many = parts.add_parser("seeds")
    many.add_argument("--number", type=int, default=20)
    many.add_argument("--first", type=int, default=100)
    many.add_argument("--scale", type=float, default=0.05)
    many.set_defaults(run=seeds)
    for part in (one, many):
        part.add_argument("--threads", type=int)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
