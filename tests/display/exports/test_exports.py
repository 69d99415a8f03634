"""Finished runs in other tools, read back with their own libraries."""

import math
from pathlib import Path

import pytest

from gdbench.comparison.results import Results
from gdbench.display.exports.exported_run import ExportedRun, exported_runs
from gdbench.experiment.stored_experiment import read_experiment
from gdbench.ledger import read

QUICKSTART = Path(__file__).parents[3] / "results" / "reference" / "quickstart"


@pytest.fixture(scope="module")
def runs() -> list[ExportedRun]:
    return exported_runs(Results(read_experiment(QUICKSTART), read(QUICKSTART)))


def test_runs_have_names_settings_curves_and_where_they_were_trained(runs) -> None:
    rows = ("sgd", "momentum", "adam")
    assert [run.name for run in runs] == [f"{row}, seed {seed}" for row in rows for seed in range(3)]
    momentum = runs[3]
    assert momentum.folder == f"momentum-seed-0-{momentum.record.run.id}"
    assert momentum.parameters["optimizer.momentum"] == 0.9
    assert momentum.parameters["seed"] == 0
    assert [update for update, _value in momentum.curves["test_accuracy"]] == momentum.record.outcome.history["update"]
    assert momentum.finals["test_accuracy"] == momentum.curves["test_accuracy"][-1][1]
    assert momentum.finals["train_seconds"] == momentum.record.outcome.seconds["train"]
    assert momentum.tags["keras"] == momentum.record.environment["keras"]


@pytest.mark.training
def test_tensorboard_reads_scalars_by_update_and_the_settings(call, runs, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams.metadata import SESSION_START_INFO_TAG, parse_session_start_info_plugin_data

    for _ in range(2):
        # Again, which leaves nothing twice.
        said = call("export", QUICKSTART, "--to", "tensorboard", "--out", tmp_path / "logs")
        assert (said.code, said.out) == (0, "")
        assert said.err == f"written: 9 runs to {tmp_path / 'logs'}; next: tensorboard --logdir {tmp_path / 'logs'}\n"
    # TensorFlow would take seconds, and write messages of its own to stderr.
    from tensorboard.compat import tf

    assert tf.__name__ == "tensorboard.compat.tensorflow_stub"
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == sorted(run.folder for run in runs)
    run = runs[-1]
    events = EventAccumulator(str(tmp_path / "logs" / run.folder)).Reload()
    for name, curve in run.curves.items():
        assert [(event.step, event.value) for event in events.Scalars(name)] == [
            (update, pytest.approx(value, rel=1e-6)) for update, value in curve
        ]
    content = events.summary_metadata[SESSION_START_INFO_TAG].plugin_data.content
    stated = parse_session_start_info_plugin_data(content).hparams
    assert stated["optimizer.name"].string_value == "adam"
    assert stated["seed"].number_value == run.record.run.seed


@pytest.mark.parametrize("tool", ["tensorboard", "mlflow"])
def test_a_file_that_cannot_be_written_is_named(call, tmp_path: Path, tool: str) -> None:
    pytest.importorskip(tool)
    (tmp_path / "taken").write_text("kept")
    said = call("export", QUICKSTART, "--to", tool, "--out", tmp_path / "taken" / "logs")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{tmp_path / 'taken'}")
    assert said.err.endswith(": Not a directory\n")


@pytest.mark.training
@pytest.mark.filterwarnings("ignore::Warning")
def test_mlflow_reads_parameters_metrics_and_tags_each_run_once(call, runs, tmp_path: Path) -> None:
    pytest.importorskip("mlflow")
    from mlflow.tracking import MlflowClient

    for _ in range(2):
        said = call("export", QUICKSTART, "--to", "mlflow", "--out", tmp_path)
        next_command = f"mlflow ui --backend-store-uri sqlite:///{tmp_path / 'mlflow.db'}"
        assert (said.code, said.err) == (0, f"written: 9 runs to {tmp_path}; next: {next_command}\n")
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("quickstart")
    there = {run.data.tags["gdbench.run_id"]: run for run in client.search_runs([experiment.experiment_id])}
    assert there.keys() == {run.record.run.id for run in runs}
    exported = runs[-1]
    run = there[exported.record.run.id]
    assert (run.info.run_name, run.info.status) == (exported.name, "FINISHED")
    assert run.data.params["optimizer.name"] == "adam"
    assert run.data.metrics["test_accuracy"] == exported.finals["test_accuracy"]
    history = client.get_metric_history(run.info.run_id, "test_loss")
    assert sorted((point.step, point.value) for point in history) == exported.curves["test_loss"]
    assert run.data.tags["gdbench.keras"] == exported.tags["keras"]
    # As an export leaves it that is interrupted.
    client.update_run(run.info.run_id, status="RUNNING")
    call("export", QUICKSTART, "--to", "mlflow", "--out", tmp_path)
    again = client.search_runs([experiment.experiment_id], f"tags.`gdbench.run_id` = '{exported.record.run.id}'")
    assert sorted(run.info.status for run in again) == ["FINISHED", "RUNNING"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--to", "mlfow"), "--to: expected one of tensorboard, mlflow; got 'mlfow'; did you mean 'mlflow'?"),
        (("--to", "wandb"), "--to: expected one of tensorboard, mlflow; got 'wandb'"),
    ],
)
def test_another_tool_is_refused(call, arguments, message) -> None:
    said = call("export", QUICKSTART, *arguments)
    assert (said.code, said.err) == (2, f"{message}\n")


def test_a_missing_library_is_named(call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tensorboard", None)
    monkeypatch.setitem(__import__("sys").modules, "tensorboard.compat.proto.event_pb2", None)
    said = call("export", QUICKSTART, "--to", "tensorboard", "--out", tmp_path / "logs")
    assert said.code == 2
    assert said.err.endswith("is not installed: pip install 'gdbench[export]'\n")


def test_what_is_not_finite_is_not_a_number() -> None:
    from gdbench.display.exports import exported_run
    from tests.builders import a_record

    record = a_record("0" * 12, history={"epoch": [1], "update": [3], "test_loss": [None]})
    [(update, value)] = exported_run._curves(record)["test_loss"]
    assert update == 3
    assert math.isnan(value)
