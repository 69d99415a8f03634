from pathlib import Path

import numpy as np
import pytest

from gdbench.errors import ConfigError
from gdbench.experiment.plan import load_plan, plan_settings
from gdbench.experiment.shipped_configurations import folder, published
from gdbench.experiment.yaml.document import read
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.experiment.yaml.python_values import node_of

CONFIGS = sorted(folder().glob("*.yaml")) + published()


def mistakes_of(settings: object, **overrides: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        plan_settings(settings, overrides)
    return list(caught.value.mistakes)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_dictionary_means_what_its_file_means(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(path.parent)
    settings = read(path, Mistakes()).data()
    assert isinstance(settings, dict)
    plan, same = load_plan(Path(path.name)), plan_settings({"name": path.stem, **settings})
    assert same.runs == plan.runs
    assert same.experiment.name == plan.experiment.name
    assert [each.run_ids for each in same.experiment.comparisons] == [
        each.run_ids for each in plan.experiment.comparisons
    ]


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ((1, 2.5, "a", None, True), [1, 2.5, "a", None, True]),
        (range(2), [0, 1]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (Path("a/b"), "a/b"),
        ({1: "x", 0.1: "y", "z": {}}, {"1": "x", "0.1": "y", "z": {}}),
        # Words that a file would read as numbers or booleans stay words.
        (["1e-3", "true"], ["1e-3", "true"]),
        (2**200, float(2**200)),
        pytest.param(10**5000, float("inf"), id="more digits than Python writes"),
    ],
)
def test_values_of_python(value: object, data: object):
    mistakes = Mistakes()
    assert node_of(value, mistakes).data() == data
    assert not mistakes


def test_mistakes_have_paths_and_no_lines():
    settings = {"name": "x", "trainig": {}, "optimizer": "sdg", "training": {"batch_size": "3", "steps": {1, 2}}}
    unknown, optimizer, size, steps = mistakes_of(settings)
    assert unknown == "trainig: expected a key of a configuration; got unknown key 'trainig'; did you mean 'training'?"
    assert optimizer.startswith("optimizer: expected the name of an optimizer: ")
    assert optimizer.endswith("; got 'sdg'; did you mean 'sgd'?")
    assert (
        size == "training.batch_size: expected a whole number of at least 1 or 'full'; got '3'; write 3 without quotes"
    )
    values = "a mapping, a list, a word, a number, true, false or nothing"
    assert steps == f"training.steps: expected {values}; got 'a value of type set'"


def test_settings_need_a_name():
    assert mistakes_of({"seeds": 1}) == ["name: expected a name, which the results folder takes; got nothing"]
    assert mistakes_of({"name": ""})[0].startswith("name: expected a name of letters")


def test_what_is_no_mapping_is_refused():
    assert "expected a mapping with keys such as optimizer and grid; got [1]" in mistakes_of([1])


def test_two_keys_that_a_file_writes_alike_are_one():
    assert mistakes_of({"name": "x", "grid": {"optimizer": {1: "sgd", "1": "adam"}}}) == [
        "grid.optimizer.1: expected distinct keys; got '1' again"
    ]
    assert mistakes_of({"name": "x", None: 1}) == ["expected a word or a number as a key; got 'NoneType'"]


def test_a_value_that_holds_itself_ends():
    settings: dict[str, object] = {"name": "x"}
    settings["grid"] = settings
    assert mistakes_of(settings) == ["values are nested too deeply"]


def test_text_without_characters_is_refused():
    assert mistakes_of({"name": "x", "title": "\udc80"}) == [
        r"title: expected text without lone surrogates; got '\udc80'"
    ]


def test_settings_are_changed_by_path():
    plan = plan_settings({"name": "x", "seeds": 1}, {"training.epochs": 2, "architecture.hidden": (8, 8)})
    assert plan.runs[0].training["epochs"] == 2
    assert plan.runs[0].architecture["hidden"] == [8, 8]
    assert mistakes_of({"name": "x"}, **{"training.epochs": "two", "train.epochs": 2}) == [
        "set train.epochs: train.epochs: expected a path that starts with one of dataset, architecture, optimizer, "
        "training, regularization; got 'train'; did you mean 'training'?",
        "set training.epochs: training.epochs: expected a whole number of at least 1; got 'two'",
    ]
    grid = {"name": "x", "grid": {"training.epochs": [1, 2]}}
    assert mistakes_of(grid, **{"training.epochs": 3})[0].startswith(
        "set training.epochs: training.epochs: expected a path that no grid varies"
    )
