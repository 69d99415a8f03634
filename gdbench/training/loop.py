"""The training of one run on its program: epochs, evaluations, stopping rules, divergence and collapse."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.records import Diverged, Outcome
from gdbench.stages import TRAINING, tell_stage
from gdbench.training.checkpoint import KeptStates
from gdbench.training.decimals import shortest_decimal
from gdbench.training.divergence import first_not_finite
from gdbench.training.evaluation import Evaluation
from gdbench.training.keras_types import Integers
from gdbench.training.methods.surface_program import SurfaceProgram
from gdbench.training.program import Program
from gdbench.training.run_progress import KeptWeights, RunProgress
from gdbench.training.stopping import stops
from gdbench.training.streams import permutation
from gdbench.training.training_steps import Steps
from gdbench.training.trajectory import trajectory

# A model that gives this share of the test images one class has learned nothing.
COLLAPSED_SHARE = 0.99


def evaluation_updates(updates: int, per_epoch: float, every: float) -> dict[int, float]:
    """Return the updates to evaluate after, with their epochs: every `every` epochs, and after the last update."""
    moments: dict[int, float] = {}
    count = 1
    while (update := round(count * every * per_epoch)) < updates:
        # An interval below half an update rounds to none.
        if update:
            moments[update] = _epoch(update / per_epoch)
        count += 1
    return moments | {updates: _epoch(updates / per_epoch)}


def _epoch(value: float) -> float:
    """Return whole epochs as integers, and parts of them without the noise of binary fractions."""
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() else rounded


def stretches(updates: int, per_epoch: int, moments: dict[int, float]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of updates from one end of an epoch or evaluation to the next."""
    # A stretch never crosses an epoch, whose images have an order of their own.
    ends = sorted({*moments, *range(per_epoch, updates, per_epoch)})
    yield from zip([0, *ends], ends, strict=False)


class Loop:
    """One run on its program, or one training of several that a run is made of."""

    def __init__(
        self, settings: RunSettings, program: Program, before: "Loop | None" = None, kept: KeptStates | None = None
    ) -> None:
        """Read the settings of the run; nothing is trained yet.

        It goes on from where the loop `before` has ended: with its weights, its history and its count of what is spent.
        Or from where a shorter run stood that began as it does, if that was `kept`.
        """
        self.settings = settings
        self.training = settings.training
        self.program = program
        self.kept = kept
        # The updates that a shorter run has trained.
        self.resumed = 0
        self.per_epoch = program.updates_per_epoch
        self.updates = self.training.updates_for(self.per_epoch)
        self.moments = evaluation_updates(self.updates, self.per_epoch, self.training.evaluate_every)
        self.progress: RunProgress = before.progress if before else RunProgress()
        self.weights = before.program.weights if before else None
        history = self.progress.history
        self.epochs_before = history["epoch"][-1] if before else 0
        self.updates_before = int(history["update"][-1]) if before else 0
        self.length = self.epochs_before + self.updates / self.per_epoch

    def outcome(self) -> Outcome:
        """Train the run from its first update to its last."""
        tell_stage(TRAINING)
        self._start()
        self._resume()
        order = np.zeros(0, np.int32)
        for first, last in stretches(self.updates, self.per_epoch, self.moments):
            if last <= self.resumed:
                continue
            epoch, offset = divmod(first, self.per_epoch)
            if offset == 0:
                shuffle = math.ceil(self.epochs_before) + epoch
                order = permutation(self.settings.seed, shuffle, self.program.data.train.count)
                self.progress.begin_epoch()
            diverged_at = self._train(order, first, last, epoch)
            if diverged_at is not None:
                return self._diverged(diverged_at)
            if last in self.moments:
                evaluations = self._evaluate(last)
                if evaluations is None:
                    return self._diverged(last)
                if last == self.updates and self.kept:
                    self.kept.save(self.program, last, self.progress)
                if last == self.updates or stops(self.training, self.progress.history):
                    return self._done(evaluations)
        raise AssertionError("the last stretch ends with an evaluation")

    @property
    def kept_weights(self) -> KeptWeights:
        """The weights to be saved of a run that is done: those of its best evaluation, or its last ones."""
        best = self.progress.best_weights
        return best or KeptWeights(self.progress.history["epoch"][-1], self.program.weights)

    def _start(self) -> None:
        self.program.start(self.settings, self.weights)
        if not self.progress.path:
            self._note_point()

    def _resume(self) -> None:
        """Go on from the longest run that was kept and has ended with an epoch, unless a rule would have ended this."""
        for beginning in self.kept.beginnings(self.program) if self.kept else ():
            measured = beginning.measured.at(self.moments)
            fits = beginning.updates < self.updates and beginning.updates % self.per_epoch == 0
            if fits and not stops(self.training, measured.history):
                self.program.restore(beginning.state)
                self.progress, self.resumed = measured, beginning.updates
                return

    def _note_point(self) -> None:
        if isinstance(self.program, SurfaceProgram):
            self.progress.path.append(self.program.point)

    def _train(self, order: Integers, first: int, last: int, epoch: int) -> int | None:
        """Train a stretch; return the first update that gave something not finite, counted from 1, or None."""
        updates = np.arange(first, last, dtype=np.float64)
        rates = self.settings.schedule(self.settings.optimizer.learning_rate, updates, self.updates)
        start = epoch * self.per_epoch
        before = self.program.state()

        def train(stop: int) -> Steps:
            update = self.updates_before + first
            return self.program.train(order, first - start, stop - start, update, rates[: stop - first])

        begin = time.perf_counter()
        steps = train(last)
        self.progress.seconds["train"] += time.perf_counter() - begin
        if not np.isfinite(steps.losses).all() or not self.program.is_finite():
            diverged_at = first_not_finite(self.program, before, steps, first, train)
            self._keep_layers(steps, first, diverged_at)
            return diverged_at
        self.progress.add_steps(steps)
        self.progress.losses += [shortest_decimal(steps.losses[update - first]) for update in self._kept(first, last)]
        self._keep_layers(steps, first, last)
        return None

    def _kept(self, first: int, last: int) -> range:
        """Return the updates of a stretch, counted from 0, that are recorded."""
        every = self.training.loss_interval
        # Counted from the start of the run, whatever stretches it is divided into.
        return range(first + (-first - self.updates_before - 1) % every, last, every) if every else range(0)

    def _keep_layers(self, steps: Steps, first: int, last: int) -> None:
        if steps.recorded is not None:
            self.progress.recorded.append(steps.recorded[[update - first for update in self._kept(first, last)]])

    def _evaluate(self, update: int) -> dict[str, Evaluation] | None:
        """Measure all splits and return their evaluations; None if a loss is not finite."""
        begin = time.perf_counter()
        evaluations = self.program.measure(self.training)
        self.progress.seconds["evaluate"] += time.perf_counter() - begin
        if not all(np.isfinite(evaluation.loss) for evaluation in evaluations.values()):
            return None
        epoch = _epoch(self.epochs_before + self.moments[update])
        self.progress.add_evaluation(epoch, self.updates_before + update, evaluations)
        if "test" in evaluations:
            self.progress.add_answers(epoch, evaluations["test"], self.program.data.classes)
        if self.training.save == "best" and self.progress.is_best:
            self.progress.best_weights = KeptWeights(epoch, self.program.weights)
        self._note_point()
        self._tell(epoch, evaluations)
        return evaluations

    def _tell(self, epoch: float, evaluations: dict[str, Evaluation]) -> None:
        """Say how far the run is, and its accuracy, or the value of a function without images."""
        told = f"training loss {self.progress.history['train_loss'][-1]:.4g}"
        for name, words in (("test", "test"), ("val", "validation")):
            if name in evaluations:
                told = f"{words} accuracy {100 * evaluations[name].accuracy:.2f} %"
        tell_stage(f"epoch {epoch:g} of {_epoch(self.length):g}, {told}", often=True)

    def _done(self, evaluations: dict[str, Evaluation]) -> Outcome:
        # The metrics of a run are those of its last evaluation.
        last = {name: values[-1] for name, values in self.progress.history.items() if name not in ("epoch", "update")}
        metrics: dict[str, bool | float] = {**last}
        # Of the validation images in a run that does without the test images; a function has none.
        if judged := evaluations.get("test") or evaluations.get("val"):
            metrics["collapsed"] = judged.largest_share >= COLLAPSED_SHARE
        answers = self.progress.answers
        # Where the last evaluation is the best, it is kept once.
        kept = {moment: found for moment, found in answers.items() if moment == "last" or found != answers["last"]}
        return self._outcome(Outcome("done", metrics, answers=kept))

    def _diverged(self, update: int) -> Outcome:
        epoch = math.ceil(self.epochs_before) + (update - 1) // self.per_epoch + 1
        where: Diverged = {"epoch": epoch, "step": self.updates_before + update}
        return self._outcome(Outcome("diverged", diverged=where))

    def _outcome(self, ending: Outcome) -> Outcome:
        """Return how the run ended together with its progress up to there."""
        progress, recorder, every = self.progress, self.program.recorder, self.training.loss_interval
        epochs = [0, *progress.history.get("epoch", [])]
        return replace(
            ending,
            history={name: [*values] for name, values in progress.history.items()},
            seconds={name: shortest_decimal(value) for name, value in progress.seconds.items()},
            losses=progress.losses if every else None,
            layers=recorder.curves(every, progress.recorded) if recorder and every else None,
            images=None if progress.path else progress.images,
            clock=[*progress.clock],
            trajectory=trajectory(epochs, progress.path) if progress.path else None,
            resumed=self.resumed or None,
        )
