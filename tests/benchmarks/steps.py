"""Times one training step of each architecture in each compiled form, beside one core's matrix product.

Prints a Markdown table: milliseconds a step of 128 images and images per second on one core, the share of the floating-
point operations per second that a large float32 matrix product has just reached, seconds to compile, and seconds to
evaluate 10,000 images; medians of seven measurements, the forms in turns. A step's operations are twice its multiply-
adds, forward, for the weights' gradients, and for the inputs' gradients of every layer but the first; Winograd's
filtering does the same with fewer. Words behind the command choose architectures: `cnn` those that begin so.
"""

import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tensorflow as tf

from gdbench.execution.environment import environment
from gdbench.experiment.plan import load_plan
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.program import Program
from gdbench.training.splits import prepare
from gdbench.training.streams import permutation
from gdbench.training.trainer import Trainer
from tests.benchmarks.report import heading, table

BATCH, REPEATS = 128, 7
# A stretch of steps takes about so long where an epoch of MOST_STEPS does: what a call costs is shared by an epoch's.
STRETCH_SECONDS, FEWEST_STEPS, MOST_STEPS = 0.4, 10, 400
FORMS = ("auto", "xla", "graph")
# Multiply-adds of one image: of the first layer, and of all others.
CASES = {
    "mlp, 128": ("{name: mlp}", 784 * 128, 128 * 10),
    "mlp, 3 x 256": ("{name: mlp, hidden: [256, 256, 256]}", 784 * 256, 2 * 256 * 256 + 256 * 10),
    "cnn, 32 and 64": ("{name: cnn}", 26 * 26 * 9 * 32, 11 * 11 * 9 * 32 * 64 + 1600 * 10),
    "rnn, 128": ("{name: rnn}", 28 * 28 * 128, 28 * 128 * 128 + 128 * 10),
    "lstm, 128": ("{name: lstm}", 4 * 28 * 28 * 128, 4 * 28 * 128 * 128 + 128 * 10),
    "lstm, 128, unrolled": (
        "{layers: [{name: LSTM, units: 128, unroll: true}]}",
        4 * 28 * 28 * 128,
        4 * 28 * 128 * 128 + 128 * 10,
    ),
    "gru, 128": ("{name: gru}", 3 * 28 * 28 * 128, 3 * 28 * 128 * 128 + 128 * 10),
    "gru, 128, unrolled": (
        "{layers: [{name: GRU, units: 128, unroll: true}]}",
        3 * 28 * 28 * 128,
        3 * 28 * 128 * 128 + 128 * 10,
    ),
}


@dataclass
class Form:
    """One architecture under one compiled form, and what was measured of it."""

    program: Program
    compile_seconds: float
    steps: int = FEWEST_STEPS
    updates: int = 0
    step: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    evaluation: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """Time a matrix product, a stretch of steps and an evaluation of all test images once."""
        self.per_second.append(matrix_product())
        self.step.append(self.stretch())
        begin = time.perf_counter()
        self.program.evaluate(self.program.data.test)
        self.evaluation.append(time.perf_counter() - begin)

    def stretch(self) -> float:
        """Return the seconds of a step."""
        order = permutation(0, 0, BATCH * MOST_STEPS)
        begin = time.perf_counter()
        # As from epoch to epoch: a program that is compiled again for another update would show here.
        self.program.train(order, 0, self.steps, self.updates, np.full(self.steps, 0.001))
        self.updates += self.steps
        return (time.perf_counter() - begin) / self.steps

    def cells(self, operations: int) -> list[str]:
        """Return the medians for a step of so many operations; each share is of the product measured just before."""
        step = statistics.median(self.step)
        pairs = zip(self.step, self.per_second, strict=True)
        share = statistics.median(operations / seconds / per_second for seconds, per_second in pairs)
        evaluation = statistics.median(self.evaluation)
        return [
            *(f"{1000 * step:.2f}", f"{BATCH / step:,.0f}", f"{share:.0%}"),
            *(f"{self.compile_seconds:.1f}", f"{evaluation:.2f}"),
        ]


def main() -> None:
    """Measure every case and print the table."""
    Trainer(threads=1)
    rows, peaks = [], []
    chosen = {name: case for name, case in CASES.items() if name.startswith(tuple(sys.argv[1:]) or "")}
    for name, (architecture, first, others) in chosen.items():
        print(name, file=sys.stderr)
        operations = 2 * BATCH * (2 * first + 3 * others)
        for form, found in measured(architecture).items():
            rows.append([name, form, *found.cells(operations)])
            peaks += found.per_second
    columns = (
        "architecture",
        "`compile`",
        "ms a step",
        "images / s",
        "share of the product",
        "compile s",
        "evaluate s",
    )
    print(heading(environment()), end="; ")
    print(f"one thread, matrix product {statistics.median(peaks) / 1e9:.0f} GFLOP/s\n")
    print(table(columns, rows, words=2), end="")


def measured(architecture: str) -> dict[str, Form]:
    """Return all forms of an architecture, measured in turns."""
    forms = {form: made(run_of(architecture, form)) for form in FORMS}
    for _ in range(REPEATS):
        for form in forms.values():
            form.measure()
    return forms


def matrix_product(size: int = 1024, times: int = 5) -> float:
    """Return the floating-point operations per second of products of large float32 matrices on one core."""
    matrix = tf.random.normal([size, size])
    tf.matmul(matrix, matrix).numpy()
    begin = time.perf_counter()
    for _ in range(times):
        tf.matmul(matrix, matrix).numpy()
    return 2 * size**3 * times / (time.perf_counter() - begin)


def run_of(architecture: str, form: str, *overrides: str) -> Run:
    """Return a run of the architecture under a compiled form."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "step.yaml"
        training = f"training: {{batch_size: {BATCH}, compile: {form}}}\n"
        dataset = f"dataset: {{train: {BATCH * MOST_STEPS}}}\nseeds: 1\n"
        path.write_text(f"architecture: {architecture}\n{training}{dataset}", encoding="utf-8")
        return load_plan(path, overrides).runs[0]


def made(run: Run) -> Form:
    """Compile the program of a run."""
    settings = settings_of(run)
    data = prepare(settings.dataset, settings.architecture.spec.form)
    begin = time.perf_counter()
    program = Program(settings, data)
    seconds = time.perf_counter() - begin
    program.start(settings)
    form = Form(program, seconds)
    form.steps = min(MOST_STEPS, max(FEWEST_STEPS, round(STRETCH_SECONDS / form.stretch())))
    return form


if __name__ == "__main__":
    main()
