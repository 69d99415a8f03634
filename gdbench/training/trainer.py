"""Trains one run after another, and compiles a program once for all the runs that share it."""

import time
from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf

from gdbench.catalog.architectures import ARCHITECTURES
from gdbench.experiment.cost.program_key import program_key
from gdbench.records import Outcome, Run
from gdbench.training.loop import Loop, shortest
from gdbench.training.program import Program
from gdbench.training.splits import Prepared, prepare


class Trainer:
    """Turns runs into outcomes, each bit-identical from call to call.

    The last program and the last dataset are kept; runs that share them are best trained one after the other.
    """

    def __init__(self, threads: int) -> None:
        """Set the threads of one operation; TensorFlow must not have run anything before in this process."""
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        # It takes the functions of one program after another for one that is traced anew, and warns.
        tf.get_logger().setLevel("ERROR")
        # Starting the device here keeps its start out of the first run.
        tf.config.list_logical_devices()
        self._key = ""
        self._program: Program | None = None
        self._data_key: Any = None
        self._data: Prepared | None = None

    def __call__(self, run: Run) -> Outcome:
        """Train a run; what its record needs of compiling and loading counts for the run that caused it."""
        begin = time.perf_counter()
        data = self._prepared(run)
        data_seconds = time.perf_counter() - begin
        program, compile_seconds = self._compiled(run, data)
        outcome = Loop(run, program).outcome()
        seconds = {"compile": shortest(compile_seconds), "data": shortest(data_seconds)}
        return replace(outcome, seconds={**outcome.seconds, **seconds})

    def _prepared(self, run: Run) -> Prepared:
        form = ARCHITECTURES.build(run.architecture).form
        key = (dict(run.dataset), form)
        if self._data is None or key != self._data_key:
            self._data, self._data_key = prepare(run.dataset, form), key
        return self._data

    def _compiled(self, run: Run, data: Prepared) -> tuple[Program, float]:
        key = program_key(run)
        begin = time.perf_counter()
        compiled = self._program is None or key != self._key
        if self._program is None or compiled:
            self._program = None
            keras.utils.clear_session()
            self._program, self._key = Program(run.settings, data), key
        if run.training["evaluate_train"]:
            compiled |= self._program.compile_evaluation(self._program.data.train)
        return self._program, time.perf_counter() - begin if compiled else 0.0
