"""Hand-worked cases a lawyer can read: each YAML file in `cases` is a country with its outcome and the reasoning."""

from pathlib import Path

import numpy as np
import pytest

from verdeelmodel.budget import (
    Amounts,
    History,
    Inputs,
    Merger,
    allocate,
    eligible_cost,
    merged_budgets,
    saldo,
    vangnet,
)
from verdeelmodel.documents import read_yaml
from verdeelmodel.errors import VerdeelmodelError
from verdeelmodel.law import budget_rules, eligible_cost_rules, vangnet_rules

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
COLUMNS = (
    "inhabitants",
    "objective",
    "cost",
    "homeless_cost",
    "lks",
    "lks_t2",
    "youth",
    "permit_holders",
    "cost_65plus",
    "cost_wwik",
)


def inputs_of(case):
    rows = case["gemeenten"]
    columns = {c: np.array([float(r.get(c, 0)) for r in rows.values()]) for c in COLUMNS}
    households = np.array([r.get("households", [1, 1]) for r in rows.values()], dtype=float)
    columns |= {"households_start": households[:, 0], "households_end": households[:, 1]}
    for late in ("cost_late", "lks_late"):
        if any(late in r for r in rows.values()):
            columns[late] = np.array([float(r.get(late, np.nan)) for r in rows.values()])
    return Inputs(tuple(rows), columns)


def allocation_outcome(case):
    inputs = inputs_of(case)
    rules = budget_rules(case["rules"], case.get("assume"))
    amounts = Amounts(
        case["macrobudget"], case.get("pools", {}), case.get("total_cost"), case.get("stage", "definitief")
    )
    extra = {}
    if "mergers" in case:
        merged = merged_budgets(rules, inputs, [Merger(*m) for m in case["mergers"]], amounts)
        found = merged.added_first
        extra = {"scaled_first": merged.scaled_first, "difference": merged.difference}
    else:
        found = allocate(rules, inputs, amounts)
    rows = list(case["gemeenten"].values())
    if all("net_expenditure" in r for r in rows):
        split = saldo(found.budget, np.array([float(r["net_expenditure"]) for r in rows]), found.codes)
        extra |= {"saldo": split.saldo, "macro_effect": split.macro, "distribution_effect": split.distribution}
    columns = {"m": found.m, **found.parts, "budget": found.budget, **extra}
    return {code: {k: v[i] for k, v in columns.items()} for i, code in enumerate(found.codes)}


def vangnet_outcome(case):
    rows = case["gemeenten"]
    rules = vangnet_rules(case["vangnet"])
    budget = np.array([float(r["budget"]) for r in rows.values()])
    net = np.array([float(r["net"]) for r in rows.values()])
    history = None
    if all("history" in r for r in rows.values()):
        years = np.array([r["history"] for r in rows.values()], dtype=float)
        used = tuple(tuple(r.get("used", ())) for r in rows.values())
        history = History(years[:, :, 0], years[:, :, 1], used)
    found = vangnet(rules, net, budget, history)
    return {
        code: {
            "vangnet": found.grant[i],
            "variant": found.variant[i],
            "checked": bool(found.checked[i]),
            "own_risk": net[i] - budget[i] - found.grant[i],
        }
        for i, code in enumerate(rows)
    }


def eligible_outcome(case):
    rules = eligible_cost_rules(case["eligible"])
    return {
        code: {"eligible": eligible_cost(np.array([float(r["net"])]), np.array([float(r["uncertain"])]), rules)[0]}
        for code, r in case["gemeenten"].items()
    }


def outcome(case):
    if "vangnet" in case:
        return vangnet_outcome(case)
    return eligible_outcome(case) if "eligible" in case else allocation_outcome(case)


def test_there_are_at_least_sixty_cases_and_each_names_its_source_and_reasoning():
    assert len(CASES) >= 60
    for path in CASES:
        case = read_yaml(path)
        assert case["case"]
        assert case["source"]
        assert case["why"]
        assert ("expect" in case) != ("error" in case)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_case(path):
    case = read_yaml(path)
    if "error" in case:
        with pytest.raises(VerdeelmodelError) as caught:
            outcome(case)
        for words in case["error"]:
            assert words in str(caught.value)
        return
    found = outcome(case)
    assert set(found) == set(case["expect"])
    for code, expected in case["expect"].items():
        for name, value in expected.items():
            if isinstance(value, str | bool):
                assert found[code][name] == value, (code, name)
            else:
                tolerance = 0.5e-5 if name in ("m", "saldo") else 0.005
                assert found[code][name] == pytest.approx(value, abs=tolerance), (code, name)


@pytest.mark.parametrize(
    "path", [p for p in CASES if "rules" in read_yaml(p) and "expect" in read_yaml(p)], ids=lambda p: p.stem
)
def test_the_budgets_of_a_case_add_up_to_the_macrobudget(path):
    case = read_yaml(path)
    assert sum(int(g["budget"]) for g in outcome(case).values()) == case["macrobudget"]
