from pathlib import Path

import pytest

from gdbench.errors import RequestError
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import read_experiment, write_experiment
from tests.configs import mistake_of, mistakes_of, plan_of

MULTIVERSE = "multiverse: {architecture.hidden: [[64, 64], [128], [512, 512]], training.epochs: [5, 20], seeds: 2}\n"
CLAIM = "claims: [adam > sgd]\n"
TEXT = "seeds: 3\ngrid: {optimizer: [sgd, adam]}\n" + CLAIM + MULTIVERSE


def settings_of(plan, run_id: str):
    run = next(run for run in (*plan.runs, *plan.universe_runs) if run.id == run_id)
    return run.seed, run.optimizer["name"], run.architecture["hidden"], run.training["epochs"]


def test_a_universe_is_the_comparison_with_other_values(tmp_path: Path):
    plan = plan_of(tmp_path, TEXT)
    [comparison] = plan.experiment.comparisons
    assert comparison.multiverse
    labels = [universe.labels for universe in comparison.multiverse.universes]
    assert labels == [(hidden, epochs) for hidden in ("64, 64", "128", "512, 512") for epochs in ("5", "20")]
    second = comparison.in_universes[1]
    assert (second.claims, second.seeds, second.multiverse) == (comparison.claims, (0, 1), None)
    assert [point.labels for point in second.points] == [("sgd",), ("adam",)]
    assert settings_of(plan, second.points[1].runs[1]) == (1, "adam", [64, 64], 20)


def test_universes_are_trained_on_request_only_and_share_runs_with_the_comparison(tmp_path: Path):
    plan = plan_of(tmp_path, TEXT)
    [comparison] = plan.experiment.comparisons
    assert plan.runs == plan_of(tmp_path, TEXT.replace(MULTIVERSE, "")).runs
    assert plan.trained == (comparison,)
    wanted = {run for universe in comparison.in_universes for run in universe.run_ids}
    # The base protocol, 128 units and 5 epochs, is one of the six.
    assert (len(wanted), len(plan.universe_runs)) == (24, 20)
    whole = plan.with_universes()
    assert whole.trained == (comparison, *comparison.in_universes)
    assert [run.id for run in whole.runs] == [run.id for run in (*plan.runs, *plan.universe_runs)]
    assert wanted <= {run.id for run in whole.runs}


def test_what_a_grid_varies_is_left_out(tmp_path: Path):
    grids = ["training.epochs: [1, 2]", "architecture: [perceptron, mlp]", "training.steps: [10, 20]"]
    for grid, left, count in zip(
        grids, ["training.epochs", "architecture.hidden", "training.epochs"], [3, 2, 3], strict=True
    ):
        text = f"grid: {{{grid}}}\nclaims: [rising]\n{MULTIVERSE}"
        multiverse = plan_of(tmp_path, text).experiment.comparisons[0].multiverse
        assert multiverse
        assert (multiverse.left_out, len(multiverse.universes)) == ((left,), count)
    all_varied = f"grid: {{training.epochs: [1, 2], architecture: [perceptron, mlp]}}\nclaims: [rising]\n{MULTIVERSE}"
    multiverse = plan_of(tmp_path, all_varied).experiment.comparisons[0].multiverse
    assert multiverse
    assert (multiverse.left_out, multiverse.universes) == (("architecture.hidden", "training.epochs"), ())


FILE = """
seeds: 3
{multiverse}
comparisons:
  a: {{grid: {{optimizer: [sgd, adam]}}, claims: [adam > sgd]}}
  b: {{grid: {{optimizer: [sgd, adam]}}, claims: [adam > sgd], multiverse: {{training.batch_size: [32, 64]}}}}
  c: {{grid: {{optimizer: [sgd, adam]}}, claims: [adam > sgd], multiverse: off}}
  d: {{grid: {{optimizer: [sgd, adam]}}}}
"""


def test_that_of_a_file_is_for_all_that_is_published_in_it_and_a_comparison_has_its_own_or_none(tmp_path: Path):
    plan = plan_of(tmp_path, FILE.format(multiverse=MULTIVERSE))
    found = {each.name: each.multiverse for each in plan.experiment.comparisons}
    assert found["a"]
    assert found["b"]
    assert (len(found["a"].universes), len(found["b"].universes)) == (6, 2)
    # Without seeds of its own it has those of the comparison.
    assert (found["a"].seeds, found["b"].seeds) == ((0, 1), (0, 1, 2))
    assert (found["c"], found["d"]) == (None, None)


def test_linked_paths_labels_and_whole_components_are_those_of_a_grid(tmp_path: Path):
    text = 'multiverse: {"architecture, training.batch_size": {small: [perceptron, 32], large: [mlp, 128]}}\n'
    plan = plan_of(tmp_path, "grid: {optimizer: [sgd, adam]}\n" + CLAIM + text)
    [comparison] = plan.experiment.comparisons
    assert comparison.multiverse
    assert [universe.labels for universe in comparison.multiverse.universes] == [("small",), ("large",)]
    run = next(run for run in plan.universe_runs if run.id == comparison.in_universes[0].points[0].runs[0])
    assert (run.architecture["name"], run.training["batch_size"]) == ("perceptron", 32)


def test_seeds_from_the_command_line_are_those_of_universes_too(tmp_path: Path):
    [comparison] = plan_of(tmp_path, TEXT, seeds=1).experiment.comparisons
    assert [universe.seeds for universe in comparison.in_universes] == [(0,)] * 6


def test_times_are_taken_alone_in_universes_too(tmp_path: Path):
    block = "published: {source: x, metric: train_seconds, values: {sgd: 1, adam: 2}}\n"
    plan = plan_of(tmp_path, TEXT.replace(CLAIM, block))
    assert plan.exclusive_runs == {run.id for run in (*plan.runs, *plan.universe_runs)}


def test_a_quick_look_has_no_universes(tmp_path: Path):
    plan_of(tmp_path, TEXT)
    assert load_plan(tmp_path / "config.yaml", quick=True).experiment.comparisons[0].multiverse is None


@pytest.mark.parametrize(
    ("multiverse", "line"),
    [
        ("[1]", "expected a mapping from path to its plausible values, and seeds, or off; got [1]"),
        ("{seeds: 3}", "expected a mapping from path to its plausible values, and seeds, or off; got {seeds: 3}"),
        (
            "{trainig.epochs: [1]}",
            "trainig.epochs: expected a path that starts with one of dataset, architecture, optimizer, training, "
            "regularization; got 'trainig'; did you mean 'training'?",
        ),
        ("{training.epochs: 5}", "training.epochs: expected a list, a mapping from label to value, or a range "),
        ("{training.epochs: [5, 5.0]}", "training.epochs: expected distinct values; got 5.0 again"),
        ("{training.epochs: [0]}", "training.epochs: expected a whole number of at least 1; got 0"),
        ("{training.epochs: [1], seeds: 0}", "multiverse.seeds: expected "),
        (
            "{training.epochs: [1], seeds: {from: 3, until: separated, at_most: 5}}",
            "multiverse.seeds: expected a fixed number of seeds, or a list; got 'until: separated'",
        ),
        ("{architecture: [mlp, {name: mlp, hidden: [128]}]}", "expected values that train different runs"),
        (
            "{optimizer: [{name: sgd, learning_rate: {each: [0.1, 1]}}]}",
            "optimizer: expected a single value for each argument; got 'several of optimizer.learning_rate'; list its ",
        ),
    ],
)
def test_mistakes(tmp_path: Path, multiverse: str, line: str):
    lines = mistakes_of(tmp_path, "grid: {optimizer: [sgd, adam]}\nclaims: [adam > sgd]\nmultiverse: " + multiverse)
    assert lines[0].startswith("config.yaml:3: ")
    assert line in lines[0]


def test_without_anything_published_there_is_nothing_to_judge(tmp_path: Path):
    text = "grid: {optimizer: [sgd, adam]}\n" + MULTIVERSE
    expected = "multiverse: expected a published block or claims beside it, which it judges; got nothing"
    assert mistake_of(tmp_path, text) == f"config.yaml:2: {expected}"
    inside = "comparisons:\n  a:\n    multiverse: {training.epochs: [1, 2]}\n"
    assert mistake_of(tmp_path, inside) == f"config.yaml:3: {expected}"


def test_universes_are_written_and_read_back(tmp_path: Path):
    plan = plan_of(tmp_path, TEXT)
    write_experiment(tmp_path / "results", plan)
    assert read_experiment(tmp_path / "results") == plan.experiment
    path = tmp_path / "results" / "experiment.yaml"
    text = path.read_text(encoding="utf-8")
    head, universe, rest = text.partition("    universes:\n")
    assert universe
    path.write_text(head + universe + rest.replace("- sgd", "- other", 1), encoding="utf-8")
    with pytest.raises(RequestError, match="damaged"):
        read_experiment(tmp_path / "results")
