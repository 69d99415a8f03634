"""Files that extend one another: what is taken, what it is relative to, and whose mistakes are whose."""

import itertools
from pathlib import Path

import pytest

from gdbench.errors import ConfigError
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import read_experiment, write_experiment
from tests.catalog.datasets.files import npz_file
from tests.configs import mistake_of, mistakes_of, plan_of, rows_of, values_of

BASE = """\
title: A base
name: base-name
dataset: {validation: 5000}
optimizer: {name: sgd, momentum: 0.5, clipnorm: 1.0}
training: {steps: 100, batch_size: 64}
seeds: 4
timing: exclusive
target: 97 %
grid: {training.batch_size: [32, 64]}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base beside the configuration."""
    path = tmp_path / "base.yaml"
    path.write_text(BASE)
    return path


@pytest.mark.usefixtures("base")
def test_sections_seeds_and_timing_are_taken_and_nothing_else(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "extends: base.yaml\n")
    [comparison] = plan.experiment.comparisons
    assert (plan.experiment.name, plan.experiment.title, comparison.title) == ("config", "config", "config")
    assert (comparison.axes, comparison.target, comparison.seeds) == ((), None, (0, 1, 2, 3))
    assert len(plan.exclusive_runs) == len(plan.runs) == 4
    run = plan.runs[0]
    assert (run.dataset["validation"], run.optimizer["momentum"], run.training["steps"]) == (5000, 0.5, 100)


@pytest.mark.usefixtures("base")
def test_the_file_is_laid_over_its_base_by_the_rules_of_sections(tmp_path: Path) -> None:
    text = "extends: base.yaml\noptimizer: adam\ntraining: {epochs: 2}\nseeds: 1\ntiming: shared\n"
    plan = plan_of(tmp_path, text)
    [run] = plan.runs
    # A new component keeps the options of its family, but no argument of the old one.
    assert (run.optimizer["name"], run.optimizer["clipnorm"], "momentum" in run.optimizer) == ("adam", 1.0, False)
    assert (run.training["epochs"], run.training["steps"], run.training["batch_size"]) == (2, None, 64)
    assert plan.exclusive_runs == frozenset()
    changed = values_of(tmp_path, "extends: base.yaml\noptimizer: {momentum: 0.9}\n", "optimizer.momentum")
    assert changed == [0.9]


@pytest.mark.usefixtures("base")
def test_comparisons_and_grids_are_over_the_base(tmp_path: Path) -> None:
    text = "extends: base.yaml\ngrid: {optimizer.momentum: [0.0, 0.9]}\n"
    assert rows_of(tmp_path, text) == ["0.0", "0.9"]
    text = "extends: base.yaml\ncomparisons:\n  a: {}\n  b: {seeds: 2, optimizer: {momentum: 0.1}}\n"
    plan = plan_of(tmp_path, text)
    assert [len(comparison.seeds) for comparison in plan.experiment.comparisons] == [4, 2]
    assert plan.resolved["b"]["optimizer"]["momentum"] == 0.1


@pytest.mark.usefixtures("base")
def test_an_override_counts_above_file_and_base(tmp_path: Path) -> None:
    text = "extends: base.yaml\noptimizer: {momentum: 0.9}\n"
    assert values_of(tmp_path, text, "optimizer.momentum", "optimizer.momentum=0.2") == [0.2]


@pytest.mark.usefixtures("base")
def test_a_run_is_the_same_however_its_settings_came_together(tmp_path: Path) -> None:
    extended = plan_of(tmp_path, "extends: base.yaml\n")
    sections = "\n".join(
        line for line in BASE.splitlines() if line.split(":")[0] in ("dataset", "optimizer", "training")
    )
    assert extended.runs == plan_of(tmp_path, f"{sections}\nseeds: 4\n").runs


def test_a_base_may_extend_another_and_the_nearest_counts(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "lowest.yaml").write_text("seeds: 2\ntraining: {epochs: 9, batch_size: 16}\n")
    (tmp_path / "middle.yaml").write_text("extends: deep/lowest.yaml\ntraining: {epochs: 7}\n")
    plan = plan_of(tmp_path, "extends: middle.yaml\n")
    assert (len(plan.runs), plan.runs[0].training["epochs"], plan.runs[0].training["batch_size"]) == (2, 7, 16)


@pytest.mark.parametrize("names", [["config.yaml"], ["a.yaml", "config.yaml"], ["a.yaml", "b.yaml", "a.yaml"]])
def test_a_circle_is_refused_where_it_closes(tmp_path: Path, names: list[str]) -> None:
    for name, following in itertools.pairwise(names):
        (tmp_path / name).write_text(f"\nextends: {following}\n")
    line = mistake_of(tmp_path, f"extends: {names[0]}\n")
    where = "config.yaml:1" if len(names) == 1 else f"{names[-2]}:2"
    expected = f"a file that does not itself extend this one ({' -> '.join(['config.yaml', *names])})"
    assert line == f"{where}: extends: expected {expected}; got '{names[-1]}'"


def test_a_circle_through_a_link_is_one(tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to(tmp_path / "config.yaml")
    assert "does not itself extend this one" in mistake_of(tmp_path, "extends: link.yaml\n")


def test_a_long_chain_is_refused(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.yaml").write_text(f"extends: {number + 1}.yaml\n")
    assert "expected a chain of at most 20 files" in mistake_of(tmp_path, "extends: 0.yaml\n")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("missing.yaml", "missing.yaml: cannot be read: No such file or directory"),
        (".", ": cannot be read: a folder, device or pipe in place of a file"),
        ("/dev/zero", "/dev/zero: cannot be read: a folder, device or pipe in place of a file"),
        ("[a.yaml, b.yaml]", "expected the path of one configuration, relative to this one; got ['a.yaml', 'b.yaml']"),
        ("3", "expected the path of one configuration, relative to this one; got 3"),
        ('""', "expected the path of one configuration, relative to this one; got ''"),
        ('"a\\0b"', "expected the path of one configuration"),
        ("~nobody-of-this-name/x.yaml", "expected the path of one configuration"),
    ],
)
def test_what_is_no_base_is_one_line_at_its_key(tmp_path: Path, value: str, reason: str) -> None:
    line = mistake_of(tmp_path, f"title: x\nextends: {value}\n")
    assert line.startswith("config.yaml:2: extends: ")
    assert reason in line


def test_mistakes_name_the_file_that_they_stand_in(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("seeds: 2\noptimizer: adem\ntraining: {epochs: 0}\noptimiser: sgd\n")
    lines = mistakes_of(tmp_path, "extends: base.yaml\noptimizer: sgd\ntraining: {batch_size: 0}\n")
    places = [line.split(": ")[0] for line in lines]
    assert places == ["base.yaml:2", "base.yaml:3", "base.yaml:4", "config.yaml:3"]
    assert "did you mean 'adam'?" in lines[0]


def test_a_base_that_is_no_yaml_or_no_mapping_is_named(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("a: [\n")
    assert mistake_of(tmp_path, "extends: base.yaml\n").startswith("base.yaml:2: not YAML: ")
    (tmp_path / "base.yaml").write_text("- sgd\n")
    assert mistake_of(tmp_path, "extends: base.yaml\n").startswith("base.yaml:1: expected a mapping with keys such as")


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "bases").mkdir()
    npz_file(tmp_path / "bases" / "digits.npz")
    (tmp_path / "bases" / "base.yaml").write_text("dataset: {name: npz, path: digits.npz}\ntraining: {batch_size: 4}\n")
    [run] = plan_of(tmp_path, "extends: bases/base.yaml\nseeds: 1\n").runs
    assert run.dataset["path"] == str(tmp_path / "bases" / "digits.npz")
    # One named by the file itself is relative to the file.
    with pytest.raises(ConfigError, match=r"config\.yaml:2: dataset.*digits\.npz"):
        plan_of(tmp_path, "extends: bases/base.yaml\ndataset: {path: digits.npz}\n")


def test_code_is_looked_for_beside_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "bases").mkdir()
    (tmp_path / "bases" / "mine.py").write_text(
        "class Mine:\n    def __init__(self, learning_rate=0.1):\n        pass\n"
    )
    (tmp_path / "bases" / "base.yaml").write_text("optimizer: mine:Mine\n")
    [plugin] = plan_of(tmp_path, "extends: bases/base.yaml\nseeds: 1\n").plugins
    assert plugin.component["code"]["file"] == str(tmp_path / "bases" / "mine.py")
    assert str(plugin.place) == f"{tmp_path / 'bases' / 'base.yaml'}:1"


def test_a_results_folder_needs_no_base(tmp_path: Path, base: Path) -> None:
    plan = plan_of(tmp_path, "extends: base.yaml\n")
    write_experiment(tmp_path / "results", plan)
    base.unlink()
    assert read_experiment(tmp_path / "results") == plan.experiment


@pytest.mark.usefixtures("base")
def test_a_comparison_extends_nothing_and_a_misspelled_key_is_recognized(tmp_path: Path) -> None:
    line = mistake_of(tmp_path, "comparisons: {a: {extends: base.yaml}}\n")
    assert "got unknown key 'extends'" in line
    assert "did you mean 'extends'?" in mistake_of(tmp_path, "extend: base.yaml\n")


def test_a_file_extends_one_beside_it_wherever_the_command_runs(tmp_path: Path, base: Path) -> None:
    (tmp_path / "own.yaml").write_text(f"extends: {base.name}\n")
    assert len(load_plan(tmp_path / "own.yaml").runs) == 4
