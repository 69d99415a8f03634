"""What README, the head comments and the reference tables say is what the reference ledgers say."""

from pathlib import Path

import pytest

from gdbench.catalog import FAMILIES
from gdbench.comparison.selection import TERMINAL_METRICS, default_csv_metrics
from gdbench.comparison.tables import asked_for, tables
from gdbench.display.csv import csv_text
from gdbench.display.head import head
from gdbench.display.markdown import markdown
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored import read_experiment
from gdbench.ledger import missing, read

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "results" / "reference"
CONFIGS = sorted(path.name for path in (ROOT / "configs").glob("*.yaml"))


def test_there_is_a_configuration_for_each_question() -> None:
    questions = [
        *("activations", "architectures", "article-example", "batch-size", "catalog", "dataset-size", "deformed"),
        *("epochs", "fashion", "learning-rate", "optimizers", "own-code", "quickstart", "regularization"),
    ]
    assert [f"{name}.yaml" for name in questions] == CONFIGS


# The path at which each family is varied in configs/catalog.yaml.
VARIED = {
    "optimizer": lambda run: run.optimizer,
    "architecture": lambda run: run.architecture,
    "loss": lambda run: run.training["loss"],
    "schedule": lambda run: run.training["schedule"],
    "activation": lambda run: run.architecture.get("activation", {"name": None}),
    "initializer": lambda run: run.architecture.get("kernel_initializer", {"name": None}),
}


@pytest.mark.parametrize("noun", VARIED)
def test_one_configuration_trains_every_entry_of_a_family(noun: str) -> None:
    runs = load_plan(ROOT / "configs" / "catalog.yaml").runs
    assert {VARIED[noun](run)["name"] for run in runs} >= set(FAMILIES[noun].entries)


def test_every_entry_has_been_trained_and_its_loss_has_fallen() -> None:
    records = read(REFERENCE / "catalog").values()
    assert {record.outcome.status for record in records} == {"done"}
    losses = {record.run.id: record.outcome.history["train_loss"] for record in records}
    assert [run for run, (half_way, at_the_end) in losses.items() if at_the_end >= half_way] == []


@pytest.mark.parametrize("name", CONFIGS)
def test_every_run_of_a_configuration_is_in_its_reference_ledger(name: str) -> None:
    plan = load_plan(ROOT / "configs" / name)
    assert missing(plan.runs, read(REFERENCE / plan.experiment.name)) == []


@pytest.mark.parametrize("name", CONFIGS)
def test_a_head_comment_is_what_the_ledger_gives(name: str) -> None:
    plan = load_plan(ROOT / "configs" / name)
    comment = head(plan.experiment, read(REFERENCE / plan.experiment.name), f"configs/{name}")
    assert (ROOT / "configs" / name).read_text(encoding="utf-8").startswith(comment)


@pytest.mark.parametrize("folder", sorted(REFERENCE.iterdir()), ids=lambda folder: folder.name)
def test_reference_tables_are_made_of_the_ledger(folder: Path) -> None:
    experiment, records = read_experiment(folder), read(folder)
    made = tables(experiment, records, default_csv_metrics(asked_for(experiment, records)), ["last"])
    written = {path.stem: path.read_text(encoding="utf-8") for path in (folder / "tables").iterdir()}
    assert written == {table.comparison: csv_text(table) for table in made}


def test_the_table_of_the_readme_is_that_of_the_quickstart() -> None:
    folder = REFERENCE / "quickstart"
    made = markdown(tables(read_experiment(folder), read(folder), TERMINAL_METRICS, ["last"]))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("<!-- quickstart -->\n")[2].partition("<!-- /quickstart -->")[0]
    assert shown == made


def test_the_benchmark_of_the_readme_is_what_the_command_has_written() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("<!-- peers -->\n")[2].partition("<!-- /peers -->")[0]
    assert shown == (ROOT / "results" / "speed" / "peers.md").read_text(encoding="utf-8")


def test_the_configuration_of_the_readme_means_24_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "readme.yaml"
    path.write_text(readme.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    assert len(load_plan(path).runs) == 24
