"""Results for reports: hostile ones, and many runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle

from gdbench.comparison.results import Results
from gdbench.experiment.experiment import Axis, Comparison, Experiment, Point
from gdbench.records import LayerCurves, Record
from tests.builders import a_record, a_run, an_experiment

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)><!-- \x1b[31m"
LONG = "x" * 10_000


def hostile() -> Results:
    """Labels, titles, errors and environments that want to be markup, commands of a terminal, or very long."""
    labels = [HOSTILE, LONG, "a.b[0]['c']", "{{ 7 * 7 }}"]
    records: dict[str, Record] = {}
    points = []
    for place, label in enumerate(labels):
        runs = tuple(f"{place:06}{seed:06}" for seed in range(3))
        points.append(Point((label,), runs))
        for seed, run in enumerate(runs):
            records[run] = _record(run, seed, label, place)
    first = points[0].runs[0]
    broken = a_record(first, "failed")
    records[first] = replace(broken, outcome=replace(broken.outcome, error=f"ValueError: no\n{HOSTILE}"))
    records[points[1].runs[0]] = a_record(points[1].runs[0], "diverged")
    comparison = Comparison(HOSTILE, HOSTILE, (Axis(HOSTILE, tuple(labels)),), tuple(points), (0, 1, 2), target=0.5)
    return Results(Experiment(HOSTILE, HOSTILE + LONG, (comparison,)), records)


def _record(run: str, seed: int, label: str, place: int) -> Record:
    accuracy = [0.5 + 0.1 * place, 0.6 + 0.1 * place + 0.01 * seed]
    record = a_record(
        run,
        metrics={"test_accuracy": accuracy[1], "test_loss": 1.0 - accuracy[1], "collapsed": False},
        history={
            "epoch": [1, 2],
            "update": [10, 20],
            "test_accuracy": accuracy,
            "test_loss": [1 - each for each in accuracy],
        },
        machine=HOSTILE,
    )
    run_of_it = replace(record.run, seed=seed, optimizer={"name": label, HOSTILE: LONG})
    return replace(record, run=run_of_it)


def many(rows: int, seeds: int, epochs: int) -> Results:
    """Runs with long curves, as a large sweep leaves them."""
    records: dict[str, Record] = {}
    points = []
    for row in range(rows):
        runs = tuple(f"{row:06}{seed:06}" for seed in range(seeds))
        points.append(Point((f"row {row}",), runs))
        for seed, run in enumerate(runs):
            records[run] = _long(run, seed, row, epochs)
    comparison = Comparison(
        "many",
        f"{rows * seeds} runs",
        (Axis("optimizer", tuple(point.labels[0] for point in points)),),
        tuple(points),
        tuple(range(seeds)),
    )
    return Results(Experiment("many", f"{rows * seeds} runs", (comparison,)), records)


def _long(run: str, seed: int, row: int, epochs: int) -> Record:
    steps = range(1, epochs + 1)
    losses = [(2 + 0.01 * row) / step + 0.003 * ((step * 7 + seed * 3) % 11) for step in steps]
    accuracies = [1 - loss / 4 for loss in losses]
    history = {"epoch": list(steps), "update": [469 * step for step in steps]}
    history |= {"train_loss": losses, "train_accuracy": accuracies, "test_loss": losses, "test_accuracy": accuracies}
    metrics = {"train_loss": losses[-1], "test_loss": losses[-1], "test_accuracy": accuracies[-1], "collapsed": False}
    record = a_record(
        run, metrics=metrics, history=history, seconds={"train": 9.5}, clock=[0.1 * step for step in steps]
    )
    return replace(record, run=replace(a_run(run, seed), seed=seed))


def rates(records: Sequence[Record]) -> Results:
    """Three learning rates, three seeds each, with these records in turn, and a target."""
    axis = "optimizer.learning_rate"
    points = {(str(rate),): [f"{rate}x{seed}" for seed in range(3)] for rate in (1, 2, 3)}
    experiment = an_experiment({axis: ["1", "2", "3"]}, points)
    comparison = replace(experiment.comparisons[0], target=0.5)
    settled = {
        run: replace(record, run=a_run(run, int(run[-1]), learning_rate=float(run[0])))
        for run, record in zip(comparison.run_ids, cycle(records), strict=False)
    }
    return Results(replace(experiment, comparisons=(comparison,)), settled)


LARGEST = 1.7e308


def _layers(names: list[str], numbers: list[list[float | None]]) -> Record:
    record = a_record(history={"epoch": [1], "update": [1], "test_accuracy": [0.5]})
    layers: LayerCurves = {"every": 1, "names": names, "curves": {"gradient_norm": numbers, "update_ratio": []}}
    return replace(record, outcome=replace(record.outcome, layers=layers))


ODD: Mapping[str, Sequence[Record]] = {
    "no history": [a_record()],
    "an empty history": [a_record(history={"epoch": [], "test_accuracy": []})],
    "no value": [a_record(history={"epoch": [1, 2], "test_accuracy": [None, None]})],
    "no epochs": [a_record(history={"test_accuracy": [0.1, 0.2]})],
    "an epoch twice": [a_record(history={"epoch": [1, 1, None], "test_accuracy": [0.1, 0.2, 0.3]})],
    "a short clock": [a_record(history={"epoch": [1, 2], "test_accuracy": [0.1, 0.2]}, clock=[1.0])],
    "the largest numbers": [
        a_record(
            metrics={"test_accuracy": LARGEST, "test_loss": -LARGEST},
            history={"epoch": [1, 2], "test_accuracy": [LARGEST, -LARGEST], "test_loss": [LARGEST, LARGEST]},
        )
    ],
    "nothing but zeros": [
        a_record(
            metrics={"test_accuracy": 0.0, "test_loss": 0.0},
            history={"epoch": [1, 2], "update": [0, 0], "test_accuracy": [0.0, 0.0], "test_loss": [0.0, 0.0]},
            clock=[0.0, 0.0],
        )
    ],
    "layers without numbers": [_layers(["hidden_1", "output"], [[], []])],
    "layers without names": [_layers([], [])],
    "more names than layers": [_layers([HOSTILE, LONG, "output"], [[LARGEST, 0.0], [None, 1.0]])],
    "all diverged": [a_record(status="diverged")],
    "all failed": [a_record(status="failed")],
    "all interrupted": [a_record(status="interrupted")],
    "one of each": [a_record(), a_record(status="diverged"), a_record(status="failed")],
}
