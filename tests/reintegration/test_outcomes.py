"""The study of outcomes: planted effects come back, estimates equal statsmodels, bad data get an answer."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from tests.cli.running import verdeelmodel
from verdeelmodel import reintegration_outcomes
from verdeelmodel.disclosure.gate import judge
from verdeelmodel.disclosure.profile import default_profile
from verdeelmodel.errors import DataError, RequestError
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


def made_up(n=400, seed=1):
    """Clients with random histories of two years, every group among them."""
    stream = np.random.default_rng(seed)
    windows = np.array(["u" * 24, "u" * 20 + "d" * 4, "u" * 17 + "d" * 7, "u" * 20 + "w" * 4, "u" * 18 + "w" * 6])
    return pd.DataFrame(
        {
            "client": np.arange(n),
            "gemeente": stream.choice([14, 80], n),
            "start": pd.Timestamp("2015-06-01"),
            "end": pd.NaT,
            "age": stream.integers(18, 66, n),
            "sex": stream.choice([1, 2, -1], n),
            "status": windows[stream.integers(0, 5, n)],
            "status_from": pd.Timestamp("2016-01-01"),
            **{name: stream.random(n) < 0.5 for name in ASPECTS},
        }
    )


def studied(table, **options):
    return study_outcomes(table, OutcomeOptions(**options), synthetic=False)


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
        assert set(whole) - {"published"} == set(table.evidence)
        for key in table.evidence:
            cells = zip(table.values[key], table.evidence[key], strict=True)
            assert all(isinstance(cell, NotApplicable) or behind.count is not None for cell, behind in cells)
        assert table.synthetic


def test_the_gate_refuses_figures_about_a_few_clients():
    study = studied(made_up(n=60))
    (effects,) = (t for t in study.tables() if t.key == "effects")
    rules = {finding.rule for finding in judge(effects, default_profile()).findings}
    assert "minimum" in rules


def test_one_municipality_gives_a_result_and_says_so(clienten):
    study = studied(clienten, gemeenten=(718,))
    shares = next(t for t in study.tables() if t.key == "shares")
    assert any("één gemeente" in note for note in shares.notes)
    assert study.sample.excluded["elsewhere"] > 0
    assert study.sample.gemeenten == 1


def test_an_empty_group_is_told_and_the_others_are_estimated():
    table = made_up()
    table = table[table.status != "u" * 20 + "w" * 4]
    study = studied(table)
    answers = study.marginal.answers["health"]
    assert isinstance(answers[3], NotApplicable)
    rest = table.status.map({"u" * 24: 1, "u" * 20 + "d" * 4: 2, "u" * 17 + "d" * 7: 3, "u" * 18 + "w" * 6: 5})
    x = np.column_stack([np.ones(len(table)), table[list(ASPECTS)]]).astype(float)
    theirs = sm.MNLogit(rest.to_numpy(), x).fit(disp=0, method="newton", tol=1e-13)
    assert study.marginal.fit.coefficients == pytest.approx(theirs.params.T, abs=1e-8)
    shares = next(t for t in study.tables() if t.key == "shares")
    assert any("groep 4" in note for note in shares.notes)


def test_one_group_for_everybody_is_told():
    table = made_up()
    study = studied(table[table.status == "u" * 24])
    assert all(isinstance(a, NotApplicable) for row in study.marginal.answers.values() for a in row)
    assert study.sample.counts.tolist() == [len(study.sample), 0, 0, 0, 0]


def test_an_aspect_that_nobody_in_a_group_has_gets_a_reason_there_and_effects_elsewhere():
    """With one aspect the logit is saturated: its effects are the differences between the shares."""
    table = made_up()
    table.loc[table.status == "u" * 18 + "w" * 6, "financial"] = False
    study = studied(table.drop(columns=list(ASPECTS[1:])))
    answers = study.marginal.answers["financial"]
    assert "groep 5" in str(answers[4])
    for group, answer in enumerate(answers[:4], 1):
        inside = study.sample.group == group
        flag = study.sample.flags["financial"]
        shares = inside[flag].mean(), inside[~flag].mean()
        assert answer.value == pytest.approx(shares[0] - shares[1], abs=1e-8)
        # The error of a difference between two independent shares.
        error = sum(p * (1 - p) / n for p, n in zip(shares, (flag.sum(), (~flag).sum()), strict=True)) ** 0.5
        assert answer.error == pytest.approx(error, rel=1e-6)


def test_an_aspect_that_a_whole_group_has_gets_a_reason_there():
    table = made_up()
    table.loc[table.status == "u" * 20 + "d" * 4, "health"] = True
    study = studied(table)
    assert "groep 2" in str(study.marginal.answers["health"][1])
    assert not isinstance(study.marginal.answers["health"][0], NotApplicable)
    assert study.marginal.fit.converged


def test_an_aspect_that_nobody_in_the_first_group_has_is_left_out():
    table = made_up()
    table.loc[table.status == "u" * 24, "health"] = False
    study = studied(table)
    assert all("groep 1" in str(a) for a in study.marginal.answers["health"])
    x = np.column_stack([np.ones(len(table)), table[[n for n in ASPECTS if n != "health"]]]).astype(float)
    theirs = sm.MNLogit(study.sample.group, x).fit(disp=0, method="newton", tol=1e-13)
    assert study.marginal.fit.coefficients == pytest.approx(theirs.params.T, abs=1e-8)


def test_a_combination_that_decides_the_group_is_told():
    table = made_up()
    several = table[["financial", "health", "nonwestern"]].sum(axis=1) >= 2
    study = studied(table.assign(status=np.where(several, "u" * 24, "u" * 18 + "w" * 6)))
    assert all("komt niet tot rust" in str(a) for row in study.marginal.answers.values() for a in row[:1])
    assert len(study.tables()) == 6


def test_a_missing_aspect_leaves_the_others():
    study = studied(made_up().drop(columns=["education"]))
    assert all(isinstance(a, NotApplicable) for a in study.marginal.answers["education"])
    assert not any(isinstance(a, NotApplicable) for a in study.marginal.answers["health"])
    assert all(isinstance(a, NotApplicable) for pair in study.index.answers.values() for a in pair)
    assert len(study.tables()) == 6


def test_spells_that_cannot_be_are_counted_and_the_result_stands():
    table = made_up()
    good = studied(table)
    odd = pd.concat([table, table.iloc[:3].assign(start=pd.Timestamp("2016-03-01"))], ignore_index=True)
    odd["end"] = pd.to_datetime(odd["end"])
    odd.loc[10:13, "end"] = pd.Timestamp("2014-01-01")
    study = studied(odd)
    assert study.histories.faults.backwards == 4
    assert study.histories.faults.overlapping == 3
    assert study.histories.faults.double == 3
    assert study.sample.counts.tolist() == good.sample.counts.tolist()
    shown = str(next(t for t in study.tables() if t.key == "accounts"))
    assert "einde voor het begin" in shown
    assert "overlappen" in shown


def test_spells_that_follow_each_other_do_not_overlap():
    table = pd.concat([made_up(n=1)] * 2, ignore_index=True)
    table["start"] = pd.to_datetime(["2016-01-01", "2016-05-01"])
    table["end"] = pd.to_datetime(["2016-05-01", "2016-09-01"])
    assert histories_of(table).faults.overlapping == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "uuX" + "u" * 21}, "X"),
        ({"status": None}, "status"),
        ({"status_from": pd.Timestamp("2024-01-01")}, None),
    ],
)
def test_histories_that_cannot_be_read(change, told):
    table = made_up(n=20).assign(**change)
    if told is None:
        assert len(studied(table).sample) == 20
        return
    with pytest.raises(DataError, match="maandhistories") as caught:
        studied(table)
    assert told.lower() in str(caught.value).lower()


def test_a_wrong_century_is_refused():
    table = made_up(n=20)
    table.loc[3, "status_from"] = pd.Timestamp("1900-01-01")
    with pytest.raises(DataError, match="1900-01"):
        studied(table)


def test_columns_that_are_needed_are_all_named():
    with pytest.raises(DataError) as caught:
        studied(made_up().drop(columns=["status", "status_from"]))
    assert len(caught.value.problems) == 2


def test_wrong_options_are_refused_together():
    with pytest.raises(RequestError) as caught:
        OutcomeOptions(controls=("leeftijd",), effects="x", errors="y", start="2017")
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("start", ["2015-12", "2016-02", "2030-01"])
def test_an_outcome_outside_the_data_is_refused(start):
    with pytest.raises(RequestError, match="2016-01"):
        studied(made_up(), start=start)


def test_nobody_left_is_told_with_the_reasons():
    with pytest.raises(RequestError) as caught:
        studied(made_up().assign(age=80))
    assert len(caught.value.problems) == 1


def test_definitions_that_overlap_or_leave_a_gap_are_refused(tmp_path):
    from importlib.resources import files

    shipped = files("verdeelmodel.reintegration").joinpath("definitions", "outcomes_roa.yaml").read_text("utf-8")
    own = tmp_path / "eigen.yaml"
    own.write_text(shipped.replace("benefit_last: false", "benefit_any: false"))
    with pytest.raises(DataError) as caught:
        read_definition(str(own))
    assert "benefit_any: true" in str(caught.value)
    own.write_text(shipped.replace("months: 23", "months: 2").replace("key: roa", "key: eigen"))
    with pytest.raises(DataError, match="window"):
        read_definition(str(own))
    own.write_text(shipped.replace("key: roa", "key: eigen").replace("months: 23", "months: 17"))
    assert read_definition(str(own)).months == 17
    with pytest.raises(DataError, match="roa_tekst"):
        read_definition("roa_text")


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
