"""What the argument of a command stands for: a file, a results folder, or the name of either."""

import json
import re
from pathlib import Path

import pytest

from gdbench.cli.options import several
from gdbench.cli.results_folder import folder_with_results, planned, results_folder
from gdbench.errors import RequestError
from gdbench.experiment.plan import load_plan
from gdbench.experiment.shipped_configurations import folder as configs
from gdbench.experiment.stored_experiment import sweep_command, write_experiment
from gdbench.ledger import Ledger
from gdbench.records import Record
from tests.builders import ENVIRONMENT
from tests.execution import fakes

RESULTS = Path("results")
MINE = "seeds: 1\ngrid: {optimizer: [sgd, adam]}\n"


@pytest.fixture(autouse=True)
def _a_folder_with_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`mine.yaml` and `deep/quickstart.yaml`, which has the name of a configuration that comes along, were trained."""
    monkeypatch.chdir(tmp_path)
    Path("deep").mkdir()
    for path in ("mine.yaml", "deep/quickstart.yaml"):
        Path(path).write_text(MINE)
        trained(Path(path), RESULTS)


def trained(config: Path, results: Path) -> Path:
    plan = load_plan(config)
    folder = results / plan.experiment.name
    write_experiment(folder, plan)
    with Ledger(folder) as ledger:
        for run in plan.runs:
            ledger.append(Record(run, fakes.sound(run), "2026-01-02T03:04:05Z", ENVIRONMENT))
    return folder


def meant(source: str) -> tuple[Path | None, Path]:
    """The configuration and the folder that a source stands for where a plan is asked for."""
    plan, folder = planned(Path(source), RESULTS)
    return plan.path, folder


@pytest.mark.parametrize("source", ["mine", "mine.yaml", "results/mine", "results/mine/"])
def test_a_name_a_file_and_a_folder_mean_the_same(source: str):
    assert results_folder(Path(source), RESULTS) == RESULTS / "mine"
    assert meant(source) == (Path("mine.yaml"), RESULTS / "mine")


def test_a_path_comes_before_a_name():
    Path("mine").mkdir()
    assert results_folder(Path("mine"), RESULTS) == Path("mine")
    with pytest.raises(RequestError, match=r"^mine: no results yet; run gdbench sweep with the YAML file first$"):
        planned(Path("mine"), RESULTS)


def test_results_come_before_configurations():
    assert results_folder(Path("quickstart"), RESULTS) == RESULTS / "quickstart"
    assert meant("quickstart") == (Path("deep/quickstart.yaml"), RESULTS / "quickstart")


def test_without_results_a_name_is_that_of_a_configuration():
    assert meant("zeiler2012") == (configs() / "published" / "zeiler2012.yaml", RESULTS / "zeiler2012")
    assert results_folder(Path("zeiler2012"), RESULTS) == RESULTS / "zeiler2012"


def test_results_whose_configuration_is_gone_leave_their_name_to_one_that_comes_along():
    Path("deep/quickstart.yaml").unlink()
    assert meant("quickstart") == (configs() / "quickstart.yaml", RESULTS / "quickstart")


def test_a_folder_whose_configuration_is_gone_says_so():
    Path("mine.yaml").rename("yours.yaml")
    with pytest.raises(RequestError) as caught:
        planned(RESULTS / "mine", RESULTS)
    assert str(caught.value) == (
        "results/mine: its configuration mine.yaml no longer exists; give the YAML file instead"
    )
    with pytest.raises(RequestError, match=r"^mine: no such file, and no configuration of that name"):
        planned(Path("mine"), RESULTS)


def test_a_folder_that_never_knew_its_configuration_says_so():
    file = RESULTS / "mine" / "experiment.yaml"
    file.write_text(file.read_text().replace("config: ../../mine.yaml\n", ""))
    with pytest.raises(RequestError, match=r"does not name the configuration; give the YAML file instead$"):
        planned(RESULTS / "mine", RESULTS)


def test_a_folder_keeps_its_place():
    folder = trained(Path("mine.yaml"), Path("elsewhere"))
    assert meant("elsewhere/mine") == (Path("mine.yaml"), folder)


def test_the_current_folder_is_one_as_well(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(RESULTS / "mine")
    plan, folder = planned(Path(), RESULTS)
    assert (plan.path, folder) == (Path("../../mine.yaml"), Path.cwd())


def test_a_folder_that_was_set_aside_is_not_gone_on_with():
    (RESULTS / "mine").rename(RESULTS / "mine.1")
    with pytest.raises(RequestError) as caught:
        planned(RESULTS / "mine.1", RESULTS)
    assert str(caught.value) == (
        "results/mine.1: the results of mine.yaml belong in a folder named mine, but this one is named 'mine.1', as if "
        "made by --fresh or --quick; give the YAML file instead"
    )
    assert results_folder(RESULTS / "mine.1", RESULTS) == RESULTS / "mine.1"


def test_a_quick_look_has_a_folder_of_its_own():
    assert planned(RESULTS / "mine", RESULTS, quick=True)[1] == RESULTS / "mine-quick"


@pytest.mark.parametrize(
    ("source", "results", "command"),
    [
        ("zeiler2012", "results", "gdbench sweep zeiler2012"),
        ("results/zeiler2012", "results", "gdbench sweep zeiler2012"),
        ("deep/new one.yaml", "results", "gdbench sweep 'deep/new one.yaml'"),
        ("mine.yaml", "other", "gdbench sweep mine.yaml --results other"),
        ("other/mine", "results", "gdbench sweep mine --results other"),
        ("other/none", "results", "gdbench sweep with the YAML file"),
    ],
)
def test_where_there_are_no_results_the_command_that_makes_them_is_named(source: str, results: str, command: str):
    Path("deep/new one.yaml").write_text("seeds: 1\nname: new\n")
    with pytest.raises(RequestError, match=rf": no results yet; run {re.escape(command)} first$"):
        folder_with_results(Path(source), Path(results))


def test_the_command_of_a_folder_names_the_configuration_that_made_it():
    assert sweep_command(RESULTS / "mine") == "gdbench sweep mine"
    assert sweep_command(RESULTS / "quickstart") == "gdbench sweep deep/quickstart.yaml"


def test_an_unknown_name_is_compared_with_results_and_configurations():
    with pytest.raises(RequestError, match=r"did you mean 'mine'\?$"):
        results_folder(Path("mines"), RESULTS)
    with pytest.raises(RequestError, match=r"did you mean 'optimizers'\?$"):
        planned(Path("optimizer"), RESULTS)


@pytest.mark.parametrize("source", ["mine", "mine.yaml", "results/mine"])
def test_every_command_takes_every_form(call, source: str):
    run = load_plan(Path("mine.yaml")).runs[0].id
    assert json.loads(call("plan", source, "--json").out)["in_ledger"] == 2
    assert call("sweep", source).err.startswith("mine: 2 runs, 2 in the ledger\n")
    assert "adam" in call("tables", source).out
    assert call("show", source, run[:6]).out.startswith(f"run {run}")
    assert call("annotate", source).err.startswith("mine.yaml: head comment")
    said = call("reproduce", source)
    assert (said.code, said.err) == (
        2,
        f"{source}: expected a comparison with a `published` block or `claims`; got none\n",
    )


def test_options_of_several_values_are_repeated_or_take_commas():
    assert several(["a,b", "c", "a"]) == ["a", "b", "c"]
    assert several([" a , b"]) == ["a", "b"]
    # The label of a linked point has a comma of its own.
    assert several(["adam, 3e-3", "sgd,adam"], known={"adam, 3e-3"}) == ["adam, 3e-3", "sgd", "adam"]


def test_metrics_and_epochs_are_repeated_or_take_commas(call):
    commas = call("tables", "mine", "--metric", "test_accuracy,test_loss", "--at", "1,last", "--format", "csv")
    again = call(
        *("tables", "mine", "--metric", "test_accuracy", "--metric", "test_loss", "--at", "1", "--at", "last"),
        *("--format", "csv"),
    )
    assert commas.out == again.out
    assert "test_loss_at_1_mean" in commas.out.splitlines()[0].split(",")


def test_a_table_is_sorted_by_a_metric(call):
    said = call("tables", "mine", "--metric", "test_loss,test_accuracy", "--sort", "test_accuracy", "--format", "csv")
    assert said.code == 0
    assert call("tables", "mine", "--metric", "accuracy").err == (
        "--metric: expected a metric; got 'accuracy'; did you mean 'test_accuracy'?\n"
    )
