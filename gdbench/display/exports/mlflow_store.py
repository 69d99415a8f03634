"""A store for MLflow: an experiment with its runs, their parameters, metrics by update, and tags."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gdbench.display.exports.exported_run import ExportedRun

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

# MLflow takes no more in one call, and no longer values.
_MOST_METRICS, _MOST_PARAMETERS, _VALUE_LENGTH = 1000, 100, 6000
_TAG, _FINISHED = "gdbench.run_id", "FINISHED"


def write(experiment: str, runs: Sequence[ExportedRun], folder: Path) -> str:
    """Add the runs that an earlier export has not to a database in a folder; return how to look at them."""
    # Before MLflow is imported, which would else report its use over the network.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    # How it makes a database is nothing that a user waits for.
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    address = f"sqlite:///{(folder / 'mlflow.db').resolve()}"
    client = MlflowClient(tracking_uri=address)
    found = client.get_experiment_by_name(experiment)
    artifacts = (folder / "artifacts").resolve().as_uri()
    owner = found.experiment_id if found else client.create_experiment(experiment, artifact_location=artifacts)
    there = _exported_before(client, owner)
    for run in runs:
        if run.record.run.id not in there:
            _write_run(client, owner, run)
    return f"mlflow ui --backend-store-uri {address}"


def _exported_before(client: "MlflowClient", owner: str) -> set[str]:
    there: set[str] = set()
    token: str | None = None
    while True:
        page = client.search_runs([owner], page_token=token)
        # An export that was interrupted leaves a run unfinished.
        there |= {run.data.tags.get(_TAG, "") for run in page if run.info.status == _FINISHED}
        token = page.token
        if not token:
            return there


def _write_run(client: "MlflowClient", owner: str, run: ExportedRun) -> None:
    from mlflow.entities import Metric, Param

    milliseconds = int(1000 * run.started)
    tags = {_TAG: run.record.run.id, **{f"gdbench.{key}": value for key, value in run.tags.items() if key != "run_id"}}
    made = client.create_run(owner, start_time=milliseconds, tags=tags, run_name=run.name).info.run_id
    metrics = [
        Metric(name, value, milliseconds, update) for name, curve in run.curves.items() for update, value in curve
    ]
    last = max((metric.step for metric in metrics), default=0)
    metrics += [Metric(name, run.finals[name], milliseconds, last) for name in run.finals.keys() - run.curves.keys()]
    parameters = [Param(name, str(value)[:_VALUE_LENGTH]) for name, value in run.parameters.items()]
    for first in range(0, len(metrics), _MOST_METRICS):
        client.log_batch(made, metrics=metrics[first : first + _MOST_METRICS])
    for first in range(0, len(parameters), _MOST_PARAMETERS):
        client.log_batch(made, params=parameters[first : first + _MOST_PARAMETERS])
    seconds = sum(map(float, run.record.outcome.seconds.values()))
    client.set_terminated(made, _FINISHED, end_time=milliseconds + int(1000 * seconds))
