"""The clients of the synthetic country are adults of its households, and follow the planted law."""

import tomllib

import numpy as np
import pandas as pd
import pytest

from verdeelmodel.kenmerken import compute_households
from verdeelmodel.population import open_population
from verdeelmodel.synthetic import SyntheticOptions, make_population
from verdeelmodel.synthetic.clienten import ASPECT_OF, SLOTS
from verdeelmodel.synthetic.clienten_histories import course_of
from verdeelmodel.synthetic.clienten_law import (
    chosen,
    leaving_probabilities,
    outcome_probabilities,
    planted_clients,
    ways,
)

FIRST = 2017


@pytest.fixture(scope="module")
def clienten(some):
    table = some.table("clienten")
    for name in ("start", "end", "status_from"):
        table[name] = pd.to_datetime(table[name])
    return table


def months_since(first, dates):
    return (dates.dt.year - first) * 12 + dates.dt.month - 1


def people(n, stream, **fixed):
    """Clients at the start with random aspects, as the law takes them."""
    flags = {name: stream.random(n) < 0.4 for name in ASPECT_OF.values()}
    found = {
        "age": stream.integers(18, 64, n),
        "sex": stream.integers(1, 3, n),
        "_first": np.zeros(n, np.int16),
        "_at_work": np.zeros(n, np.bool_),
        "_housing": np.zeros(n, np.int8),
        "_service": np.zeros(n, np.int8),
    }
    return flags | found | fixed


def test_who_has_benefit_at_the_start_is_an_adult_of_a_household_on_bijstand(some, clienten):
    households = some.households(FIRST, ["household", "bijstand", *(f"age_{s}" for s in SLOTS)])
    on = households["bijstand"]
    expected = {
        int(number) * len(SLOTS) + slot
        for slot, name in enumerate(f"age_{s}" for s in SLOTS)
        for number, age in zip(households["household"][on], households[name][on], strict=True)
        if 18 <= age <= planted_clients().facts["oudste"]
    }
    assert set(clienten.client[clienten.status.str[0].isin(["u", "d"])]) == expected


def test_aspects_are_those_of_the_household_and_origin_that_of_the_person(some, clienten):
    origins = [f"origin_{s}" for s in SLOTS]
    (chunk,) = compute_households(some, FIRST, [*ASPECT_OF, *origins, "household", "buurt", "adults"])
    of_household = pd.DataFrame(chunk).set_index("household").loc[clienten.client // len(SLOTS)]
    for key, name in ASPECT_OF.items():
        same = of_household[key].to_numpy() == clienten[name].to_numpy()
        assert same[(of_household.adults == 1).to_numpy() | (name != "nonwestern")].all()
    origin = of_household[origins].to_numpy()[np.arange(len(clienten)), clienten.client % len(SLOTS)]
    assert clienten.nonwestern[origin == 0].sum() == 0
    assert clienten.nonwestern[origin == 1].all()
    assert (of_household["buurt"].to_numpy() == clienten.buurt.to_numpy()).all()


def test_benefit_in_the_history_is_benefit_in_the_spells(clienten):
    months = int(planted_clients().facts["maanden"])
    rows = {client: place for place, client in enumerate(clienten.client.unique())}
    found = np.zeros((len(rows), months), bool)
    first = np.maximum(months_since(FIRST, clienten.start), 0)
    last = months_since(FIRST, clienten.end).fillna(months - 1).astype(int)
    for client, low, high in zip(clienten.client, first, last, strict=True):
        assert not found[rows[client], low : high + 1].any(), "spells overlap"
        found[rows[client], low : high + 1] = True
    letters = clienten.drop_duplicates("client").status
    told = np.array([[letter in "ud" for letter in history] for history in letters])
    assert np.array_equal(found, told)
    assert (clienten.end.isna() | (clienten.end >= clienten.start)).all()


def test_the_law_gives_chances():
    stream = np.random.default_rng(1)
    clients = people(2000, stream)
    for chances in (outcome_probabilities(clients), leaving_probabilities(clients, 0.3)):
        assert np.all(chances > 0)
        assert chances.sum(axis=1) == pytest.approx(1)


def test_outcomes_come_as_often_as_the_law_says():
    stream = np.random.default_rng(2)
    clients = people(100_000, stream)
    outcome, way = ways(clients, stream.random(100_000), 0.0)
    for group, expected in enumerate(outcome_probabilities(clients).mean(axis=0), 1):
        error = np.sqrt(expected / 100_000)
        assert np.mean(outcome == group) == pytest.approx(expected, abs=4 * error)
    leaving = leaving_probabilities(clients, 0.0)
    work = (way == 4).sum() / np.isin(way, (1, 4)).sum()
    assert work == pytest.approx(leaving[:, 3].sum() / leaving[:, [0, 3]].sum(), abs=0.01)


def test_histories_have_the_outcome_that_was_drawn():
    """The half year up to and including the twenty-fourth month, read letter by letter."""
    stream = np.random.default_rng(3)
    n = 20_000
    outcome = stream.integers(1, 6, n).astype(np.int8)
    way = np.where(outcome >= 4, stream.integers(2, 5, n), stream.integers(1, 5, n)).astype(np.int8)
    none = np.zeros(n, np.int16)
    letters = course_of(stream, none, none, np.zeros(n, np.bool_), outcome, way).letters()
    for history, group in zip(letters.astype(str), outcome, strict=True):
        half = history[18:24]
        works, lasting = half[-1] in "dw", set(half) <= set("dw")
        benefit = bool(set(half) & set("ud")) if lasting else half[-1] == "d"
        assert history[0] == "u"
        assert group == (1 if not works else {(0, 1): 2, (1, 1): 3, (0, 0): 4, (1, 0): 5}[lasting, benefit])


def test_chances_laid_end_to_end():
    chances = np.tile([0.2, 0.5, 0.3], (4, 1))
    assert chosen(chances, np.array([0.1, 0.21, 0.69, 0.71])).tolist() == [1, 2, 2, 3]


def test_a_municipality_keeps_its_clients_when_another_is_left_out(tmp_path):
    tables = []
    for gemeenten in ((14, 718), (718,)):
        folder = tmp_path / str(len(gemeenten))
        make_population(folder, SyntheticOptions(scale=0.02, years=(2018, 2019), gemeenten=gemeenten))
        table = open_population(folder).table("clienten")
        tables.append(table[table.gemeente == 718].reset_index(drop=True))
    pd.testing.assert_frame_equal(*tables)
    assert str(tables[0].status_from[0]) == "2018-01-01"


def test_the_effect_of_a_municipality_is_in_the_truth(some):
    truth = pd.read_parquet(some.folder / "truth_gemeenten.parquet")
    effects = truth.groupby("gemeente").clienten_naar_werk
    assert (effects.nunique() == 1).all()
    assert effects.first().nunique() == len(effects)


def test_what_was_planted_is_in_the_truth(some):
    truth = tomllib.loads((some.folder / "truth.toml").read_text())
    assert truth["uitkomst"]["financial"] == list(planted_clients().outcome["financial"])
    assert truth["synthetisch"] is True
