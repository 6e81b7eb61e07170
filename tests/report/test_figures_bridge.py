"""The waterfall of a bridge: bars that meet, the same bytes twice, and a sentence with the largest cause."""

import numpy as np
import pytest

from tests.scenario.cases import run
from verdeelmodel.errors import RequestError
from verdeelmodel.report.figures_bridge import bars, bridge_sentence, waterfall

SOURCE = "base: 2022\nmacrobudget: +5%\nrules: {threshold_high: 50_000}\n"


def test_each_bar_starts_where_the_one_before_ends():
    found = run(SOURCE)
    for row in range(len(found.codes)):
        labels, starts, sizes = bars(found, row)
        assert len(labels) == len(starts) == len(sizes)
        assert starts[2:-1] == pytest.approx((starts + sizes)[1:-2])
        assert sizes[-1] == pytest.approx(sizes[:-1].sum())


def test_the_figure_is_marked_and_the_same_bytes_each_time():
    found = run(SOURCE)
    figure = waterfall(found, "GM0344")
    assert figure == waterfall(found, "GM0344")
    assert "SYNTHETISCH" in figure
    assert "Macrobudget" in figure
    assert "Normbedragen" not in figure


def test_the_sentence_names_the_largest_cause():
    found = run(SOURCE)
    assert "macrobudget" in bridge_sentence(found, "GM0363")
    assert "blijft" in bridge_sentence(run("base: 2022\n"), "GM0363")
    assert np.array_equal(found.bridge.start, found.before)


def test_a_gemeente_that_is_not_there_is_refused():
    with pytest.raises(RequestError, match="GM0362"):
        waterfall(run("base: 2022\n"), "GM0362")
