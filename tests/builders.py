"""Records and experiments made by hand, so that tests of the ledger and the tables train nothing."""

from collections.abc import Mapping, Sequence

from gdbench.experiment.experiment import Axis, Comparison, Experiment, Point
from gdbench.records import Outcome, Record, Run, Status, Timing

ENVIRONMENT = {"python": "3.12.3", "keras": "3.15.0", "tensorflow": "2.21.0", "machine": "xeon"}


def a_run(run_id: str = "000000000000", seed: int = 0, learning_rate: object = 0.001) -> Run:
    return Run(
        id=run_id,
        seed=seed,
        dataset={"name": "mnist"},
        architecture={"name": "mlp", "hidden": [128]},
        optimizer={"name": "adam", "learning_rate": learning_rate},
        training={"epochs": 3},
        regularization={},
    )


def a_record(
    run_id: str = "000000000000",
    status: Status = "done",
    *,
    metrics: Mapping[str, float | bool] | None = None,
    history: Mapping[str, Sequence[float | None]] | None = None,
    seconds: Mapping[str, float] | None = None,
    timing: Timing = "shared",
    images: int | None = None,
    clock: Sequence[float] | None = None,
    learning_rate: object = 0.001,
    **environment: object,
) -> Record:
    """A record; a done one has test_accuracy 0.9 unless `metrics` says otherwise."""
    outcome = Outcome(
        status=status,
        metrics=(metrics or {"test_accuracy": 0.9, "collapsed": False}) if status == "done" else None,
        history=history or {},
        seconds=seconds or {},
        diverged={"epoch": 2, "step": 17} if status == "diverged" else None,
        error="ValueError: no" if status == "failed" else None,
        images=images,
        clock=clock,
    )
    return Record(
        a_run(run_id, learning_rate=learning_rate),
        outcome,
        "2026-01-02T03:04:05Z",
        {**ENVIRONMENT, **environment},
        timing,
    )


def accuracies(prefix: str, *numbers: float) -> dict[str, Record]:
    """Done records `<prefix>0`, `<prefix>1`, ... with these test accuracies."""
    records = [a_record(f"{prefix}{seed}", metrics={"test_accuracy": number}) for seed, number in enumerate(numbers)]
    return {record.run.id: record for record in records}


def an_experiment(axes: Mapping[str, Sequence[str]], points: Mapping[tuple[str, ...], Sequence[str]]) -> Experiment:
    """An experiment of one comparison, `optimizers`: axis key -> labels, point labels -> run ids."""
    comparison = Comparison(
        name="optimizers",
        title="Optimizers on MNIST",
        axes=tuple(Axis(key, tuple(labels)) for key, labels in axes.items()),
        points=tuple(Point(labels, tuple(runs)) for labels, runs in points.items()),
        seeds=(0, 1, 2),
    )
    return Experiment("optimizers", "Optimizers on MNIST", (comparison,))
