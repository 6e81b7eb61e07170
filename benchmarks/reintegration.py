"""The outcomes of all recipients of the country: speed beside statsmodels, and what comes back of the planted law.

`python benchmarks/reintegration.py [FOLDER]`: FOLDER is a synthetic population with clients; without it the whole
country of one year is made in a temporary folder. The multinomial logit has twelve covariates and five outcomes.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from verdeelmodel.population import open_population
from verdeelmodel.reintegration.histories import ASPECTS, histories_of
from verdeelmodel.reintegration.multinomial import fit_multinomial, fit_shares, marginal_effects
from verdeelmodel.reintegration.outcomes import study_outcomes
from verdeelmodel.reintegration.outcomes_definition import read_definition
from verdeelmodel.reintegration.outcomes_models import design
from verdeelmodel.reintegration.outcomes_published import printed
from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions, Sample, sample_of
from verdeelmodel.synthetic import SyntheticOptions, make_population
from verdeelmodel.synthetic.clienten_law import outcome_covariates, outcome_probabilities, planted_clients

LIMIT = 5.0
SOURCE_SIZE = 10_043
# For the errors of marginal effects statsmodels keeps a matrix per row: the whole country does not fit in memory.
PEER_SIZE = 20_000


def timed(label: str, action):
    start = time.perf_counter()
    found = action()
    print(f"{label:<64} {time.perf_counter() - start:7.2f} s")
    return found


def twelve(sample: Sample) -> tuple[tuple[str, ...], np.ndarray]:
    """Five aspects, no aspect at all, sex, four classes of age and age itself: twelve covariates and a constant."""
    names, x = design(sample, ASPECTS, ("sex", "age_bands", "age"))
    none = (sample.score == 0).astype(float)
    kept = [i for i, name in enumerate(names) if name != "sex_unknown"]
    return (*(names[i] for i in kept), "none"), np.column_stack([x[:, kept], none])


def speed(sample: Sample) -> None:
    import statsmodels.api as sm

    names, x = twelve(sample)
    print(f"\n{len(sample):,} recipients, {len(names) - 1} covariates, {len(set(sample.group.tolist()))} outcomes")
    fit = timed("own Newton", lambda: fit_multinomial(x, sample.group, names))
    timed("marginal effects with errors", lambda: marginal_effects(fit, x))
    theirs = timed(
        "statsmodels MNLogit, newton", lambda: sm.MNLogit(sample.group, x).fit(disp=0, method="newton", tol=1e-10)
    )
    print(f"largest difference of a coefficient {np.abs(fit.coefficients - theirs.params.T).max():.1e}")
    some = np.random.default_rng(1).choice(len(x), min(PEER_SIZE, len(x)), replace=False)
    x, group = x[some], sample.group[some]
    fit = fit_multinomial(x, group, names)
    print(f"\n{len(x):,} of them, because get_margeff takes some 40 kB of memory per row")
    own = timed("own marginal effects", lambda: marginal_effects(fit, x, discrete=False))
    theirs = sm.MNLogit(group, x).fit(disp=0, method="newton", tol=1e-10)
    margins = timed("statsmodels get_margeff", theirs.get_margeff)
    print(f"largest difference of a marginal effect {np.abs(own.effects - margins.margeff).max():.1e}")


def recovery(sample: Sample, label: str) -> None:
    """The planted coefficients and the effects of the planted chances, against the intervals found."""
    clients = {**sample.flags, "age": sample.age, "sex": sample.sex}
    x = outcome_covariates(clients)
    fit = fit_multinomial(np.column_stack([np.ones(len(sample)), *x.values()]), sample.group, ("const", *x))
    planted = planted_clients().outcome
    expected = np.array([planted["constante"], *(planted[name] for name in x)]).T
    z = np.abs(fit.coefficients - expected) / fit.errors
    print(f"\n{label}: {len(sample):,} recipients")
    print(f"  planted coefficients inside their interval: {(z < 1.96).sum()} of {z.size}, largest {z.max():.1f} errors")
    chances = outcome_probabilities(clients)
    names, design_ = design(sample, ASPECTS, ())
    truth = marginal_effects(fit_shares(design_, chances, names, range(1, 6)), design_).effects
    found = marginal_effects(fit_multinomial(design_, sample.group, names, robust=True), design_)
    z = np.abs(found.effects - truth) / found.errors
    print(f"  effects of table 4 inside their interval: {(z < 1.96).sum()} of {z.size}, largest {z.max():.1f} errors")
    shares = sample.counts / len(sample)
    print("  shares found " + " ".join(f"{s:.2%}" for s in shares) + ", planted", end=" ")
    print(" ".join(f"{s:.2%}" for s in chances.mean(axis=0)))


def beside_the_published(study) -> None:
    apart = []
    for (table, term, group), figure in printed().items():
        if table == "marginal":
            apart.append(study.marginal.answers[term][int(group) - 1].value - figure.value)
        elif table in ("index", "combinations"):
            found = study.index if table == "index" else study.combinations
            apart.append(found.answers[term][0 if group == "work" else 1].value - figure.value)
    off = 100 * np.abs(apart)
    print(f"\npublished figures of tables 4, 5 and 6: {len(off)}; mean distance {off.mean():.1f} points", end=", ")
    print(f"{(off < 1).sum()} within 1 point, {(off < 2).sum()} within 2, largest {off.max():.1f}")


def analysed(folder: Path) -> None:
    table = timed("reading the clients", lambda: open_population(folder).table("clienten"))
    histories = timed("histories", lambda: histories_of(table))
    definition = read_definition("roa")
    sample = timed("outcome groups", lambda: sample_of(histories, definition, OutcomeOptions()))
    study = timed("the whole study", lambda: study_outcomes(table, OutcomeOptions(), synthetic=True))
    speed(sample)
    recovery(sample, "the country")
    clients = np.unique(table["client"])
    few = np.random.default_rng(1).choice(clients, SOURCE_SIZE, replace=False)
    some = table[table["client"].isin(few)]
    recovery(sample_of(histories_of(some), definition, OutcomeOptions()), f"{SOURCE_SIZE:,} clients")
    beside_the_published(study)


def main() -> None:
    if len(sys.argv) > 1:
        with threadpool_limits(limits=1, user_api="blas"):
            analysed(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "land"
        options = SyntheticOptions(scale=1.0, years=(2017,))
        timed("making the country", lambda: make_population(whole, options, workers=4))
        with threadpool_limits(limits=1, user_api="blas"):
            analysed(whole)


if __name__ == "__main__":
    main()
