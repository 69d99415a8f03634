from pathlib import Path

import pytest

from tests.configs import comparison_of, mistake_of, plan_of


@pytest.mark.parametrize(("seeds", "expected"), [("3", (0, 1, 2)), ("[7, 3]", (7, 3)), ("[0]", (0,)), ("1", (0,))])
def test_seeds_are_a_number_or_a_list(tmp_path: Path, seeds: str, expected: tuple[int, ...]):
    plan = plan_of(tmp_path, f"seeds: {seeds}")
    assert plan.experiment.comparisons[0].seeds == expected
    assert tuple(run.seed for run in plan.runs) == expected


@pytest.mark.parametrize(
    ("seeds", "complaint"),
    [
        (
            "0",
            "seeds: expected a whole number of at least 1 or a mapping of from, until, at_most or a list, "
            "each item a whole number of at least 0; got 0",
        ),
        (
            "[0, -1]",
            "seeds[1]: expected a whole number of at least 0; got -1",
        ),
        ("[1, 1.0]", "seeds: expected one or more distinct seeds; got [1, 1]"),
        ("[]", "seeds: expected one or more distinct seeds; got []"),
    ],
)
def test_what_seeds_are_not(tmp_path: Path, seeds: str, complaint: str):
    assert mistake_of(tmp_path, f"seeds: {seeds}") == f"config.yaml:1: {complaint}"


def test_a_file_is_named_by_its_stem_or_by_name(tmp_path: Path):
    assert plan_of(tmp_path, "").experiment.name == "config"
    named = plan_of(tmp_path, "name: figure-1").experiment
    assert (named.name, named.title, named.comparisons[0].name) == ("figure-1", "figure-1", "figure-1")


def test_a_target_is_no_setting_of_the_run(tmp_path: Path):
    with_target = "target: 97 %"
    assert comparison_of(tmp_path, with_target).target == 0.97
    assert plan_of(tmp_path, with_target).runs == plan_of(tmp_path, "").runs


def test_there_is_an_end_to_seeds(tmp_path: Path):
    assert (
        mistake_of(tmp_path, "seeds: 1000000000")
        == "config.yaml:1: seeds: expected at most 100,000 seeds; got 1000000000"
    )


@pytest.mark.parametrize("letters", [200, 201])
def test_a_name_is_short_enough_to_name_a_file(tmp_path: Path, letters: int):
    name = "a" * letters
    if letters <= 200:
        assert plan_of(tmp_path, f"name: {name}").experiment.name == name
    else:
        complaint = mistake_of(tmp_path, f"name: {name}")
        assert complaint.startswith(
            "config.yaml:1: name: expected a name of at most 200 characters, since it names a file; got "
        )


def test_no_comparison_has_the_name_of_the_file_of_all(tmp_path: Path):
    rule = "expected another name, since the performance profile of all comparisons has this one"
    complaint = mistake_of(tmp_path, "comparisons: {performance-profile: {}}")
    assert complaint == f"config.yaml:1: comparisons.performance-profile: {rule}; got 'performance-profile'"


def test_no_comparison_has_the_name_of_a_file_of_another(tmp_path: Path):
    text = "comparisons: {rates: {}, rates-history: {}, other-history: {}}"
    assert mistake_of(tmp_path, text) == (
        "config.yaml:1: comparisons.rates-history: expected a name that is not that of a file of the comparison rates; "
        "got 'rates-history'"
    )
