"""Real training on two workers of a real scheduler: what a local sweep gives, bit for bit."""

from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from gdbench.errors import SweepError
from gdbench.execution.cluster.dask_executor import DaskExecutor
from gdbench.execution.local import preloading
from gdbench.execution.local.worker import make_trainer
from gdbench.execution.sweep import SweepOptions, sweep
from tests.configs import plan_of

CONFIG = """\
title: Small
seeds: 2
dataset: {name: mnist, train: 300, test: 100}
architecture: {name: mlp, hidden: [8]}
training: {epochs: 2, batch_size: 50, threads: 1}
grid: {optimizer.learning_rate: [0.001, 0.01]}
"""
OWN_DATA = """\
title: Own data
seeds: 1
dataset: {name: csv, path: own.csv, label: label}
training: {epochs: 1}
"""


@contextmanager
def unseen(_runs):
    yield lambda _record: None


class Blind(DaskExecutor):
    """An executor whose workers do not see what the sweep does."""

    def submit(self, runs):
        super().submit(runs)
        for run in runs:
            Path(run.dataset["path"]).unlink()


def swept(plan, folder, address, said, make=DaskExecutor):
    executor = partial(make, make=make_trainer, address=address, say=said.append)
    return sweep(plan, folder, SweepOptions(cluster=address), executor=executor, watch=unseen, say=said.append)


def test_a_cluster_trains_what_a_local_sweep_does_and_names_data_that_it_cannot_see(
    cluster, tmp_path, trainer, monkeypatch
):
    monkeypatch.setattr(preloading, "PRELOADED", ("gdbench.training.trainer",))
    cluster.add_worker()
    cluster.add_worker()
    plan, said = plan_of(tmp_path, CONFIG), []
    records = swept(plan, tmp_path / "results", cluster.address, said).records
    local = {run.id: trainer(run) for run in plan.runs}
    assert {run: record.outcome.metrics for run, record in records.items()} == {
        run: outcome.metrics for run, outcome in local.items()
    }
    assert all(local[run].agrees_with(record.outcome) for run, record in records.items())
    assert {(record.environment["threads"], record.timing) for record in records.values()} == {(1, "shared")}

    (tmp_path / "own.csv").write_text("label,x,y\n" + "".join(f"{line % 2},{line},{line % 3}\n" for line in range(60)))
    plan = plan_of(tmp_path, OWN_DATA)
    with pytest.raises(SweepError, match=r"^worker tcp://127\.0\.0\.1:\d+: .*own\.csv"):
        swept(plan, tmp_path / "own", cluster.address, said, make=Blind)
