"""How long runs are likely to take, from their multiply-adds and updates and from the records of similar runs."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from gdbench.catalog.architecture_spec import ArchitectureSpec, Layer
from gdbench.catalog.datasets.dataset import Facts
from gdbench.catalog.optimizers import WRAPPERS
from gdbench.experiment.cost.layer_cost import forward_cost
from gdbench.experiment.cost.program_key import ProgramKeys
from gdbench.experiment.settings.run_settings import RunSettings, settings_of
from gdbench.records import Record, Run

# Fitted to the reference results on one core of an AMD EPYC. Elsewhere they are off by some factor, which leaves the
# order of runs as it is.
MULTIPLY_ADDS_PER_SECOND = 4e10
SECONDS_PER_UPDATE = 1e-4
# In each update: the optimizer's work, and moving the weights through memory.
SECONDS_PER_WEIGHT = 1.2e-9
COMPILE_SECONDS = 3.0
# A test function is too small for anything but the calls to count.
SECONDS_PER_EVALUATION = 1e-3
# A plug-in is opaque: its data are taken to be like MNIST, its layers to be like the default network.
LIKE_MNIST = Facts(60_000, 10_000, (28, 28), 10, "")
LIKE_MLP = ArchitectureSpec("flat", (Layer("Dense", {"units": 128}),))


class RunTime(NamedTuple):
    """The seconds of a run's training and evaluating, and how often it is evaluated."""

    training: float
    evaluating: float
    evaluations: int


class Expectation:
    """How long runs are expected to take, learned from the records of the same plan."""

    def __init__(
        self,
        runs: Iterable[Run],
        records: Mapping[str, Record],
        beginnings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Compare the measured times of each program with their estimates.

        Programs without a record are taken to be off by the same factor as all others together. A run that
        resumes from a shorter one, the first of its `beginnings`, is expected to take time only for the rest.
        """
        self._shorter: dict[str, Run] = {}
        if beginnings:
            by_id = {run.id: run for run in runs}
            runs = by_id.values()
            self._shorter = {run: by_id[before[0]] for run, before in beginnings.items() if before[0] in by_id}
        self._keys = ProgramKeys()
        self._estimates: dict[tuple[object, ...], tuple[Run, RunTime]] = {}
        self._evaluating = self._training = 0.0
        # By program, the seconds that runs took and those that were estimated for them.
        self._measured: dict[str, float] = {}
        self._estimated: dict[str, float] = {}
        compiling = [self._learn(run, seconds) for run, seconds in _measured(runs, records)]
        self.known = len(compiling)
        # Only the first run of a program in each worker compiles it.
        self.compile_seconds = median([seconds for seconds in compiling if seconds] or [COMPILE_SECONDS])
        self._factors = {program: self._measured[program] / self._estimated[program] for program in self._measured}
        self._factor = sum(self._measured.values()) / sum(self._estimated.values()) if self._estimated else 1.0

    def _learn(self, run: Run, seconds: Mapping[str, float]) -> float:
        """Take note of the seconds of a finished run; return those of compiling."""
        program, evaluating = self._keys.of(run), seconds.get("evaluate", 0.0)
        self._training += seconds["train"]
        self._evaluating += evaluating
        self._measured[program] = self._measured.get(program, 0.0) + seconds["train"] + evaluating
        self._estimated[program] = self._estimated.get(program, 0.0) + self._estimate(run)
        return seconds.get("compile", 0.0)

    def seconds(self, run: Run) -> float:
        """Return the seconds that a run is expected to train and evaluate on one core."""
        shorter = self._shorter.get(run.id)
        estimated = self._estimate(run) - (self._estimate(shorter) if shorter else 0.0)
        return estimated * self._factors.get(self._keys.of(run), self._factor) if self._factors else estimated

    def programs(self, runs: Iterable[Run]) -> int:
        """Return how many programs the runs compile."""
        return len({self._keys.of(run) for run in runs})

    def total(self, runs: Iterable[Run], programs: int) -> float:
        """Return the seconds of one core that runs are expected to take, with as many programs to compile."""
        return sum(map(self.seconds, runs)) + self.compile_seconds * programs

    def evaluation_ratio(self, runs: Iterable[Run]) -> float:
        """Return the time of evaluation relative to that of training; 0 where runs are evaluated only at their end."""
        times = list(map(self._time, runs))
        if all(time.evaluations == 1 for time in times):
            return 0.0
        if self._training:
            return self._evaluating / self._training
        training = sum(time.training for time in times)
        return sum(time.evaluating for time in times) / training if training else 0.0

    def _estimate(self, run: Run) -> float:
        time = self._time(run)
        return time.training + time.evaluating

    def _time(self, run: Run) -> RunTime:
        # Runs of a plan share the sections that differ neither by the grid nor by the seed. Of an optimizer only the
        # images of a method count, or all of a wrapper.
        images = id(run.optimizer) if run.optimizer["name"] in WRAPPERS else run.optimizer.get("images")
        key = (*map(id, (run.dataset, run.architecture, run.training)), images)
        if key not in self._estimates:
            # The run keeps its sections, and so their identities, alive.
            self._estimates[key] = (run, estimated_time(run))
        return self._estimates[key][1]


def _measured(runs: Iterable[Run], records: Mapping[str, Record]) -> Iterator[tuple[Run, Mapping[str, float]]]:
    """Yield the runs that are done with the seconds of their parts."""
    for run in runs:
        record = records.get(run.id)
        if record and record.outcome.is_done and "train" in record.outcome.seconds:
            yield run, record.outcome.seconds


def estimate(run: Run) -> float:
    """Return the seconds that a run would take on the core that the constants were measured on, to a factor of two.

    A run that may stop early is taken to go on to its end.
    """
    time = estimated_time(run)
    return time.training + time.evaluating


def estimated_time(run: Run) -> RunTime:
    """Return the seconds of training and of evaluating that a run would take."""
    settings = settings_of(run)
    found = [_time_of_training(each) for each in settings.parts or (settings,)]
    training, evaluating = sum(each.training for each in found), sum(each.evaluating for each in found)
    return RunTime(training, evaluating, sum(each.evaluations for each in found))


def _time_of_training(settings: RunSettings) -> RunTime:
    training = settings.training
    if settings.dataset.surface:
        return RunTime(training.updates_for(1) * SECONDS_PER_EVALUATION, 0.0, 1)
    facts = settings.dataset.facts() or LIKE_MNIST
    counts = settings.dataset.counts(facts)
    work, weights = forward_cost(settings.architecture.preview or LIKE_MLP, facts.shape, facts.classes)
    is_method = settings.optimizer.method is not None
    batch = settings.optimizer.images_for(counts.train) if is_method else training.batch_size_for(counts.train)
    updates = training.updates_for(math.ceil(counts.train / batch))
    epochs = updates * batch / counts.train
    evaluations = math.ceil(epochs / training.evaluate_every)
    evaluated = evaluations * (
        counts.validation + counts.test * training.evaluate_test + counts.train * training.evaluate_train
    )
    pass_seconds = work / MULTIPLY_ADDS_PER_SECOND
    # The gradients cost about two forward passes.
    trained = 3 * updates * batch * pass_seconds + updates * (SECONDS_PER_UPDATE + weights * SECONDS_PER_WEIGHT)
    return RunTime(trained, evaluated * pass_seconds, evaluations)
