"""What is planted in the synthetic client file comes back at the size of the source, and the source lies beside it."""

import numpy as np
import pytest

from tests.reintegration.services_clients import synthetic_study
from verdeelmodel.reintegration.services_published import printed_figures
from verdeelmodel.reintegration.services_words import packaged_words
from verdeelmodel.synthetic.trajecten import make_trajects
from verdeelmodel.synthetic.trajecten_law import (
    odds_at_equal_readiness,
    odds_without_readiness,
    planted_services,
)

SEEDS = range(2001, 2007)


def planted_odds():
    """Every planted odds ratio by factor and category."""
    planted, words = planted_services(), packaged_words()
    truth = {("gemeente", str(i)): entry["odds"] for i, entry in enumerate(planted.gemeenten.values())}
    for factor, entries in (("sex", planted.sex), ("housing", planted.housing)):
        truth |= {(factor, words.traits[factor].meaning(name)): entry["odds"] for name, entry in entries.items()}
    bands = zip(("to_22", "to_44", "from_45"), planted.age.values(), strict=True)
    truth |= {("age", band): entry["odds"] for band, entry in bands}
    return truth | {("services", name): odds for name, odds in odds_without_readiness().items()}


def covered(rows, truth):
    """For every estimated odds ratio whether its interval holds the truth."""
    found = [(row.odds, truth[row.factor, row.category]) for row in rows if row.odds is not None]
    return [odds.low <= true <= odds.high for odds, true in found]


def test_planted_odds_lie_in_their_intervals_as_often_as_they_should():
    truth = planted_odds()
    base = [hit for seed in SEEDS for hit in covered(synthetic_study(seed).base.rows, truth)]
    services = [hit for seed in SEEDS for hit in covered(synthetic_study(seed).services.rows, truth)]
    assert len(base) > 70
    assert len(services) > 150
    assert 0.88 <= np.mean(base) <= 1
    assert 0.91 <= np.mean(services) <= 0.99


def test_estimates_are_not_off_to_one_side():
    truth = planted_odds()
    gaps = []
    for seed in SEEDS:
        for row in synthetic_study(seed).services.rows:
            if row.odds is not None and row.n >= 50 and row.factor != "gemeente":
                error = np.log(row.odds.high / row.odds.low) / (2 * 1.959964)
                gaps.append((row.odds.log - np.log(truth[row.factor, row.category])) / error)
    assert abs(np.mean(gaps)) < 4 / np.sqrt(len(gaps))
    assert 0.8 < np.std(gaps) < 1.2


def test_readiness_explains_what_coaching_and_travel_allowance_seem_to_do():
    without, equal = odds_without_readiness(), odds_at_equal_readiness()
    assert without["coaching"] < 0.5 < 1 < equal["coaching"]
    assert equal["travel_cost_allowance"] < without["travel_cost_allowance"] / 4
    hits = []
    for seed in SEEDS:
        known = synthetic_study(seed).at_equal_readiness
        ready = known.row("ready", "yes").odds
        hits.append(ready.low <= planted_services().ready_odds <= ready.high)
        rows = [row for row in known.rows if row.factor == "services"]
        hits += covered(rows, {("services", name): odds for name, odds in equal.items()})
    assert 0.91 <= np.mean(hits) <= 0.99


def test_numbers_of_clients_are_those_of_the_source_within_chance():
    counts = {(f.table, f.row): f.value for f in printed_figures() if f.figure == "n"}
    found = synthetic_study().counts
    assert found.number(("", "total"), "all") == counts["7", "total"] + counts["7", "missing"] == 10_043
    assert found.group(0) == counts["7", "missing"]
    for group in (1, 2, 3, 4):
        assert abs(found.group(group) - counts["7", str(group)]) < 4 * np.sqrt(counts["7", str(group)])
    for key in packaged_words().services.keys:
        assert abs(found.number(("services", key), "both") - counts["2", key]) < 4.5 * np.sqrt(counts["2", key])
    sizes = sorted(int(entry["omvang"]) for entry in planted_services().gemeenten.values())
    assert sizes == sorted(v for (table, row), v in counts.items() if table == "1" and row != "total")


def test_every_printed_number_stands_beside_an_obtained_one():
    counts, odds = synthetic_study().tables(("published",))
    printed = printed_figures()
    assert len(counts) == sum(f.figure == "n" and f.table != "1" for f in printed)
    assert len(odds) == sum(f.figure == "odds_ratio" for f in printed)
    differences = [o - p for o, p in zip(counts.values["obtained"], counts.values["published"], strict=True)]
    assert list(counts.values["difference"]) == differences
    inside = [word for word, table in zip(odds.values["inside"], odds.values["table"], strict=True) if table == "8"]
    assert inside.count("ja") >= 9
    unsure = {note for note, table in zip(odds.values["certainty"], odds.values["table"], strict=True) if table == "9"}
    assert unsure == {"onzeker"}


def test_the_same_seed_gives_the_same_file_and_another_seed_another():
    one, again, other = make_trajects(5), make_trajects(5), make_trajects(6)
    assert one.rows.equals(again.rows)
    assert not one.rows.equals(other.rows)


@pytest.mark.parametrize("column", ["services", "end_reason", "housing", "provision", "tailored", "sex"])
def test_every_spelling_in_the_file_means_what_was_planted(column):
    planted, words = planted_services(), packaged_words()
    if column == "services":
        for name, entry in planted.services.items():
            meanings = {words.services.meaning(written) for written in entry["teksten"] if written}
            assert meanings == ({name} if any(entry["teksten"]) else set())
        assert all(words.services.meaning(w) is None for texts in planted.misspelt.values() for w in texts)
    elif column == "end_reason":
        found = {(g, words.reasons.meaning(w)) for g, shares in planted.reasons.items() for w in shares if w}
        assert found == {(2, "2"), (3, "3"), (4, "4")}
        assert all(words.reasons.meaning(w) is None for w in planted.unknown_reasons)
    else:
        written = set(make_trajects(5).rows[column]) - {""}
        assert all(words.traits[column].meaning(w) for w in written)
