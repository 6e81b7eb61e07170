"""The study of outcomes: planted effects come back, estimates equal statsmodels, bad data get an answer."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.cli.running import verdeelmodel
from tests.reintegration.outcomes_examples import made_up, studied
from verdeelmodel import reintegration_outcomes
from verdeelmodel.disclosure.gate import judge
from verdeelmodel.disclosure.profile import default_profile
from verdeelmodel.errors import DataError
from verdeelmodel.population import open_population
from verdeelmodel.reintegration.histories import ASPECTS, histories_of
from verdeelmodel.reintegration.multinomial import fit_multinomial, fit_shares, marginal_effects
from verdeelmodel.reintegration.outcomes import study_outcomes
from verdeelmodel.reintegration.outcomes_definition import read_definition
from verdeelmodel.reintegration.outcomes_models import design
from verdeelmodel.reintegration.outcomes_published import printed
from verdeelmodel.reintegration.outcomes_sample import OutcomeOptions, sample_of
from verdeelmodel.synthetic import SyntheticOptions, make_population
from verdeelmodel.synthetic.clienten_law import outcome_covariates, outcome_probabilities, planted_clients
from verdeelmodel.table import NotApplicable

SOME = (14, 80, 96, 363, 439, 718)


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    """Six municipalities with about as many clients as the sources."""
    folder = tmp_path_factory.mktemp("clienten") / "land"
    make_population(folder, SyntheticOptions(scale=0.2, years=(2017,), gemeenten=SOME))
    return open_population(folder)


@pytest.fixture(scope="module")
def clienten(country):
    return country.table("clienten")


@pytest.fixture(scope="module")
def study(clienten):
    return study_outcomes(clienten, OutcomeOptions(), synthetic=True)


def clients_of(sample):
    return {**sample.flags, "age": sample.age, "sex": sample.sex}


def test_planted_coefficients_are_recovered_within_their_intervals(study):
    """The logit with everything that was planted as covariates, at the size of the sources."""
    sample = study.sample
    assert 5_000 < len(sample) < 40_000
    planted = planted_clients().outcome
    x = outcome_covariates(clients_of(sample))
    fit = fit_multinomial(np.column_stack([np.ones(len(sample)), *x.values()]), sample.group, ("const", *x))
    expected = np.array([planted["constante"], *(planted[name] for name in x)]).T
    distance = np.abs(fit.coefficients - expected) / fit.errors
    assert np.mean(distance < 1.96) > 0.85
    assert distance.max() < 4


def test_shares_and_effects_are_those_of_the_law_within_their_intervals(study):
    """What table 4 would show without chance: the same model fitted to the planted chances themselves."""
    sample = study.sample
    chances = outcome_probabilities(clients_of(sample))
    shares = sample.counts / len(sample)
    error = np.sqrt(chances.mean(axis=0) / len(sample))
    assert np.all(np.abs(shares - chances.mean(axis=0)) < 4 * error)
    names, x = design(sample, ASPECTS, ())
    expected = marginal_effects(fit_shares(x, chances, names, range(1, 6)), x).effects
    answers = [study.marginal.answers[name] for name in ASPECTS]
    found = np.array([[a.value for a in row] for row in answers])
    errors = np.array([[a.error for a in row] for row in answers])
    assert np.mean(np.abs(found - expected) < 1.96 * errors) >= 0.85
    assert np.all(np.abs(found - expected) < 4 * errors)


def test_the_tables_lie_near_the_published_ones(study):
    """Most within three points, or within the interval: figures that are rounded to whole points."""
    near = []
    for (table, term, group), figure in printed().items():
        if table == "marginal":
            answer = study.marginal.answers[term][int(group) - 1]
        elif table in ("index", "combinations"):
            found = study.index if table == "index" else study.combinations
            answer = found.answers[term][0 if group == "work" else 1]
        else:
            continue
        low, high = answer.interval
        near.append(abs(answer.value - figure.value) < 0.03 or low - 0.005 < figure.value < high + 0.005)
    assert len(near) == 25 + 12 + 10
    assert np.mean(near) >= 0.8


def test_the_linear_models_are_those_of_statsmodels():
    table = made_up()
    study = studied(table, errors="robust")
    score = table[list(ASPECTS)].sum(axis=1)
    frame = pd.DataFrame({"const": 1.0, **{str(k): (score == k) * 1.0 for k in range(1, 6)}})
    frame = frame.assign(woman=(table.sex == 2) * 1.0, unknown=(table.sex == -1) * 1.0, age=table.age / 10)
    works = table.status.str[-1].isin(["d", "w"]) * 1.0
    lasting = (table.status.str[-6:] == "w" * 6) * 1.0
    for place, y in enumerate((works, lasting)):
        fit = sm.OLS(y, frame).fit(cov_type="HC1")
        for k in range(1, 6):
            answer = study.index.answers[str(k)][place]
            assert (answer.value, answer.error) == pytest.approx((fit.params[str(k)], fit.bse[str(k)]), abs=1e-10)


def test_combinations_are_against_nobody_with_an_aspect():
    table = made_up(seed=2)
    study = studied(table, controls=())
    none = table[~table[list(ASPECTS)].any(axis=1)]
    first = table[table.financial & ~table[list(ASPECTS[1:])].any(axis=1)]
    works = [t.status.str[-1].isin(["d", "w"]).mean() for t in (first, none)]
    assert study.combinations.answers["step_1"][0].value == pytest.approx(works[0] - works[1], abs=1e-10)


def test_common_steps_grow_by_the_combination_that_comes_most_often():
    patterns = [(), ("health",), ("health",), ("financial",), ("health", "education"), ("financial", "education")]
    flags = {name: [name in pattern for pattern in patterns] for name in ASPECTS}
    rows = pd.concat([made_up(n=len(patterns)).assign(**flags)] * 10, ignore_index=True)
    study = studied(rows.assign(client=range(60)), steps="common")
    assert study.combinations.steps[:2] == ("health", "education")
    (shown,) = (t for t in study.tables() if t.key == "combinations")
    assert shown.values["count"][:2] == (20, 10)
    assert all(isinstance(cell, NotApplicable) for cell in shown.values["published"][:2])
    assert studied(made_up().drop(columns=["education"]), steps="common").combinations.answers["step_1"][0].count > 0


def test_the_effects_are_those_of_statsmodels():
    table = made_up(seed=3)
    study = studied(table, effects="derivative", errors="classic")
    x = np.column_stack([np.ones(len(table)), table[list(ASPECTS)]]).astype(float)
    theirs = sm.MNLogit(study.sample.group, x).fit(disp=0, method="newton", tol=1e-13).get_margeff()
    for at, name in enumerate(ASPECTS):
        for group in range(5):
            answer = study.marginal.answers[name][group]
            expected = theirs.margeff[at, group], theirs.margeff_se[at, group]
            assert (answer.value, answer.error) == pytest.approx(expected, abs=1e-8)


def test_every_figure_has_evidence_for_the_gate(study):
    for table in study.tables():
        whole = [c.key for c in table.columns if c.kind in ("count", "share", "percentage_points")]
        assert set(whole) == set(table.evidence)
        assert all(behind.public == "published" for behind in table.evidence.get("published", ()))
        for key in set(table.evidence) - {"published"}:
            cells = zip(table.values[key], table.evidence[key], strict=True)
            assert all(isinstance(cell, NotApplicable) or behind.count is not None for cell, behind in cells)
        assert table.synthetic


def test_the_gate_refuses_figures_about_a_few_clients():
    study = studied(made_up(n=60))
    (effects,) = (t for t in study.tables() if t.key == "effects")
    rules = {finding.rule for finding in judge(effects, default_profile()).findings}
    assert "minimum" in rules


def test_a_client_file_with_a_mapping(tmp_path):
    table = made_up(n=120)
    own = table.rename(columns={"client": "nr", "status": "maanden", "financial": "schulden"})
    own = own.assign(schulden=np.where(table.financial, "ja", "nee"), start="2015-06-01", status_from="2016-01-01")
    own["gemeente"] = own["gemeente"].map("GM{:04d}".format)
    own.drop(columns=["end"]).to_csv(tmp_path / "mijn.csv", sep=";", index=False)
    (tmp_path / "mapping.yaml").write_text(
        "columns: {client: nr, gemeente: gemeente, start: start, age: age, sex: sex, status: maanden,\n"
        "  status_from: status_from, financial: schulden, health: health, nonwestern: nonwestern,\n"
        "  single_parent: single_parent, education: education}\n"
    )
    study = reintegration_outcomes(clients=tmp_path / "mijn.csv", mapping=tmp_path / "mapping.yaml")
    assert not study.synthetic
    assert study.sample.counts.tolist() == studied(table).sample.counts.tolist()
    (tmp_path / "mapping.yaml").write_text("columns: {client: nr, gemeente: gemeente, start: start, age: leeftijt}\n")
    with pytest.raises(DataError, match="leeftijt"):
        reintegration_outcomes(clients=tmp_path / "mijn.csv", mapping=tmp_path / "mapping.yaml")


def test_the_verb_writes_a_run_and_equals_its_twin(country, tmp_path):
    out = tmp_path / "run"
    words = ("reintegration", "outcomes", "--population", str(country.folder), "--out", str(out), "--json")
    done = verdeelmodel(*words, "--gemeente", "Vlissingen", "--gemeente", "GM0363")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    twin = reintegration_outcomes(country, options=OutcomeOptions(gemeenten=(363, 718)))
    expected = twin.to_frame()["effect"].tolist()
    rows = document["tables"]["effects"]["rows"]
    assert [row["effect"] for row in rows] == pytest.approx(expected)
    assert document["synthetic"]
    assert json.loads((out / "logit.json").read_text())["rows"] == len(twin.sample)


def test_the_same_bytes_twice(clienten):
    first, second = (study_outcomes(clienten, OutcomeOptions(), synthetic=True).to_frame() for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_the_sample_does_not_depend_on_the_order_of_rows(clienten):
    mixed = clienten.sample(frac=1, random_state=3)
    definition = read_definition("roa")
    first, second = (sample_of(histories_of(t), definition, OutcomeOptions()) for t in (clienten, mixed))
    assert np.array_equal(first.group, second.group)
    assert np.array_equal(first.age, second.age)
