"""The waterfall of a budget: bars that meet, the same bytes twice, words for who cannot see, nothing from outside."""

import re

from tests.scenario.cases import run
from verdeelmodel.report.figures_bridge import bars, waterfall, waterfall_page
from verdeelmodel.scenario.change import change_of, signed

SOURCE = "base: 2022\nmacrobudget: +5%\nrules: {threshold_high: 50_000}\n"


def test_each_bar_starts_where_the_one_before_ends():
    found = run(SOURCE)
    for code in found.codes:
        first, *causes, last = bars(change_of(found, code))
        assert first.total
        assert last.total
        at = first.end
        for bar in causes:
            assert bar.start == at
            at = bar.end
        assert at == last.end


def test_the_figure_is_marked_and_the_same_bytes_each_time():
    change = change_of(run(SOURCE), "GM0344")
    figure = waterfall(change)
    assert figure == waterfall(change_of(run(SOURCE), "GM0344"))
    assert "SYNTHETISCH" in figure
    assert "Macrobudget" in figure
    assert "Normbedragen" not in figure


def test_a_bar_is_blue_upward_and_orange_downward_and_as_long_as_its_part():
    change = change_of(run("base: 2022\nmacrobudget: -5%\nrules: {threshold_high: 50_000}\n"), "GM0344")
    drawn = re.findall(r'width="([\d.]+)" height="22.0" fill="(#\w+)"', waterfall(change))
    sizes = [part.euro for part in change.parts]
    assert [colour for _, colour in drawn[1:-1]] == ["#0072B2" if euro > 0 else "#D55E00" for euro in sizes]
    longest = max(range(len(sizes)), key=lambda i: abs(sizes[i]))
    assert float(drawn[1 + longest][0]) == max(float(width) for width, _ in drawn[1:-1])


def test_what_is_seen_is_also_in_words():
    change = change_of(run(SOURCE), "GM0344")
    alternative = re.search("<desc[^>]*>(.*?)</desc>", waterfall(change))[1]
    for part in change.parts:
        assert part.label in alternative


def test_a_budget_that_stays_has_two_bars():
    assert len(bars(change_of(run("base: 2022\n"), "GM0363"))) == 2
    assert waterfall(change_of(run("base: 2022\n"), "GM0363")).startswith("<svg")


def test_the_page_needs_no_other_file():
    change = change_of(run(SOURCE), "GM0344")
    page = waterfall_page(change)
    assert str(change).replace("'", "&#39;") in re.sub(r"</?span[^>]*>", "", page)
    assert f'<span class="amount">{signed(change.change)}</span>' in page
    assert page == waterfall_page(change)
    assert not re.findall(r'(?:src|href)="(?!#)', page)
