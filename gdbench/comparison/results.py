"""An experiment and its records: where tables, verdicts, summaries and exports start."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gdbench.comparison.baseline import baseline_rows
from gdbench.comparison.names import unknown_name
from gdbench.comparison.pair_tests import Test
from gdbench.comparison.samples import Measurement
from gdbench.comparison.selection import select
from gdbench.comparison.tables import Table, make_table
from gdbench.comparison.verdicts import Verdict, judge
from gdbench.experiment.experiment import At, Experiment
from gdbench.experiment.stored import read_experiment
from gdbench.ledger import read
from gdbench.records import Record


@dataclass(frozen=True, slots=True)
class Results:
    """An experiment and the records of its ledger by run id.

    A ledger may hold records of points that the experiment no longer asks for; only `records` has them.
    """

    experiment: Experiment
    records: Mapping[str, Record]

    @classmethod
    def load(cls, folder: Path) -> "Results":
        """Read a results folder.

        Raises:
            RequestError: the folder holds no experiment, or a damaged one.
            LedgerError: a line of its ledger is damaged, or cannot be read.
        """
        return cls(read_experiment(folder), read(folder))

    def of_comparisons(self, names: Sequence[str]) -> "Results":
        """Return the results of some of the comparisons, in the order of the file.

        Raises:
            RequestError: no comparison has one of the names.
        """
        known = [comparison.name for comparison in self.experiment.comparisons]
        for name in names:
            if name not in known:
                raise unknown_name("a comparison", name, known)
        chosen = tuple(comparison for comparison in self.experiment.comparisons if comparison.name in names)
        return replace(self, experiment=replace(self.experiment, comparisons=chosen))

    @property
    def own_records(self) -> list[Record]:
        """The records of the experiment's own runs, each once, in the order of the file."""
        return [self.records[run] for run in self.experiment.run_ids if run in self.records]

    @property
    def measurements(self) -> list[Measurement]:
        """Each comparison with the records."""
        return [Measurement(comparison, self.records) for comparison in self.experiment.comparisons]

    def finished_records(self, runs: Iterable[str]) -> list[Record]:
        """Return the records of the runs that came to an end, even a bad one; an interrupted run counts as missing."""
        records = (self.records.get(run) for run in runs)
        return [record for record in records if record is not None and not record.outcome.was_interrupted]

    def tables(
        self, metrics: Sequence[str], at: Sequence[At], test: Test = "moderated", baseline: str | None = None
    ) -> list[Table]:
        """Return a table for each comparison, with every metric at every epoch of `at`.

        `test` tells rows apart; `baseline` names a row, by its key or the only label that has it, that all others are
        compared with.

        Raises:
            RequestError: an unknown metric, a metric or epoch that no record has, or a baseline that names no row.
        """
        # One comparison with a target is enough; the others have empty columns.
        targeted = any(comparison.target is not None for comparison in self.experiment.comparisons)
        selections = select(metrics, at, self.own_records, targeted=targeted)
        baselines = baseline_rows(self.experiment.comparisons, baseline)
        return [
            make_table(measurement, selections, test, key)
            for measurement, key in zip(self.measurements, baselines, strict=True)
        ]

    def verdicts(self) -> list[Verdict]:
        """Return the verdict on each comparison that has published figures or claims."""
        return [judge(measurement) for measurement in self.measurements if measurement.comparison.is_published]
