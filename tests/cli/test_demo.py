"""The demo takes every step of the study and ends in one page that says what came out."""

import json
import re
from pathlib import Path

import html5lib
import pytest

from tests.cli.running import verdeelmodel
from verdeelmodel.record import verify

pytestmark = pytest.mark.slow
STEPS = (
    "De populatie",
    "Schatten",
    "Verdelen",
    "Groepen kiezen",
    "Vergelijken",
    "Afwegen",
    "Scenario",
    "Het land",
    "Verklaren",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo")
    done = verdeelmodel("demo", cwd=place)
    assert done.returncode == 0, done.stderr
    return place / "verdeelmodel-demo", done


def test_it_says_a_line_per_step_and_where_the_page_is(made):
    folder, done = made
    lines = done.stdout.splitlines()
    assert len(lines) == 12
    assert list(dict.fromkeys(line.split(": ")[0] for line in lines)) == list(STEPS)
    assert str(Path("verdeelmodel-demo") / "verslag.html") in done.stderr
    assert (folder / "verslag.html").exists()


def test_the_page_is_strict_html_that_asks_nothing_of_the_network(made):
    page = (made[0] / "verslag.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert "SYNTHETISCH" in page
    assert not re.search(r"(src|href)=\"(?!#|GM\d{4}\.html)", page)
    assert len(page) < 1_500_000
    assert page.index("In het kort") < page.index("De populatie") < page.index("Verder</a>")
    linked = set(re.findall(r"href=\"(GM\d{4}\.html)\"", page))
    assert linked == {p.name for p in made[0].glob("GM*.html")}
    assert len(linked) == 2


def test_numbers_on_the_page_are_those_of_the_tables(made):
    folder = made[0]
    page = (folder / "verslag.html").read_text(encoding="utf-8")
    for line in (folder / "scenario_centrumfunctie_movers.csv").read_text(encoding="utf-8").splitlines()[1:4]:
        code = line.split(",")[0].strip('"')
        assert code in page


def test_every_step_says_what_it_is_and_how_to_take_it_and_no_sentence_is_half(made):
    page = (made[0] / "verslag.html").read_text(encoding="utf-8")
    sentences = re.findall(r"<li>([^<]+)</li>", page)
    assert sum(s.startswith("Zelf doen: verdeelmodel ") for s in sentences) == 12
    assert [s for s in sentences if s.rstrip().endswith((":", "-", "(controle"))] == []
    assert "log_likelihood" not in page


def test_the_run_verifies_and_an_earlier_demo_is_replaced(made):
    folder = made[0]
    before = (folder / "record.json").read_bytes()
    done = verdeelmodel("demo", "--json", "--quiet", cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["synthetic"] is True
    assert "scenario_centrumfunctie_movers" in told["tables"]
    assert (folder / "record.json").read_bytes() == before
    assert verify(folder).ok


def test_something_else_in_its_place_is_never_replaced(tmp_path):
    other = tmp_path / "verdeelmodel-demo"
    other.mkdir()
    (other / "mijn.txt").write_text("van mij", encoding="utf-8")
    done = verdeelmodel("demo", cwd=tmp_path)
    assert done.returncode == 1
    assert (other / "mijn.txt").read_text(encoding="utf-8") == "van mij"
    assert [p.name for p in tmp_path.iterdir()] == ["verdeelmodel-demo"]
