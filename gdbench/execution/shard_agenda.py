"""Which runs a shard is to train: its own among those that are due, up to the next stage."""

from collections.abc import Callable

from gdbench.execution.agenda import Agenda, Records
from gdbench.experiment.due_runs import FindDueRuns
from gdbench.experiment.experiment import Plan
from gdbench.experiment.shard import Shard, runs_of
from gdbench.records import Run


class ShardAgenda(Agenda):
    """The agenda of one shard, which cannot go on to another stage: the other shards have a part in it."""

    def __init__(
        self,
        plan: Plan,
        records: Records,
        find_due_runs: FindDueRuns,
        shard: Shard,
        *,
        retry_failed: bool = False,
    ) -> None:
        """Start from the records of all ledgers of a folder."""
        super().__init__(plan, records, find_due_runs, retry_failed=retry_failed)
        own = runs_of(plan, shard)
        self._shard = shard
        # Of the final runs of a tuned row, those of one candidate will be trained.
        spared = self._spared if any(each.tuning for each in plan.experiment.comparisons) else set()
        counts = f"{len(own - spared):,} of {len(plan.runs) - len(spared):,} runs"
        self._counts = f"{counts}, {len(own - spared - self._left.keys()):,} in the ledgers"
        self._is_last = (own - spared).isdisjoint(self._left.keys() - {run.id for run in self.due})
        self.due = self.possible = [run for run in self.due if run.id in own]

    @property
    def counts(self) -> str:
        """How many of the runs are the shard's and how many of these are in a ledger, in words."""
        before = "" if self._is_last else f", {len(self.due):,} to train before the next stage"
        return f"shard {self._shard}, {self._counts}{before}"

    def ended(self, run: str, _records: Records, _say: Callable[[str], None]) -> list[Run]:
        """Take note of a run that has come to an end; nothing more comes due."""
        self._left.pop(run, None)
        return []


def agenda_of(
    plan: Plan, find_due_runs: FindDueRuns, shard: Shard | None, records: Records, *, retry_failed: bool = False
) -> Agenda:
    """Return the agenda of a shard, or of a whole sweep."""
    if shard is None:
        return Agenda(plan, records, find_due_runs, retry_failed=retry_failed)
    return ShardAgenda(plan, records, find_due_runs, shard, retry_failed=retry_failed)
