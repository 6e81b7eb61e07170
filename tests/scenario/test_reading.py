"""Scenario files: what is read, what is stacked, and what is refused, everything at once and before anything runs."""

import pytest

from tests.scenario.cases import country, scenario
from verdeelmodel.errors import DataError, RequestError, VerdeelmodelError
from verdeelmodel.law import model_years
from verdeelmodel.model.spec import published_model
from verdeelmodel.scenario.definition import Amount, Between, Condition, Scale
from verdeelmodel.scenario.reading import examined_scenario, read_scenario, with_values
from verdeelmodel.scenario.setting import examined_settings, settings_of


def test_a_file_is_read_as_differences(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "# Wat als?\nname: Proef\nbase: 2022\nmacrobudget: +2,5%\nrules: {threshold_high: 50_000}\n"
        "population: [{scale: {factor: 2, where: {gemeenten: [GM0014], kenmerken: {student: true}}}}]\nseed: 3\n"
    )
    found = read_scenario(path)
    assert (found.question, found.name, found.base_year, found.seed) == ("Wat als?", "Proef", 2022, 3)
    assert found.layer.macrobudget == Amount(0.025, relative=True)
    assert found.layer.rules.threshold_high == Amount(50_000.0)
    assert found.layer.population == (Scale(2.0, Condition((14,), (Between("student", 1.0, 1.0),))),)


def test_files_stack_and_single_values_are_set_on_top(tmp_path):
    (tmp_path / "a.yaml").write_text("base: 2022\nmodel: {drop: [student]}\nmacrobudget: 100\n")
    (tmp_path / "b.yaml").write_text("base: 2022\nmodel: {drop: [hci_low]}\nmacrobudget: 200\n")
    written = f"{tmp_path / 'a.yaml'} + {tmp_path / 'b.yaml'}"
    found = read_scenario(written, ["rules.threshold_high=50000", "seed=4"])
    assert found.layer.model.changes["drop"] == ["student", "hci_low"]
    assert found.layer.macrobudget == Amount(200.0)
    assert found.layer.rules.threshold_high == Amount(50_000.0)
    assert found.seed == 4
    assert with_values(found, {"macrobudget": 300}).layer.macrobudget == Amount(300.0)


def test_a_base_is_another_scenario(tmp_path):
    (tmp_path / "onder.yaml").write_text("name: Onder\nbase: 2022\nmacrobudget: 100\n")
    (tmp_path / "boven.yaml").write_text("name: Boven\nbase: onder.yaml\nmacrobudget: +10%\n")
    found = read_scenario(tmp_path / "boven.yaml")
    assert [layer.name for layer in found.below] == ["Onder"]
    base, end = settings_of(found, country())
    assert (base.macrobudget, end.macrobudget) == (100, 110)


def test_the_chain_of_model_years_gives_each_official_model(tmp_path):
    years = model_years()
    below = "2019"
    for year in years[1:]:
        (tmp_path / f"{year}.yaml").write_text(f"base: {below}\nmodel: {{year: {year}}}\nnorms: {{year: {year}}}\n")
        _, end = settings_of(read_scenario(tmp_path / f"{year}.yaml"), country())
        assert end.model.spec == published_model(year)
        assert end.norms.year == year
        below = f"{year}.yaml"


WRONG = {
    "an unknown key": ("base: 2022\nmacrobudgett: 1\n", ["macrobudgett", "macrobudget"]),
    "an unknown key inside": ("base: 2022\nrules: {treshold_high: 1}\n", ["treshold_high", "threshold_high"]),
    "a kenmerk that does not exist": ("base: 2022\nmodel: {add: [hci_lo]}\n", ["hci_lo", "hci_low"]),
    "a formula in a string": ("base: 2022\nmacrobudget: '=5000*1000'\n", ["=5000*1000", "+5%"]),
    "an expression as a number": ("base: 2022\nrules: {threshold_high: __import__('os')}\n", ["__import__"]),
    "a kenmerk in and out": ("base: 2022\nmodel: {add: [hci_low], drop: [hci_low]}\n", ["hci_low", "drop", "add"]),
    "year and file": ("base: 2022\nmodel: {year: 2024, file: a.yaml}\n", ["een van beide"]),
    "thresholds that cross": ("base: 2022\nrules: {threshold_low: 50000, threshold_high: 40000}\n", ["oplopende"]),
    "two mergers of one gemeente": (
        "base: 2022\ngemeenten: {merge: {GM9001: [GM0014], GM9002: [GM0014]}}\n",
        ["GM0014", "hooguit één"],
    ),
    "a code that is none": ("base: 2022\ngemeenten: {correct: {Groningen: {cost: 1}}}\n", ["Groningen", "GM0014"]),
    "a step that is none": ("base: 2022\npopulation: [{rakee: {}}]\n", ["rake", "scale"]),
    "a share above one": ("base: 2022\npopulation: [{rake: {kenmerk: student, share: 1.2}}]\n", ["1.2"]),
    "a value outside the codebook": (
        "base: 2022\npopulation: [{assign: {column: housing, value: corporati}}]\n",
        ["corporati", "corporatie"],
    ),
    "moving to where one is": (
        "base: 2022\npopulation: [{move: {share: 0.1, to: GM0014, where: {gemeenten: [GM0014]}}}]\n",
        ["andere gemeente"],
    ),
    "no base": ("macrobudget: 1\n", ["base: 2022"]),
    "a base that is no year": ("base: 2021\n", ["2021", "2022"]),
    "a range that is none": ("base: 2022\nranges: {macrobudget: [2, 1]}\n", ["[2, 1]"]),
    "a range of what does not exist": ("base: 2022\nranges: {rules.treshold: [1, 2]}\n", ["treshold"]),
    "a newer version": ("base: 2022\nrequires: '>=99.0'\n", ["99.0"]),
    "a model year without weights": ("base: 2022\nmodel: {year: 2023}\n", ["2023"]),
    "a norm that does not exist": ("base: 2022\nnorms: {kinds: {alleenstaand: 1}}\n", ["alleenstaand"]),
    "a condition that nothing can meet": (
        "base: 2022\npopulation: [{scale: {factor: 2, where: {kenmerken: {rent: {min: 5, max: 1}}}}}]\n",
        ["5 > 1"],
    ),
    "a yes or no with a number": (
        "base: 2022\npopulation: [{scale: {factor: 2, where: {kenmerken: {student: 7}}}}]\n",
        ["7", "true of false"],
    ),
    "a word that is not in the codebook": (
        "base: 2022\npopulation: [{scale: {factor: 2, where: {kenmerken: {housing: corporati}}}}]\n",
        ["corporati", "corporatie"],
    ),
    "a test without a value": (
        "base: 2022\npopulation: [{scale: {factor: 2, where: {kenmerken: {rent: }}}}]\n",
        ["kenmerken.rent", "een getal"],
    ),
    "more than everything less": ("base: 2022\nmacrobudget: -120%\n", ["-120%", "hoogstens 100%"]),
    "less than nothing": ("base: 2022\nmacrobudget: 0\n", ["een getal van 1 of meer"]),
    "a merger of nothing": ("base: 2022\ngemeenten: {merge: {GM9001: []}}\n", ["GM9001"]),
    "a range of what is no input": ("base: 2022\nranges: {base: [2022, 2024]}\n", ["'base'"]),
    "a file that is not there": ("base: 2022\npopulation: [{replace: {column: oad, file: geen.csv}}]\n", ["geen.csv"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_refused_with_what_was_meant(case):
    source, words = WRONG[case]
    with pytest.raises(VerdeelmodelError) as caught:
        scenario(source)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_everything_that_is_wrong_is_reported_together():
    source = "base: 2022\nmacrobudgett: 1\nmodel: {add: [hci_lo], year: 2023}\nnorms: {every: 5}\nseed: -1\n"
    with pytest.raises(DataError) as caught:
        scenario(source)
    assert len(caught.value.problems) == 5


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("base: 2022\ngemeenten: {merge: {GM9001: [GM0014, GM0015]}}\n", "GM0015"),
        ("base: 2022\npopulation: [{scale: {factor: 2, where: {gemeenten: [GM0344, GM0345]}}}]\n", "GM0345"),
        ("base: 2022\nyears: [2020, 2031]\n", "2031"),
        ("base: 2022\nrules: {pools: {lks: 5}}\n", "lks"),
        ("base: 2022\nmodel: {drop: [hci_loww]}\n", "hci_loww"),
        ("base: 2022\nrules: {vangnet: {verlaagd: {deficit: 0.01}}}\n", "verlaagd"),
        ("base: 2022\nmodel: {add: [regional_customer_potential]}\n", "refit"),
        ("base: 2022\nmodel: {set: {student: .inf}}\n", "inf"),
        ("base: 2022\nmodel: {set: {student: .nan}}\n", "nan"),
        ("base: 2022\nmodel: {add: [{kenmerk: long_term_bijstand, weight: .nan}]}\n", "nan"),
        ("base: 2022\nmacrobudget: -100%\n", "macrobudget"),
        ("base: 2022\nyears: [2018]\n", "base: kolom permit_holders"),
        ("base: 2022\nrules: {year: 2018}\n", r"rules\.pools: kolom permit_holders"),
        ("base: 2022\nmodel: {refit: true, set: {student: 1}}\n", "een van beide"),
        ("base: herschat_2022\nmodel: {price: {set: {student: 1}}}\n", "een van beide"),
        ("base: 2022\npopulation: [{rake: {kenmerk: student, share: +2000%}}]\n", "te bereiken"),
        ("base: 2022\npopulation: [{scale: {factor: 2, where: {kenmerken: {rent: {min: 99999}}}}}]\n", "geen enkel"),
        ("base: 2022\nmodel: {add: [long_term_bijstand], measured: {long_term_bijstand: 2011}}\n", "2011"),
    ],
)
def test_what_does_not_fit_the_population_or_the_rules_is_refused_before_anything_runs(source, word):
    with pytest.raises(RequestError, match=word):
        settings_of(scenario(source), country())


def test_files_and_population_are_judged_together(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "base: 2022\nmacrobudgett: 1\nyears: [2031]\ngemeenten: {merge: {GM9001: [GM0014, GM0015]}}\n"
        "population: [{rakee: 1}, {scale: {factor: 2, where: {gemeenten: [GM0345]}}}, "
        "{rake: {kenmerk: student, share: +2000%}}]\n"
    )
    found, problems = examined_scenario(str(tmp_path / "a.yaml"))
    problems += examined_settings(found, country())[2]
    places = [problem.where for problem in problems]
    assert places[:3] == ["a.yaml", "a.yaml: population[1]", "a.yaml: years"]
    assert places[3:5] == ["a.yaml: population[2].scale", "a.yaml: gemeenten.merge"]
    assert {place.partition(",")[0] for place in places[5:]} == {"a.yaml: population[3].rake"}


def test_a_base_that_cannot_be_is_reported_with_what_else_is_wrong(tmp_path):
    (tmp_path / "a.yaml").write_text("base: b.yaml\nmacrobudgett: 1\n")
    (tmp_path / "b.yaml").write_text("base: a.yaml\nseed: -1\n")
    with pytest.raises(DataError) as refused:
        read_scenario(tmp_path / "a.yaml")
    found = str(refused.value)
    assert all(word in found for word in ("a.yaml -> b.yaml -> a.yaml", "macrobudgett", "seed"))


def test_a_word_of_the_codebook_chooses_households():
    found = scenario("base: 2022\npopulation: [{scale: {factor: 2, where: {kenmerken: {housing: corporatie}}}}]\n")
    assert found.layer.population[0].where.tests == (Between("housing", 1, 1),)


def test_a_model_without_a_published_constant_meets_the_population_and_lends_that_to_no_other():
    base, end = settings_of(scenario("base: 2019\nmodel: {year: 2022}\n"), country())
    assert (base.model.rate, end.model.rate) == ("actual", None)


def test_a_pool_without_a_column_can_be_emptied_as_the_message_says(tmp_path):
    for source in ("base: 2022\nrules: {year: 2018, pools: {permit_holders: 0}}\n", "base: onder.yaml\n"):
        (tmp_path / "onder.yaml").write_text("base: 2022\nyears: [2018]\nrules: {pools: {permit_holders: 0}}\n")
        (tmp_path / "boven.yaml").write_text(source)
        settings_of(read_scenario(tmp_path / "boven.yaml"), country())


def test_a_circular_base_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("base: b.yaml\n")
    (tmp_path / "b.yaml").write_text("base: a.yaml\n")
    with pytest.raises(DataError, match=r"a\.yaml -> b\.yaml -> a\.yaml"):
        read_scenario(tmp_path / "a.yaml")


def test_bases_that_differ_do_not_stack(tmp_path):
    (tmp_path / "a.yaml").write_text("base: 2022\n")
    (tmp_path / "b.yaml").write_text("base: 2024\n")
    with pytest.raises(DataError, match="2022, 2024"):
        read_scenario(f"{tmp_path / 'a.yaml'} + {tmp_path / 'b.yaml'}")


def test_a_name_that_is_not_shipped_gets_the_closest_one():
    with pytest.raises(DataError, match="macrobudget_plus_5"):
        read_scenario("macrobudget_plus_6")


@pytest.mark.parametrize("assignment", ["macrobudget", "=5", "name.x.y=3", "population.2=1"])
def test_an_assignment_that_leads_nowhere_is_refused(tmp_path, assignment):
    (tmp_path / "a.yaml").write_text("name: A\nbase: 2022\npopulation: [{scale: {factor: 2}}]\n")
    with pytest.raises(VerdeelmodelError):
        read_scenario(tmp_path / "a.yaml", [assignment])
