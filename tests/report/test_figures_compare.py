"""The figures of a comparison: well-formed, complete, the same bytes in every process, marked when synthetic."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.compare.examples import codes, groups_of, random_table, saldi_of
from verdeelmodel.compare.groups import GemeenteTable
from verdeelmodel.compare.outliers import chosen_rows, outliers
from verdeelmodel.compare.robustness import Resampling
from verdeelmodel.compare.study import CompareOptions, Comparison
from verdeelmodel.errors import RequestError
from verdeelmodel.report.figures_compare import coefficient_plots, outlier_map, saldo_scatter


def comparison(synthetic: bool = False) -> Comparison:
    table = random_table(6)
    marked = GemeenteTable(table.codes, table.names, table.kenmerken, table.values, synthetic)
    saldi = saldi_of({c: [(-0.1, 0.1, 0.0, 0.0)[i // 15]] for i, c in enumerate(codes(60))})
    return Comparison(marked, groups_of(), CompareOptions(resampling=Resampling(99, 99)), saldi)


def words(svg: str) -> str:
    return " ".join("".join(node.itertext()) for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))  # noqa: S314


def figures(chosen: Comparison) -> list[str]:
    found = outliers(chosen.standardised)
    heat = outlier_map(found, chosen_rows(chosen.standardised, ()).tolist())
    return [*coefficient_plots(chosen.robust[0]).values(), saldo_scatter(chosen, "k0"), heat]


def test_a_plot_per_thema_with_every_kenmerk() -> None:
    chosen = comparison()
    plots = coefficient_plots(chosen.robust[0])
    assert list(plots) == ["Thema 0", "Thema 1", "Thema 2"]
    for kenmerk in chosen.table.kenmerken:
        assert kenmerk.label in words(plots[kenmerk.thema])


def test_every_gemeente_is_named_in_the_scatter() -> None:
    chosen = comparison()
    shown = words(saldo_scatter(chosen, "k0"))
    assert all(name in shown for name in chosen.groups.codes)
    assert "Tekortgemeenten" in shown


def test_outliers_are_in_the_heat_map_and_others_are_not() -> None:
    chosen = comparison()
    found = outliers(chosen.standardised)
    rows = chosen_rows(chosen.standardised, ()).tolist()
    shown = words(outlier_map(found, rows))
    for j, kenmerk in enumerate(chosen.table.kenmerken):
        assert (kenmerk.label in shown) == bool((abs(found.plain[rows, j]) > 2).any())
    assert "Geen van deze gemeenten" in words(outlier_map(found, rows[:0]))


def test_a_synthetic_figure_says_so() -> None:
    assert all("SYNTHETISCH" in words(svg) for svg in figures(comparison(synthetic=True)))
    assert all("SYNTHETISCH" not in words(svg) for svg in figures(comparison()))


def test_every_process_makes_the_same_bytes() -> None:
    code = (
        "import hashlib; from tests.report.test_figures_compare import comparison, figures;"
        "print(hashlib.sha256(''.join(figures(comparison())).encode()).hexdigest())"
    )
    root = Path(__file__).parents[2]
    runs = [
        subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].strip()) == 64


def test_what_cannot_be_drawn_is_refused() -> None:
    chosen = comparison()
    with pytest.raises(RequestError, match="bedoelt u k0"):
        saldo_scatter(chosen, "k00")
    with pytest.raises(RequestError, match="saldi"):
        saldo_scatter(Comparison(chosen.table, chosen.groups), "k0")
