"""Small cells: what is left out cannot be worked out from everything that is printed, by trying every possibility."""

from dataclasses import replace

import numpy as np
import pytest

from tests.reintegration.services_clients import random_rows, study, synthetic_study
from verdeelmodel.reintegration.services_protection import COLUMNS, counts_of, relations_of
from verdeelmodel.table import NotApplicable

THRESHOLD = 3


def small_study(seed):
    """Few clients of three municipalities of whom nothing else is known, so that every possibility can be tried."""
    nothing = {"sex": "", "housing": "", "services": "", "age": ""}
    rows = [{**row, **nothing, "end_reason": row["end_reason"]} for row in random_rows(seed, 22, "AAAABBB")]
    return study(*rows, threshold=THRESHOLD)


def possibilities(counts):
    """For every cell left out the values, near its own, that it has in some table that agrees with the print."""
    relations = relations_of(counts.rows, counts.values)
    hidden = [tuple(int(i) for i in cell) for cell in np.argwhere(counts.suppression.mask)]
    found = {cell: set() for cell in hidden}
    for values in extended({}, hidden, [r for r in relations if set(r.cells) & set(hidden)], counts.values):
        for cell, value in values.items():
            found[cell].add(value)
    return found


def extended(values, rest, relations, printed):
    """Every way to fill the rest of the hidden cells so that all sums hold, one cell after the other."""
    if not rest:
        yield dict(values)
        return
    cell = rest[0]
    own = int(printed[cell])
    for value in range(max(0, own - THRESHOLD - 1), own + THRESHOLD + 2):
        values[cell] = value
        if all(holds(r, values, rest[1:], printed) for r in relations if cell in r.cells):
            yield from extended(values, rest[1:], relations, printed)
        del values[cell]


def holds(relation, values, rest, printed):
    """Whether a sum is right, or cannot be judged yet."""
    if any(c in rest for c in relation.cells):
        return True
    total, *parts = (values.get(c, printed[c]) for c in relation.cells)
    return total == sum(parts)


@pytest.mark.parametrize("seed", range(12))
def test_no_small_cell_can_be_worked_out_by_trying_everything(seed):
    counts = small_study(seed).counts
    primary = [tuple(int(i) for i in cell) for cell in np.argwhere(counts.suppression.primary)]
    found = possibilities(counts)
    for cell in primary:
        if cell not in counts.suppression.unprotected:
            assert max(found[cell]) - min(found[cell]) >= THRESHOLD, (counts.rows[cell[0]], COLUMNS[cell[1]])
    assert counts.suppression.unprotected == ()


def test_the_small_studies_have_something_to_protect():
    hidden = [small_study(seed).counts.hidden for seed in range(12)]
    assert sum(h > 0 for h in hidden) >= 6


def test_no_count_under_the_threshold_is_printed_anywhere():
    found = synthetic_study(threshold=10)
    counts = ("n", "both", "work", "at_risk", "came_back", "observed", "obtained")
    for table in found.tables():
        if table.key in ("services_reading", "services_unknown", "problems", "services_truth"):
            continue
        for key in set(counts) & set(table.values):
            if table.column(key).kind == "count":
                small = [v for v in table.values[key] if not isinstance(v, NotApplicable) and v < 10]
                assert small == [], (table.key, key)


def test_an_odds_ratio_is_shown_only_with_the_counts_behind_it():
    found = synthetic_study(threshold=10)
    for part in ("odds", "tailored_odds", "service_odds", "selection"):
        (table,) = found.tables((part,))
        ratio = "plain" if part == "selection" else "odds_ratio"
        work = table.values["work"] if "work" in table.values else table.values["both"]
        hidden = [isinstance(v, NotApplicable) for v in work]
        assert any(hidden)
        for left_out, cell in zip(hidden, table.values[ratio], strict=True):
            assert not left_out or isinstance(cell, NotApplicable) or cell == 1.0


def test_shares_and_totals_give_nothing_back():
    found = synthetic_study(threshold=100)
    missing = ("sex", "")
    assert isinstance(found.counts.cell(missing, "all"), NotApplicable)
    (table,) = found.tables(("persons",))
    groups = zip(table.values["factor"], table.values["pct_valid"], strict=True)
    assert all(isinstance(share, NotApplicable) for factor, share in groups if factor == "Geslacht")


def test_the_same_characteristic_has_the_same_counts_in_every_table():
    found = synthetic_study()
    (offered,), (odds,) = found.tables(("offered",)), found.tables(("service_odds",))
    numbers = dict(zip(offered.values["category"], offered.values["n"], strict=True))
    assert all(numbers[c] == n for c, n in zip(odds.values["category"], odds.values["both"], strict=True))
    funnel = {p.gemeente: p.n for p in found.funnel.places}
    assert all(found.counts.number(("gemeente", key), "both") == n for key, n in funnel.items())


def test_without_a_threshold_everything_is_shown():
    counts = counts_of(synthetic_study().clients, 0)
    assert counts.hidden == 0
    assert counts.shows(("services", "secondment"), *COLUMNS[:3])


def test_every_number_has_evidence_for_the_gate():
    from verdeelmodel.disclosure.gate import Status, judge
    from verdeelmodel.disclosure.profile import default_profile

    found = study(*random_rows(4, 900), threshold=10)
    for part in ("gemeenten", "persons", "outcome", "odds", "service_odds", "leaving", "funnel"):
        for table in found.tables((part,)):
            verdict = judge(table, default_profile())
            assert "evidence" not in {f.rule for f in verdict.findings}, table.key
            assert verdict.status is not Status.failed, (table.key, verdict.findings[:3])


def test_trying_finds_what_leaving_out_the_small_cells_alone_would_give_away():
    counts = next(c for c in (small_study(seed).counts for seed in range(12)) if c.suppression.secondary.any())
    bare = replace(counts, suppression=replace(counts.suppression, secondary=np.zeros_like(counts.suppression.mask)))
    found = possibilities(bare)
    assert any(len(values) == 1 for values in found.values())
