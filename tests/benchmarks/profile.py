"""Where the time goes: of whole sweeps, and of a training step of the cnn.

Prints, as Markdown: of each sweep of the peers' benchmark, trained by gdbench alone, the seconds, and those of a core
spent on each part; and milliseconds of the convolutions of a step on one core, as blocks of the cnn and as layers of
Keras, medians of seven loops of twenty.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import keras
import tensorflow as tf

from gdbench.catalog.datasets.mnist import mnist
from gdbench.execution.environment import environment
from gdbench.training.convolution import ConvolutionBlock
from gdbench.training.fusion import fuse
from gdbench.training.trainer import Trainer
from tests.benchmarks.peers import swept
from tests.benchmarks.report import heading, table
from tests.benchmarks.workloads import WORKLOADS, Workload

BATCH, CALLS, REPEATS = 128, 20, 7
PARTS = ("compile", "data", "train", "evaluate")


def main() -> None:
    """Measure both and print the tables."""
    sweeps = [parts_of(workload) for workload in WORKLOADS.values()]
    Trainer(threads=1)
    print(f"{heading(environment())}\n")
    print(table(("sweep", "whole s", "start and end", *PARTS), sweeps))
    print(table(("128 images, one core", "forward, ms", "forward and backward, ms"), pieces()), end="")


def parts_of(workload: Workload) -> list[str]:
    """Return the seconds of a sweep, and of one of its cores those of each part."""
    print(workload.name, file=sys.stderr)
    whole, records = swept(workload)
    cores = os.cpu_count() or 1
    parts = [sum(record.outcome.seconds[part] for record in records) / cores for part in PARTS]
    return [workload.name, *(f"{seconds:.1f}" for seconds in (whole, whole - sum(parts), *parts))]


def pieces() -> Iterator[list[str]]:
    """Yield the milliseconds of each block, and of Keras' layers in its place, at biases above zero as when trained."""
    bias = keras.initializers.Constant(0.05)
    convolutions = [keras.layers.Conv2D(size, 3, activation="relu", bias_initializer=bias) for size in (32, 64)]
    poolings = [keras.layers.MaxPooling2D() for _ in convolutions]
    pairs = list(zip(convolutions, poolings, strict=True))
    model = keras.Sequential([keras.Input((28, 28, 1)), *chain(*pairs), keras.layers.Flatten()])
    blocks = [step for step in fuse(model.layers) if isinstance(step, ConvolutionBlock)]
    inputs = tf.constant(mnist().train_images[:BATCH, ..., None] / 255, tf.float32)
    for number, (block, pair) in enumerate(zip(blocks, pairs, strict=True), start=1):
        block_call, keras_call = partial(block, training=True), partial(through, pair)
        for name, call in (("as one block", block_call), ("Keras' layers", keras_call)):
            forward = milliseconds(call, inputs)
            both = milliseconds(partial(gradients, call, pair[0], number > 1), inputs)
            yield [f"convolution {number} and pooling, {name}", f"{forward:.1f}", f"{both:.1f}"]
        inputs = block_call(inputs)


def through(layers: Sequence[Any], values: Any) -> Any:
    """Call layers one after another."""
    for layer in layers:
        values = layer(values)
    return values


def gradients(call: Callable[[Any], Any], convolution: Any, of_inputs: bool, inputs: Any) -> Any:
    """Return the gradients that a step of training needs."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = call(inputs)
    weights = [convolution.kernel.value, convolution.bias.value]
    return tape.gradient(outputs, [*weights, inputs] if of_inputs else weights, tf.ones_like(outputs))


def milliseconds(function: Callable[[Any], Any], inputs: Any) -> float:
    """Return the milliseconds of a call in a loop of calls, as in an epoch: memory is there and no call is started."""

    def body(count: Any, values: Any, total: Any) -> Any:
        firsts = [tf.reshape(output, [-1])[0] for output in tf.nest.flatten(function(values))]
        return count + 1, values, total + tf.add_n(firsts)

    def loop(values: Any) -> Any:
        return tf.while_loop(lambda count, *_: count < CALLS, body, (0, values, 0.0), parallel_iterations=1)

    graph = tf.function(loop, autograph=False)
    taken = []
    for _ in range(1 + REPEATS):
        begin = time.perf_counter()
        graph(inputs)
        taken.append(1000 * (time.perf_counter() - begin) / CALLS)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    main()
