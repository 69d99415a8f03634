"""Times a training step with and without the recording of its layers, one after the other.

Prints a Markdown table: how much longer a step of 128 images takes on one core when gradient norms, update ratios and
weight norms of all layers are recorded every 10 updates, and what counting the answers to 10,000 test images takes
beside their evaluation; medians of paired measurements, in seconds of the processor, which other programs change less
than those of a clock.
"""

import statistics
import sys
import time

from gdbench.execution.environment import environment
from gdbench.training.trainer import Trainer
from tests.benchmarks.report import heading, table
from tests.benchmarks.steps import Form, made, run_of

PAIRS = 9
EVERY = 10
RECORD = f"training={{record_every: {EVERY}, record: [gradient_norm, update_ratio, weight_norm]}}"
# An architecture, and other overrides.
CASES = {
    "mlp, 128": ("{name: mlp}",),
    "mlp, 128, with batch normalization": ("{name: mlp}", "regularization.batch_norm=true"),
    "mlp, 128, clipped to a norm": ("{name: mlp}", "optimizer={name: adam, clipnorm: 1.0}"),
    "mlp, 128, with l2 and clipped to a norm": (
        "{name: mlp}",
        "optimizer={name: adam, clipnorm: 1.0}",
        "regularization.l2=1e-4",
    ),
    "mlp, 5 x 128": ("{name: mlp, hidden: [128, 128, 128, 128, 128]}",),
    "mlp, 5 x 128, with batch normalization": (
        "{name: mlp, hidden: [128, 128, 128, 128, 128]}",
        "regularization.batch_norm=true",
    ),
    "cnn, 32 and 64": ("{name: cnn}",),
    "rnn, 128": ("{name: rnn}",),
}


def main() -> None:
    """Measure every case and print the table."""
    Trainer(threads=1)
    columns = ("architecture", "recorded", "answers, of an evaluation")
    rows = []
    for name, (architecture, *others) in CASES.items():
        plain, recorded = (made(run_of(architecture, "auto", *others, *record)) for record in ((), (RECORD,)))
        recorded.steps = plain.steps = plain.steps // EVERY * EVERY
        pairs = [(stretch(plain), stretch(recorded)) for _ in range(PAIRS)]
        more = statistics.median(second / first - 1 for first, second in pairs)
        print(name, f"{more:+.1%}", file=sys.stderr)
        rows.append([name, f"{more:+.1%}", f"{share_of_answers(plain):.2%}"])
    print(f"{heading(environment())}\n")
    print(table(columns, rows), end="")


def stretch(form: Form) -> float:
    """Return the processor's seconds of a step."""
    begin = time.process_time()
    form.stretch()
    return (time.process_time() - begin) / form.steps


def share_of_answers(form: Form) -> float:
    """Return the time that the counts of answers take, over that of the evaluation."""
    program, shares = form.program, []
    for _ in range(PAIRS):
        begin = time.process_time()
        evaluation = program.evaluate(program.data.test)
        middle = time.process_time()
        evaluation.answers(1, program.data.classes)
        shares.append((time.process_time() - middle) / (middle - begin))
    return statistics.median(shares)


if __name__ == "__main__":
    main()
