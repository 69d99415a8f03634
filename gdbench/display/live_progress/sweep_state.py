"""The state of a sweep in words: how many runs have ended and how, what the workers are doing, and the times."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from gdbench.display.live_progress.time_left import TimeLeft
from gdbench.execution.activity import Activity, Doing
from gdbench.records import Record, Run
from gdbench.stages import COMPILING
from gdbench.text import counted


class SweepState:
    """What is known of a sweep, updated by the records of its runs."""

    def __init__(self, names: Mapping[str, str], runs: Sequence[Run], activity: Activity) -> None:
        """Start the clock."""
        self.names = names
        self.runs = runs
        self.activity = activity
        self.endings: Counter[str] = Counter()
        self.started = time.monotonic()
        self._left = TimeLeft(runs)
        self._left_at: tuple[float | None, float] = (None, self.started)
        # The programs in the order in which they were compiled.
        self._compiled: dict[str, int] = {}

    def add(self, record: Record) -> None:
        """Take note of a run that has ended."""
        self.endings[record.outcome.status] += 1
        self._left.add(record)
        workers = len(self.activity.workers) or 1
        self._left_at = (self._left.seconds(workers), time.monotonic())

    @property
    def count(self) -> int:
        """How many runs have ended."""
        return self.endings.total()

    def times(self, width: int = 0) -> str:
        """Return the elapsed and the remaining time, each padded to a width."""
        left, at = self._left_at
        now = time.monotonic()
        # Counts down until the next run corrects it.
        rest = clock(max(0.0, left - (now - at))) if left is not None else "-"
        return f"elapsed {clock(now - self.started):>{width}}  left {rest:>{width}}"

    def summary(self) -> str:
        """Return the line that stays once the sweep has ended: `9 runs in 0:12, 1 diverged`."""
        total = len(self.runs)
        count = counted(total, "run") if self.count == total else f"{self.count} of {counted(total, 'run')}"
        others = [f"{self.endings[status]} {status}" for status in ("diverged", "failed") if self.endings[status]]
        return ", ".join([f"{count} in {clock(time.monotonic() - self.started)}", *others])

    def doing(self, most: int | None = None) -> list[str]:
        """Return what is going on: a line for each run under way, the first ones if there are more, then the rest."""
        lines = [f"{self.names[doing.run.id]}, seed {doing.run.seed}: {self._stage(doing)}" for doing in self._runs()]
        if most is not None and len(lines) > most:
            lines[most:] = [f"and {counted(len(lines) - most, 'more run')} under way"]
        starting = self.activity.starting if self.activity.workers else 0
        if starting or not (lines or self.count):
            lines.append(f"starting {counted(starting, 'worker') if starting else 'workers'}")
        if self.activity.cluster:
            lines.append(self.activity.cluster)
        return lines

    def _runs(self) -> list[Doing]:
        return [doing for doing in self.activity.under_way() if doing.run.id in self.names]

    def _stage(self, doing: Doing) -> str:
        if doing.stage != COMPILING:
            return doing.stage or "beginning"
        number = self._compiled.setdefault(doing.program, len(self._compiled) + 1)
        return f"compiling program {number} of {max(number, self._left.programs)}"


def clock(seconds: float) -> str:
    """Return hours, minutes and seconds, such as `1:02:03` or `0:07`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
