"""Asking for a profile: gemeenten, years, files of the user, the command, and the page."""

import json
from html import unescape

import html5lib
import pytest

from tests.cli.running import verdeelmodel
from tests.reintegration.profile_people import columns_of, population, rules_file
from tests.small_country import small_country, write_small_country
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.record import read_run, verify
from verdeelmodel.reintegration.aspects import default_definitions, read_definitions
from verdeelmodel.reintegration.profile_questions import at_least
from verdeelmodel.reintegration.profile_study import ProfileOptions, profile_recipients
from verdeelmodel.report.profile_page import profile_page
from verdeelmodel.report.questions_page import questions_page
from verdeelmodel.synthetic import default_population
from verdeelmodel.table import NotApplicable
from verdeelmodel.wording import set_language

DEFINITIONS = """
name: eigen
source: eigen keuze
persons: {lowest_age: 20, highest_age: 50, source: x, certainty: zeker, approximation: geen}
aspects:
  - {key: schulden, label: Schulden, household: problematische_schulden, wijk: true, definition: x, source: x,
     certainty: zeker, approximation: geen}
  - {key: vrouw, label: {nl: Vrouw, en: Woman}, person: {column: sex, codes: [vrouw]}, wijk: true, definition: x,
     source: x, certainty: onzeker, approximation: geen}
"""


@pytest.fixture(scope="module")
def country():
    return small_country(seed=9, households=5000)


@pytest.fixture(scope="module")
def heerlen():
    return profile_recipients(default_population())


def test_without_gemeenten_it_is_heerlen_or_the_largest(country, heerlen):
    assert [g.name for g in heerlen.areas.chosen] == ["Heerlen"]
    frame = country.gemeenten(2020)
    largest = frame.loc[frame["inhabitants"].idxmax(), "code"]
    assert [g.code for g in profile_recipients(country).areas.chosen] == [largest]


@pytest.mark.parametrize("written", [["GM0014"], [14], ["gemeente 14"], ["GEMEENTE 14", "14"]])
def test_a_gemeente_is_found_by_code_or_name_and_counts_once(country, written):
    found = profile_recipients(country, ProfileOptions(tuple(written), comparison="country"))
    assert [g.code for g in found.areas.chosen] == ["GM0014"]


def test_several_gemeenten_stand_in_the_same_tables(country):
    found = profile_recipients(country, ProfileOptions(("14", "80"), comparison="country"))
    (table,) = [t for t in found.tables() if t.key == "profile_table_a1"]
    assert set(table.values["gemeente"]) == {"Gemeente 14", "Gemeente 80"}
    assert table.row_group == "gemeente"


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"gemeenten": ("Herlen",)}, "bedoelt u Heerlen"),
        ({"gemeenten": ("Onderbanken", "Herlen")}, "Heerlen"),
        ({"gemeenten": ("GM0881",)}, "Beekdaelen"),
        ({"year": 2031}, "2017, 2018, 2019, 2020"),
        ({"gemeenten": ("Heerlen", "Utrecht")}, "--compare country"),
    ],
)
def test_a_wrong_request_says_what_was_meant(options, part):
    with pytest.raises(RequestError) as caught:
        profile_recipients(default_population(), ProfileOptions(**options))
    assert part in str(caught.value)


def test_another_comparison_is_refused():
    with pytest.raises(RequestError, match="province / country"):
        ProfileOptions(comparison="corop")


def test_households_of_an_unknown_gemeente_are_refused():
    made = population(columns_of([{}, {"gemeente": 2, "buurt": 20_100}]))
    made._tables["gemeenten"] = made._tables["gemeenten"].iloc[:1]
    with pytest.raises(DataError, match="GM0002"):
        profile_recipients(made)


def test_households_in_an_unknown_buurt_are_one_unknown_wijk(tmp_path):
    rows = [{"buurt": 10_100 + 100 * (i % 3), "bijstand": i % 2 == 0} for i in range(90)]
    made = population(columns_of(rows), wijken=[101, 102])
    found = profile_recipients(made, ProfileOptions(rules=rules_file(tmp_path, 1)))
    (table,) = [t for t in found.tables() if t.key == "profile_table_a1"]
    assert sorted(table.values["name"]) == ["WK000101", "WK000102", "Wijk onbekend"]
    assert sum(table.values["recipients"]) == 45


def test_definitions_of_a_user(country, tmp_path):
    path = tmp_path / "eigen.yaml"
    path.write_text(DEFINITIONS, encoding="utf-8")
    options = ProfileOptions(("80",), definitions=path, rules=rules_file(tmp_path, 1), comparison="country")
    found = profile_recipients(country, options)
    (table,) = [t for t in found.tables() if t.key == "profile_aspects"]
    assert list(table.values["aspect"][:2]) == ["Schulden", "Vrouw"]
    assert all(isinstance(v, float) for v in table.values["recipients"])
    (numbers,) = [t for t in found.tables() if t.key == "profile_numbers"]
    assert numbers.values["number"][:3] == ("0", "1", "2")
    assert sum(numbers.values["all"][:3]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("household: problematische_schulden", "household: problematische_schuld"), "problematische_schulden"),
        (("column: sex", "column: seks"), "sex"),
        (("codes: [vrouw]", "codes: [vrouwen]"), "vrouw"),
        (("codes: [vrouw]", "codes: []"), "lijst van codes"),
        (("lowest_age: 20", "lowest_age: 60"), "de laagste eerst"),
        (("lowest_age: 20", "lowest_age: twintig"), "gehele getallen"),
        (("certainty: onzeker", "certainty: misschien"), "zeker / onzeker"),
        (("key: vrouw", "key: schulden"), "twee keer"),
        (("household: problematische_schulden, ", ""), "household"),
        (("label: Schulden, ", ""), "label ontbreekt"),
        (("wijk: true, definition", "wijken: true, definition"), "wijk"),
        (("aspects:", "aspecten:"), "aspects ontbreekt"),
        (("label: {nl: Vrouw, en: Woman}", "label: {nl: Vrouw}"), "nl: tekst, en: text"),
    ],
)
def test_wrong_definitions_are_told(tmp_path, change, part):
    path = tmp_path / "eigen.yaml"
    path.write_text(DEFINITIONS.replace(*change), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_definitions(path)
    assert part in str(caught.value)


def test_everything_wrong_is_told_at_once(tmp_path):
    path = tmp_path / "eigen.yaml"
    path.write_text(
        DEFINITIONS.replace("column: sex", "column: seks").replace("key: vrouw", "key: 1"), encoding="utf-8"
    )
    with pytest.raises(DataError) as caught:
        read_definitions(path)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("text", ["", "- 1", "name: x", "persons: 3\naspects: 4"])
def test_what_is_no_definition_at_all_is_refused(tmp_path, text):
    path = tmp_path / "eigen.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        read_definitions(path)


def test_wijken_get_names_from_a_file(tmp_path):
    path = tmp_path / "wijken.csv"
    path.write_text("wijk;naam\nWK000101;Molenberg\n", encoding="utf-8")
    made = population(columns_of([{"bijstand": i % 2 == 0} for i in range(60)]))
    found = profile_recipients(made, ProfileOptions(wijken=path, rules=rules_file(tmp_path, 1)))
    assert [w.name for w in found.areas.wijken["GM0001"]] == ["Molenberg"]


def test_the_printed_names_of_wijken_are_used_for_real_populations_only(tmp_path):
    rows = columns_of([{"gemeente": 917, "buurt": 9_173_900, "bijstand": i % 2 == 0} for i in range(60)])
    rules = rules_file(tmp_path, 1)
    for synthetic, name in ((False, "Molenberg"), (True, "WK091739")):
        found = profile_recipients(population(rows, synthetic=synthetic), ProfileOptions(rules=rules))
        assert [w.name for w in found.areas.wijken["GM0917"]] == [name]
        ranks = next(t for t in found.tables() if t.key == "profile_published_numbers").to_frame()
        assert ("Molenberg" in set(ranks["area"])) is not synthetic


def test_published_figures_stand_beside_the_obtained_with_their_difference(heerlen):
    tables = {t.key: t for t in heerlen.tables()}
    for key in ("profile_published_numbers", "profile_published_shares"):
        table = tables[key]
        assert table.synthetic
        assert any("synthetisch" in note for note in table.notes)
        rows = table.to_frame().dropna(subset=["obtained"])
        assert len(rows) > 15
        assert (rows["obtained"] - rows["published"] - rows["difference"]).abs().max() < 1e-12


def test_every_table_says_that_it_is_synthetic_and_the_sample_is_told(heerlen):
    assert all(table.synthetic for table in heerlen.tables())
    assert "elk huishouden staat voor 20" in str(heerlen)
    (a2,) = [t for t in heerlen.tables() if t.key == "profile_table_2"]
    assert any(isinstance(c, NotApplicable) for c in a2.values["financial"])


def test_the_page_is_sound_html_and_says_which_figures_are_empty(heerlen, country, tmp_path):
    """Figures 1 to 12: one of recipients, five aspects and an index of gemeenten, four and an index of wijken."""
    everything = ProfileOptions(("80", "599"), rules=rules_file(tmp_path, 1), comparison="country")
    for profile, gemeenten in ((heerlen, 1), (profile_recipients(country, everything), 2)):
        page = profile_page(profile)
        document = html5lib.HTMLParser(strict=True).parse(page)
        assert len(document.findall(".//{http://www.w3.org/1999/xhtml}section")) == 13
        assert "http:" not in page.replace("http://www.w3.org/2000/svg", "")
        assert "SYNTHETISCH" in page
        assert page == profile_page(profile)
        drawn, empty = page.count("<svg"), page.count("Zonder figuur")
        assert drawn + empty == 5 + 1 + gemeenten * (1 + 4 + 1)
        assert drawn > 5


def test_a_tile_says_in_words_what_its_colour_says(tmp_path):
    rows = [
        {"buurt": 10_000 + 100 * wijk, "bijstand": i % 2 == 0, "income_below_poverty": i < 10 * wijk}
        for wijk in range(1, 6)
        for i in range(60)
    ]
    found = profile_recipients(population(columns_of(rows)), ProfileOptions(rules=rules_file(tmp_path, 1)))
    page = profile_page(found)
    for words in ("(a) Alle inwoners", "(b) Bijstandsontvangers", "(c) Overige inwoners", "WK000101: zeer laag"):
        assert words in page


def test_the_command_writes_a_run_that_verifies(tmp_path):
    folder = write_small_country(tmp_path / "land", seed=9, households=5000)
    done = verdeelmodel("profile", "--population", folder, "--gemeente", "80", "--out", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["synthetic"]
    assert set(told["tables"]) >= {"profile_table_1", "profile_table_2", "profile_table_3", "profile_table_a2"}
    assert verify(tmp_path / "run").ok
    tables = {t.key for t in read_run(tmp_path / "run").tables()}
    assert tables == set(told["tables"])
    assert "SYNTHETISCH" in (tmp_path / "run" / "profile.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--show", "table_4"), "table_3"),
        (("--labels", "figuur13"), "hoofdstuk4"),
        (("--definitions", "nergens.yaml"), "nergens.yaml"),
        (("--compare", "corop"), "province / country"),
    ],
)
def test_a_wrong_option_ends_with_a_message(arguments, part, tmp_path):
    done = verdeelmodel("profile", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert part in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_request_gives_the_same_bytes_whatever_the_order_of_sets(tmp_path):
    runs = [verdeelmodel("profile", "--json", "--quiet", PYTHONHASHSEED=seed).stdout for seed in ("1", "2")]
    assert runs[0] == runs[1]
    assert len(json.loads(runs[0])["tables"]) > 15


def test_everything_is_in_the_language_asked_for(heerlen):
    label = default_definitions().aspects[0].label
    set_language("en")
    try:
        assert str(label) == "Financial problems"
        titles = [table.title for table in heerlen.tables()]
        page = profile_page(heerlen)
    finally:
        set_language("nl")
    assert str(label) == "Financiële problemen"
    assert titles[0].startswith("Inhabitants on bijstand")
    assert 'lang="en"' in page
    assert "weggelaten" not in page


def test_findings_of_interviews_stand_beside_the_figures_as_questions(heerlen):
    (table,) = [t for t in heerlen.tables() if t.key == "profile_questions"]
    frame = table.to_frame()
    assert frame["subject"].str.split(":").str[0].value_counts().to_dict() == {
        "Aspect": 5,
        "Omgeving": 3,
        "Uitvoering": 6,
    }
    shares = next(t for t in heerlen.tables() if t.key == "profile_aspects").to_frame()
    assert frame["recipients"][:5].tolist() == shares["recipients"][:5].tolist()
    assert all(question.endswith((".", "?")) for question in frame["question"])
    known = {"profile", "explain", "kenmerken", "reintegration"}
    assert {words.split()[1] for words in frame["look"] if words != "-"} <= known


def test_the_page_of_questions_lays_every_finding_beside_the_figures_of_the_table(heerlen):
    page = unescape(questions_page(heerlen))
    (table,) = [t for t in heerlen.tables() if t.key == "profile_questions"]
    assert page.count("<h2") == len(table)
    shown = dict(zip([c.key for c in table.columns], zip(*table.formatted(), strict=True), strict=True))
    for key in ("subject", "finding", "question", "look"):
        assert all(value in page for value in shown[key] if value != "-")
    for recipients, everybody in zip(shown["recipients"], shown["all"], strict=True):
        assert "n.v.t." in recipients or (recipients in page and everybody in page)
    assert "SYNTHETISCH" in page
    assert 'href="profile.html"' in page
    assert 'href="questions.html"' in profile_page(heerlen)


def test_this_many_aspects_or_more_is_shown_only_when_every_number_is(country, tmp_path):
    options = ProfileOptions(("80",), rules=rules_file(tmp_path, 1), comparison="country")
    found = profile_recipients(country, options)
    (area,) = found.areas.chosen
    numbers = next(t for t in found.tables() if t.key == "profile_numbers").to_frame()[:6]
    assert at_least(found, area, "recipients", 3)[0] == pytest.approx(numbers["recipients"][3:].sum())
    strict = profile_recipients(country, ProfileOptions(("80",), comparison="country"))
    assert ("number:GM0080:5", "recipients") in strict.published.hidden
    assert isinstance(at_least(strict, strict.areas.chosen[0], "recipients", 3)[0], NotApplicable)
