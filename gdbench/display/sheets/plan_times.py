"""How long the runs of a plan are likely to take, of one core and on the workers at hand."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.text import counted, duration

# A plan says so where evaluating takes at least this many times as long as training.
NOTEWORTHY_RATIO = 1.5


@dataclass(frozen=True, slots=True)
class PlanTimes:
    """What is expected of runs that compile `programs`; `exclusive` are the ids of those that are trained alone."""

    expectation: Expectation
    programs: int
    exclusive: Collection[str]
    workers: int

    def of_core(self, runs: Sequence[Run]) -> float:
        """Return the seconds of one core that runs would take."""
        return round(self.expectation.total(runs, self.programs), 1) if runs else 0.0

    def on_workers(self, runs: Sequence[Run]) -> float:
        """Return the seconds that runs would take on the workers at hand."""
        shared = [self.expectation.seconds(run) for run in runs if run.id not in self.exclusive]
        if not shared:
            return self.of_core(runs)
        alone = sum(self.expectation.seconds(run) for run in runs if run.id in self.exclusive)
        # However many workers there are, a run and the compiling of its program stay whole.
        least = max(shared) + self.expectation.compile_seconds
        return round(alone + max((self.of_core(runs) - alone) / self.workers, least), 1)

    def text(self, certain: Sequence[Run], possible: Sequence[Run]) -> str:
        """Return how long the runs that are certain, and all that are possible, would take."""
        wall = _span(self.on_workers(certain), self.on_workers(possible))
        of_core = f" ({_span(self.of_core(certain), self.of_core(possible))} of one core)" if self.workers > 1 else ""
        return f"{wall} on {counted(self.workers, 'worker')}{of_core}"

    def hint(self, runs: Sequence[Run]) -> str:
        """Return what to do where most of the time would go into evaluating; nothing elsewhere."""
        times = self.expectation.evaluation_ratio(runs)
        if times < NOTEWORTHY_RATIO:
            return ""
        # Runs share the sections that they do not vary.
        trainings = {id(run.training): run for run in runs}.values()
        every = math.ceil(times * max(settings_of(run).training.evaluate_every for run in trainings))
        return (
            f"; evaluating takes about {times:.0f} times as long as training: with training.evaluate_every: {every} "
            "both take equally long"
        )


def _span(least: float, most: float) -> str:
    texts = duration(least), duration(most)
    if texts[0] == texts[1]:
        return texts[0]
    shortest, longest = texts[0], texts[1].removeprefix("about ")
    unit = f" {longest.rpartition(' ')[2]}"
    return f"{shortest.removesuffix(unit)} to {longest}"
