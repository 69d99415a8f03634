"""What happens before the first training: data is fetched, code is tried in a process of its own."""

from pathlib import Path

import pytest

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import DatasetEntry
from gdbench.errors import ConfigError, DataError, RequestError
from gdbench.execution.preparation import prepare
from tests.configs import plan_of


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is fetched, instead of a download."""
    asked: list[str] = []

    def fetch(arguments, say) -> None:
        if arguments["subset"] == "letters":
            raise DataError("emnist: the cable is cut")
        asked.append(arguments["subset"])
        say("downloading")

    entry = DATASETS.entries["emnist"]
    assert isinstance(entry, DatasetEntry)
    entries = {**DATASETS.entries, "emnist": DatasetEntry(entry.function, facts=entry.facts, fetch=fetch)}
    monkeypatch.setattr(DATASETS, "entries", entries)
    return asked


def test_each_dataset_is_fetched_once(tmp_path: Path, fetched: list[str]):
    plan = plan_of(tmp_path, "dataset: emnist\ngrid: {dataset.subset: [digits, mnist], optimizer: [sgd, adam]}\n")
    said: list[str] = []
    prepare(plan.runs, plan.plugins, said.append)
    assert (fetched, said) == (["digits", "mnist"], ["downloading", "downloading"])


def test_a_dataset_of_runs_that_are_not_trained_is_not_fetched(tmp_path: Path, fetched: list[str]):
    prepare([], plan_of(tmp_path, "dataset: emnist\n").plugins, print)
    assert fetched == []


@pytest.mark.usefixtures("fetched")
def test_data_that_cannot_be_had_is_a_wrong_request(tmp_path: Path):
    with pytest.raises(RequestError, match="emnist: the cable is cut"):
        prepare(plan_of(tmp_path, "dataset: {name: emnist, subset: letters}\n").runs, (), print)


@pytest.mark.training
def test_code_that_ends_its_process_costs_no_more_than_that(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    (tmp_path / "own.py").write_text("import os\ndef loss(t, o):\n    print('hello')\n    os._exit(7)\n")
    plan = plan_of(tmp_path, "seeds: 1\ntraining:\n  loss: own:loss\n")
    with pytest.raises(ConfigError) as caught:
        prepare(plan.runs, plan.plugins, print)
    assert str(caught.value).endswith(
        "config.yaml:3: training.loss: own:loss: expected code that keeps its process running; got exit code 7"
    )
    assert capfd.readouterr() == ("", "")
