from pathlib import Path

import pytest

from gdbench.errors import RequestError
from gdbench.experiment.experiment import Experiment
from gdbench.experiment.sequential_seeds import looks_of
from gdbench.experiment.stored_experiment import read_experiment, write_experiment
from tests.configs import comparison_of, mistake_of, mistakes_of, plan_of

GRID = "grid: {optimizer: [sgd, adam]}\n"
DECLARED = f"seeds: {{from: 5, until: separated, at_most: 20}}\n{GRID}"


@pytest.mark.parametrize(
    ("first", "at_most", "looks"),
    [(5, 20, (5, 10, 20)), (5, 21, (5, 10, 20, 21)), (3, 4, (3, 4)), (10, 30, (10, 20, 30)), (5, 10, (5, 10))],
)
def test_seeds_double_from_look_to_look_until_there_are_as_many_as_allowed(first: int, at_most: int, looks):
    assert looks_of(first, at_most) == looks


def test_a_comparison_plans_the_runs_of_all_its_looks(tmp_path: Path):
    plan = plan_of(tmp_path, DECLARED)
    [comparison] = plan.experiment.comparisons
    assert (comparison.looks, comparison.seeds) == ((5, 10, 20), tuple(range(20)))
    assert len(plan.runs) == 40
    first = comparison.with_first(5)
    assert first.seeds == (0, 1, 2, 3, 4)
    assert [point.runs for point in first.points] == [point.runs[:5] for point in comparison.points]


def test_its_runs_are_those_of_the_same_number_of_seeds(tmp_path: Path):
    assert plan_of(tmp_path, DECLARED).runs == plan_of(tmp_path, f"seeds: 20\n{GRID}").runs


def test_a_number_of_seeds_on_the_command_line_takes_their_place(tmp_path: Path):
    comparison = plan_of(tmp_path, DECLARED, seeds=4).experiment.comparisons[0]
    assert (comparison.looks, comparison.seeds) == ((), (0, 1, 2, 3))


def test_each_comparison_may_have_its_own(tmp_path: Path):
    text = """\
seeds: {from: 5, until: separated, at_most: 20}
comparisons:
  as_the_file: {grid: {optimizer: [sgd, adam]}}
  longer: {seeds: {at_most: 40}, grid: {optimizer: [sgd, adam]}}
  fixed: {seeds: 3, grid: {optimizer: [sgd, adam]}}
"""
    looks = {each.name: (each.looks, len(each.seeds)) for each in plan_of(tmp_path, text).experiment.comparisons}
    assert looks == {"as_the_file": ((5, 10, 20), 20), "longer": ((5, 10, 20, 40), 40), "fixed": ((), 3)}


@pytest.mark.parametrize(
    ("seeds", "complaint"),
    [
        ("{from: 2, until: separated, at_most: 20}", "from: expected a whole number of at least 3; got 2"),
        ("{from: 5.5, until: separated, at_most: 20}", "from: expected a whole number of at least 3; got 5.5"),
        ("{from: five, until: separated, at_most: 20}", "from: expected a whole number of at least 3; got 'five'"),
        ("{until: separated, at_most: 20}", "from: expected a whole number of at least 3; got nothing"),
        ("{from: 5, at_most: 20}", "until: expected 'separated'; got nothing"),
        ("{from: 5, until: separated}", "at_most: expected a whole number of at least 3; got nothing"),
        (
            "{from: 5, until: seperated, at_most: 20}",
            "until: expected 'separated'; got 'seperated'; did you mean 'separated'?",
        ),
        (
            "{from: 5, until: separated, at_most: 5}",
            "at_most: expected more seeds than the 5 of the first look; got 5",
        ),
        ("{from: 5, until: separated, at_most: 100001}", "at_most: expected at most 100,000 seeds; got 100001"),
        (
            "{from: 5, until: separated, at_most: 20, atmost: 3}",
            "atmost: expected a key of seeds; got unknown key 'atmost'; did you mean 'at_most'?",
        ),
    ],
)
def test_what_they_are_not(tmp_path: Path, seeds: str, complaint: str):
    assert mistake_of(tmp_path, f"seeds: {seeds}\n{GRID}") == f"config.yaml:1: seeds.{complaint}"


@pytest.mark.parametrize(
    "more", ["claims: [adam > sgd]", "published: {source: Table 1, tolerance: 1 %, values: {sgd: 90 %, adam: 97 %}}"]
)
def test_verdicts_are_not_given_at_a_moment_that_favors_a_row(tmp_path: Path, more: str):
    key = more.partition(":")[0]
    assert mistake_of(tmp_path, f"{DECLARED}{more}\n") == (
        f"config.yaml:3: {key}: expected a fixed number of seeds beside it, such as seeds: 10; got 'until: separated'"
    )
    assert plan_of(tmp_path, f"{DECLARED}{more}\n", seeds=5).experiment.comparisons[0].is_published


def test_there_must_be_rows_to_separate_and_not_too_many(tmp_path: Path):
    seeds = "seeds: {from: 5, until: separated, at_most: 10}\n"
    text = "config.yaml:1: seeds: expected 2 to 100 points to tell apart beside until: separated; got "
    assert mistake_of(tmp_path, seeds) == f"{text}1"
    many = f"{seeds}grid: {{training.epochs: {{from: 1, to: 101, step: 1}}}}"
    assert mistake_of(tmp_path, many) == f"{text}101"
    # A grid with a mistake of its own has no points to count.
    assert len(mistakes_of(tmp_path, f"{seeds}grid: {{optimizer: [sgd, adamm]}}")) == 1


def stored(folder: Path) -> Experiment:
    write_experiment(folder, plan_of(folder, DECLARED))
    return read_experiment(folder)


def test_the_looks_are_kept_beside_the_ledger(tmp_path: Path):
    assert stored(tmp_path).comparisons == (comparison_of(tmp_path, DECLARED),)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- 5\n  - 10\n  - 20", "- 10\n  - 5\n  - 20"),
        ("- 5\n  - 10\n  - 20", "- 2\n  - 20"),
        ("- 5\n  - 10\n  - 20", "- 5\n  - 10"),
    ],
)
def test_looks_that_do_not_fit_their_runs_are_damage(tmp_path: Path, old: str, new: str):
    stored(tmp_path)
    path = tmp_path / "experiment.yaml"
    text = path.read_text(encoding="utf-8")
    assert f"looks:\n  {old}" in text
    path.write_text(text.replace(f"looks:\n  {old}", f"looks:\n  {new}"), encoding="utf-8")
    with pytest.raises(RequestError, match=r"experiment\.yaml: damaged"):
        read_experiment(tmp_path)
