"""The training of one run by a method: every pass counted, the best weights so far evaluated."""

import time
from dataclasses import dataclass

import numpy as np

from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.catalog.optimizers.method import Computed, Method
from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.records import Diverged, Outcome
from gdbench.training.decimals import shortest_decimal
from gdbench.training.evaluation import Evaluation
from gdbench.training.keras_types import Array
from gdbench.training.loop import Loop, evaluation_updates
from gdbench.training.methods.blas_threads import one_blas_thread
from gdbench.training.methods.surface_program import SurfaceProgram
from gdbench.training.methods.whole_function import Pass
from gdbench.training.methods.whole_program import WholeProgram
from gdbench.training.stopping import stops
from gdbench.training.streams import generator
from gdbench.training.training_steps import Steps


class _Ended(Exception):  # noqa: N818
    """Leaves the method in the middle of its search, with the outcome of the run."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(frozen=True, eq=False)
class _Best:
    """The weights (size,) with the lowest loss so far, penalties included, and what a pass at them gave."""

    weights: Array
    found: Pass


class MethodLoop(Loop):
    """One run by a method, which it calls with itself as the objective.

    An update is one pass over the method's images, whatever is computed in it, and an epoch as many passes as see each
    training image once. What is measured are the weights with the lowest loss so far, since a method also looks at
    weights that it then rejects.
    """

    def __init__(
        self, settings: RunSettings, program: WholeProgram | SurfaceProgram, before: Loop | None = None
    ) -> None:
        """Read the settings of the run; nothing is trained yet."""
        super().__init__(settings, program, before)
        self.function = program.function
        self._per_epoch = program.passes_per_epoch
        self.updates = self.training.steps or max(1, round(self.training.epochs * self._per_epoch))
        self.moments = evaluation_updates(self.updates, self._per_epoch, self.training.evaluate_every)
        self.length = self.epochs_before + self.updates / self._per_epoch
        self._seconds_before = dict(self.progress.seconds)
        self._passes = 0
        self._begin = 0.0
        self._best: _Best | None = None
        # The last evaluation: after which pass, and what it gave.
        self._last: tuple[int, dict[str, Evaluation] | None] | None = None

    def outcome(self) -> Outcome:
        """Search from the run's initial weights until its passes are spent, or the method has converged."""
        self._start()
        self.start = self.function.weights
        method = OPTIMIZERS.build(self.settings.optimizer.component)
        assert isinstance(method, Method), "only methods are trained here"
        self._begin = time.perf_counter()
        try:
            # Another stream for a later part of the run, which would else repeat the draws.
            stream = f"method/{self.updates_before}" if self.updates_before else "method"
            with one_blas_thread():
                method.minimize(self, generator(self.settings.seed, stream))
        except _Ended as ended:
            return ended.outcome
        # It has converged, perhaps between two evaluations.
        return self._ending()

    def loss(self, weights: Array) -> float:
        """Return the loss at some weights (size,)."""
        return self._pass("loss", weights).total

    def loss_and_gradient(self, weights: Array) -> tuple[float, Array]:
        """Return the loss and its gradient (size,) at some weights (size,)."""
        found = self._pass("gradient", weights)
        return found.total, found.derivative

    def product(self, weights: Array, direction: Array) -> Array:
        """Return the product (size,) of the Hessian at some weights and a direction (size,)."""
        return self._pass("product", weights, direction).derivative

    def _pass(self, computed: Computed, weights: Array, direction: Array | None = None) -> Pass:
        found = self.function(computed, weights, direction)
        self._passes += 1
        self.progress.images += self.function.images
        if not (np.isfinite(found.total) and np.isfinite(found.derivative).all()):
            self._tick()
            raise _Ended(self._diverged(self._passes))
        if self._best is None or found.total < self._best.found.total:
            # A method may go on in the same array.
            self._best = _Best(np.array(weights), found)
        every = self.training.loss_interval
        if every and (self.updates_before + self._passes) % every == 0:
            self.progress.losses.append(shortest_decimal(found.loss))
        if self._passes in self.moments:
            evaluations = self._measured()
            if self._passes == self.updates or evaluations is None or stops(self.training, self.progress.history):
                raise _Ended(self._ending())
        return found

    def _ending(self) -> Outcome:
        """Return how the run ends where it is now."""
        evaluations = self._measured()
        return self._diverged(self._passes) if evaluations is None else self._done(evaluations)

    def _measured(self) -> dict[str, Evaluation] | None:
        """Evaluate the best weights; None if a loss is not finite. Once only after the same pass."""
        if self._last and self._last[0] == self._passes:
            return self._last[1]
        assert self._best is not None, "a method computes the loss first"
        self._tick()
        best = self._best
        self.function.assign(best.weights)
        self.moments |= evaluation_updates(self._passes, self._per_epoch, self._passes)
        self.progress.begin_epoch()
        images, self.progress.images = self.progress.images, 0
        correct = None if best.found.correct is None else np.array([best.found.correct])
        self.progress.add_steps(Steps(np.array([best.found.loss]), correct, np.array([self.function.images])))
        self.progress.images = images
        evaluations = self._evaluate(self._passes)
        self._last = (self._passes, evaluations)
        return evaluations

    def _diverged(self, update: int) -> Outcome:
        epoch = int(self.epochs_before + (update - 1) / self._per_epoch) + 1
        where: Diverged = {"epoch": epoch, "step": self.updates_before + update}
        return self._outcome(Outcome("diverged", diverged=where))

    def _tick(self) -> None:
        """Count the time since the start as training, the method's own work included, but for evaluations."""
        seconds, before = self.progress.seconds, self._seconds_before
        evaluated = seconds["evaluate"] - before["evaluate"]
        seconds["train"] = before["train"] + time.perf_counter() - self._begin - evaluated
