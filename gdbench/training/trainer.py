"""Trains one run after another, and compiles a program once for all the runs that share it."""

import time
from dataclasses import replace

import keras
import tensorflow as tf

from gdbench.catalog.architecture_spec import Form
from gdbench.experiment.cost.program_key import key_of
from gdbench.experiment.cost.worker_memory import MOST_DATA_BYTES, PROGRAMS_PER_WORKER
from gdbench.experiment.settings.run_settings import RunSettings, settings_of
from gdbench.program_cache.cached_programs import CachedPrograms
from gdbench.records import Outcome, Run, Settings
from gdbench.stages import COMPILING, LOADING, tell_stage
from gdbench.training.checkpoint import KeptStates
from gdbench.training.decimals import shortest_decimal
from gdbench.training.keras_settings import in_force, require_unchanged
from gdbench.training.loop import Loop
from gdbench.training.methods.method_loop import MethodLoop
from gdbench.training.methods.surface_program import SurfaceProgram
from gdbench.training.methods.whole_program import WholeProgram, built_program
from gdbench.training.program import Program
from gdbench.training.restarts import best_of
from gdbench.training.saved_model import with_model
from gdbench.training.splits import Prepared, prepare
from gdbench.training.stable_names import number_for
from gdbench.training.stopping import stops
from gdbench.training.streams import stream_31

# The dataset, the form of an image, and the fingerprint of the data.
DataKey = tuple[Settings, Form, str]


class Trainer:
    """Turns runs into outcomes, each bit-identical from call to call.

    It keeps the last programs and their data, as many as a worker may have.
    """

    def __init__(self, threads: int) -> None:
        """Set the threads of one operation; TensorFlow must not have run anything before in this process."""
        # Before anything is compiled, since TensorFlow then reads where compiled programs are.
        self._cached = CachedPrograms(threads)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        # It takes the functions of successive programs for one function that is traced again and again, and warns.
        tf.get_logger().setLevel("ERROR")
        # Starting the device here keeps its start out of the first run.
        tf.config.list_logical_devices()
        # The last one used comes last.
        self._programs: dict[str, Program] = {}
        self._data: list[tuple[DataKey, Prepared]] = []
        self._compile_seconds = 0.0

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
        self._compile_seconds = 0.0
        kept = KeptStates(run.checkpoints, run.id) if run.checkpoints else None
        outcome = self._outcome(settings, data, kept)
        require_unchanged(keras_settings)
        seconds = {"compile": shortest_decimal(self._compile_seconds), "data": shortest_decimal(data_seconds)}
        notes, labels = "; ".join(data.notes) or None, list(data.words) or None
        return replace(outcome, seconds={**outcome.seconds, **seconds}, data=notes, labels=labels)

    def _outcome(self, settings: RunSettings, data: Prepared, kept: KeptStates | None) -> Outcome:
        """Train a run, or the trainings that it is made of until a stopping rule ends it."""
        wrapper = settings.optimizer.wrapper
        if wrapper is None:
            return with_model(self._loop(settings, data, kept=kept))
        starts: list[Outcome] = []
        loop = None
        for index, part in enumerate(settings.parts):
            # The first start is that of the run without restarts.
            seed = settings.seed if wrapper.continues or not index else stream_31(settings.seed, f"restart/{index}")
            loop = self._loop(replace(part, seed=seed), data, loop if wrapper.continues else None)
            starts.append(with_model(loop))
            rules = settings.training.stopping_rules if wrapper.continues else {"stop_at"}
            if (wrapper.continues and starts[-1].has_diverged) or stops(settings.training, starts[-1].history, rules):
                break
        return starts[-1] if wrapper.continues else best_of(starts)

    def _loop(
        self, settings: RunSettings, data: Prepared, before: Loop | None = None, kept: KeptStates | None = None
    ) -> Loop:
        """Return a training that is about to begin, from where another one has ended if any."""
        program, seconds = self._compiled(settings, data)
        self._compile_seconds += seconds
        if settings.optimizer.method and isinstance(program, WholeProgram | SurfaceProgram):
            # A method's own state is not kept: it searches anew.
            return MethodLoop(settings, program, before)
        return Loop(settings, program, before, kept)

    def _prepared(self, settings: RunSettings, fingerprint: str) -> Prepared:
        dataset, form = settings.dataset, settings.architecture.spec.form
        key = (dataset.component, form, fingerprint)
        data = next((data for known, data in self._data if known == key), None)
        if data is None:
            tell_stage(LOADING)
            data = prepare(dataset, form, fingerprint)
            self._data.append((key, data))
        return data

    def _compiled(self, settings: RunSettings, data: Prepared) -> tuple[Program, float]:
        """Return the program of a training and the seconds that compiling took, 0 where it had been compiled."""
        key = key_of(settings)
        begin = time.perf_counter()
        program = self._programs.pop(key, None)
        compiled = program is None
        if program is None:
            # Before the next one is built, so that memory never holds more.
            self._make_room(data)
            tell_stage(COMPILING)
            keras.utils.clear_session()
            program = self._built(key, settings, data)
        self._programs[key] = program
        if isinstance(program, WholeProgram) and settings.optimizer.method:
            compiled |= program.compile_function(settings.optimizer.method)
        if settings.training.evaluate_train and not isinstance(program, SurfaceProgram):
            compiled |= program.compile_evaluation(program.data.train)
        seconds = time.perf_counter() - begin if compiled else 0.0
        if compiled:
            self._cached.seal()
        return program, seconds

    def _built(self, key: str, settings: RunSettings, data: Prepared) -> Program:
        number_for(key)
        try:
            return built_program(settings, data)
        except tf.errors.OpError:
            # TensorFlow takes a compiled program that it cannot load for an error.
            if not self._cached.clear():
                raise
        return built_program(settings, data)

    def _make_room(self, data: Prepared) -> None:
        """Drop programs, those first that were used longest ago, until there is room for one more with its data."""
        while self._programs:
            used = {id(data): data, **{id(program.data): program.data for program in self._programs.values()}}
            if len(self._programs) < PROGRAMS_PER_WORKER and (
                len(used) == 1 or sum(each.bytes for each in used.values()) <= MOST_DATA_BYTES
            ):
                break
            del self._programs[next(iter(self._programs))]
        kept = {id(data), *(id(program.data) for program in self._programs.values())}
        self._data = [(key, each) for key, each in self._data if id(each) in kept]
