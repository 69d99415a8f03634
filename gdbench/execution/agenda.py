"""Which runs of a plan are to be trained: all that are missing, or those of the look that a comparison has come to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gdbench.experiment.experiment import Comparison, Plan
from gdbench.ledger import missing
from gdbench.records import Record, Run
from gdbench.text import counted

Records = Mapping[str, Record]
# How many of its seeds a comparison with looks needs, as far as its records tell.
SeedsToTrain = Callable[[Comparison, Records], int]


@dataclass(frozen=True, slots=True)
class _Look:
    """The look that a comparison has come to: how many seeds it takes, and which of their runs are left."""

    comparison: Comparison
    seeds: int
    left: set[str]


class Agenda:
    """The missing runs of a plan, of which those come due that its comparisons need, as far as the records tell.

    `due` are the runs to be trained now. `possible` are these and all that further looks may take. A sweep that needs
    no look beyond these trains `fewest_runs` in all, a sweep that takes every look `most_runs`, those in the ledger
    included.
    """

    def __init__(
        self, plan: Plan, records: Records, seeds_to_train: SeedsToTrain, *, retry_failed: bool = False
    ) -> None:
        """Start from the records of a ledger."""
        missing_runs = missing(plan.runs, records, retry_failed, plan.exclusive_runs)
        self._left = {run.id: run for run in missing_runs}
        self._seeds_to_train = seeds_to_train
        self._looks: dict[str, _Look] = {}
        self._handed_out: set[str] = set()
        needed, possible = set[str](), set[str]()
        for comparison in plan.trained:
            runs = self._advance(comparison, records) if comparison.looks else comparison.run_ids
            needed.update(runs)
            possible.update(comparison.run_ids if comparison.name in self._looks else runs)
        self.fewest_runs, self.most_runs = len(needed), len(possible)
        self.due = self._hand_out(needed)
        self.possible = [run for run in missing_runs if run.id in possible]

    @property
    def in_ledger(self) -> int:
        """How many of all these runs are not to be trained any more."""
        return self.most_runs - len(self.possible)

    @property
    def counts(self) -> str:
        """How many runs there are and how many of them are in the ledger, in words."""
        least = f"{self.fewest_runs} to " if self.most_runs > self.fewest_runs else ""
        return f"{least}{counted(self.most_runs, 'run')}, {self.in_ledger} in the ledger"

    def ended(self, run: str, records: Records, say: Callable[[str], None]) -> list[Run]:
        """Take note of a run that has come to an end; return the runs that come due, if it was the last of a look."""
        self._left.pop(run, None)
        needed: set[str] = set()
        for name, look in list(self._looks.items()):
            look.left.discard(run)
            if look.left:
                continue
            del self._looks[name]
            needed.update(self._advance(look.comparison, records))
            if name in self._looks:
                seeds = f"{self._looks[name].seeds} of at most {len(look.comparison.seeds)} seeds"
                say(f"{name}: the best row is not separated from all others with {look.seeds}; on to {seeds}")
        return self._hand_out(needed)

    def _advance(self, comparison: Comparison, records: Records) -> tuple[str, ...]:
        """Take the looks that a comparison has the records for; return the runs of all the seeds that it needs."""
        # A failed run that is to be trained again says nothing yet.
        known = {run: records[run] for run in comparison.run_ids if run in records and run not in self._left}
        needed = comparison.with_first(self._seeds_to_train(comparison, known))
        left = {run for run in needed.run_ids if run in self._left}
        if left:
            self._looks[comparison.name] = _Look(comparison, len(needed.seeds), left)
        return needed.run_ids

    def _hand_out(self, runs: Iterable[str]) -> list[Run]:
        """Return those of the runs that are left and were not handed out before, in the order of the plan."""
        new = set(runs) - self._handed_out
        self._handed_out |= new
        return [run for run in self._left.values() if run.id in new] if new else []
