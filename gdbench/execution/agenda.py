"""Which runs of a plan are to be trained: all that are missing, or those of the stage that a comparison has come to.

A stage is a look at sequential seeds, a rung of trials, or the final runs of what trials chose.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gdbench.experiment.due_runs import DueRuns, FindDueRuns
from gdbench.experiment.experiment import Comparison, Plan
from gdbench.ledger import missing
from gdbench.records import Record, Run
from gdbench.text import counted

Records = Mapping[str, Record]


@dataclass(frozen=True, slots=True)
class _Stage:
    """The stage that a comparison has come to, and which of its runs are left."""

    comparison: Comparison
    left: set[str]


class Agenda:
    """The missing runs of a plan; those that its comparisons need, according to the records so far, come due.

    `due` are the runs to be trained now. `possible` also has the runs that later stages may need. Counting
    those in the ledger, a sweep that stops at its next look has `fewest_runs`, one that takes every look `most_runs`.
    """

    def __init__(self, plan: Plan, records: Records, find_due_runs: FindDueRuns, *, retry_failed: bool = False) -> None:
        """Start from the records of a ledger."""
        missing_runs = missing(plan.runs, records, retry_failed, plan.exclusive_runs)
        self._left = {run.id: run for run in missing_runs}
        self._find_due_runs = find_due_runs
        self._stages: dict[str, _Stage] = {}
        self._resumable: dict[str, tuple[str, ...]] = {}
        self._handed_out: set[str] = set()
        needed, certain, possible = set[str](), set[str](), set[str]()
        for comparison in plan.trained:
            runs = self._advance(comparison, records)
            needed.update(runs.now)
            certain.update(runs.certain)
            possible.update(runs.possible)
        self.fewest_runs, self.most_runs = len(certain), len(possible)
        self._spared = {run for each in plan.experiment.comparisons for run in each.all_run_ids} - possible
        self.due = self._hand_out(needed)
        self.possible = [run for run in missing_runs if run.id in possible]

    @property
    def in_ledger(self) -> int:
        """How many of all these runs are not to be trained any more."""
        return self.most_runs - len(self.possible)

    @property
    def counts(self) -> str:
        """How many runs there are and how many of them are in the ledger, in words."""
        least = f"{self.fewest_runs:,} to " if self.most_runs > self.fewest_runs else ""
        return f"{least}{counted(self.most_runs, 'run')}, {self.in_ledger:,} in the ledger"

    @property
    def resumable(self) -> set[str]:
        """The runs from whose ends others may go on."""
        return {run for runs in self._resumable.values() for run in runs}

    def ended(self, run: str, records: Records, say: Callable[[str], None]) -> list[Run]:
        """Take note of a run that has come to an end; return the runs that come due, if it was the last of a stage."""
        self._left.pop(run, None)
        needed: set[str] = set()
        for name, stage in list(self._stages.items()):
            stage.left.discard(run)
            if stage.left:
                continue
            del self._stages[name]
            runs = self._advance(stage.comparison, records)
            needed.update(runs.now)
            if runs.note and name in self._stages:
                say(f"{name}: {runs.note}")
        return self._hand_out(needed)

    def _advance(self, comparison: Comparison, records: Records) -> DueRuns:
        """Take the stages that a comparison has the records for; return the runs that it needs."""
        # A failed run that is to be trained again says nothing yet.
        known = {run: records[run] for run in comparison.all_run_ids if run in records and run not in self._left}
        runs = self._find_due_runs(comparison, known)
        self._resumable[comparison.name] = runs.resumable
        left = {run for run in runs.now if run in self._left}
        if left and (comparison.looks or comparison.tuning):
            self._stages[comparison.name] = _Stage(comparison, left)
        return runs

    def _hand_out(self, runs: Iterable[str]) -> list[Run]:
        """Return those of the runs that are left and were not handed out before, in the order of the plan."""
        new = set(runs) - self._handed_out
        self._handed_out |= new
        return [run for run in self._left.values() if run.id in new] if new else []
