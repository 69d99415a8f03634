"""Trains one run after another, and compiles a program once for all the runs that share it."""

import time
from dataclasses import replace

import keras
import tensorflow as tf

from gdbench.catalog.architecture_spec import Form
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.settings.run_settings import RunSettings, settings_of
from gdbench.records import Outcome, Run, Settings
from gdbench.training.decimals import shortest_decimal
from gdbench.training.keras_settings import in_force, require_unchanged
from gdbench.training.loop import Loop
from gdbench.training.program import Program
from gdbench.training.splits import Prepared, prepare


class Trainer:
    """Turns runs into outcomes, each bit-identical from call to call.

    It keeps the last program and the last dataset, so runs that share them are best trained one after the other.
    """

    def __init__(self, threads: int) -> None:
        """Set the threads of one operation; TensorFlow must not have run anything before in this process."""
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        # It takes the functions of successive programs for one function that is traced again and again, and warns.
        tf.get_logger().setLevel("ERROR")
        # Starting the device here keeps its start out of the first run.
        tf.config.list_logical_devices()
        self._key = ""
        self._program: Program | None = None
        self._data_key: tuple[Settings, Form, str] | None = None
        self._data: Prepared | None = None

    def __call__(self, run: Run) -> Outcome:
        """Train a run; the time of compiling and loading counts for the run that caused it.

        Raises:
            DataError: the data are missing.
            StalePlanError: data or code have changed since the plan.
            PluginError: the user's code fails, or changes Keras' settings.
        """
        settings, keras_settings = settings_of(run), in_force()
        begin = time.perf_counter()
        data = self._prepared(settings, run.fingerprint)
        data_seconds = time.perf_counter() - begin
        program, compile_seconds = self._compiled(run, settings, data)
        outcome = Loop(settings, program).outcome()
        require_unchanged(keras_settings)
        seconds = {"compile": shortest_decimal(compile_seconds), "data": shortest_decimal(data_seconds)}
        notes = "; ".join(data.notes) or None
        return replace(outcome, seconds={**outcome.seconds, **seconds}, data=notes)

    def _prepared(self, settings: RunSettings, fingerprint: str) -> Prepared:
        dataset, form = settings.dataset, settings.architecture.spec.form
        key = (dataset.component, form, fingerprint)
        if self._data is None or key != self._data_key:
            self._data, self._data_key = prepare(dataset, form, fingerprint), key
        return self._data

    def _compiled(self, run: Run, settings: RunSettings, data: Prepared) -> tuple[Program, float]:
        """Return the run's program and the seconds that compiling took, 0 where it had been compiled."""
        key = program_key(run)
        begin = time.perf_counter()
        compiled = self._program is None or key != self._key
        if self._program is None or compiled:
            # Dropped before the next one is built, so that memory never holds two.
            self._program = None
            keras.utils.clear_session()
            self._program, self._key = Program(settings, data), key
        if settings.training.evaluate_train:
            compiled |= self._program.compile_evaluation(self._program.data.train)
        return self._program, time.perf_counter() - begin if compiled else 0.0
