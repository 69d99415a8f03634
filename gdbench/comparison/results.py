"""An experiment and its records: where tables, verdicts, summaries and exports start."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from gdbench.comparison.baseline import baseline_rows
from gdbench.comparison.judgment.multiverse_verdicts import MultiverseVerdict, judge_multiverse
from gdbench.comparison.judgment.verdicts import Verdict, judge
from gdbench.comparison.measurement import Measurement
from gdbench.comparison.names import unknown_name
from gdbench.comparison.pair_tests import Test
from gdbench.comparison.performance_profile import PerformanceProfile, performance_profile
from gdbench.comparison.selection import select
from gdbench.comparison.sequential import Stopping, stopping
from gdbench.comparison.tables import Table, make_table
from gdbench.comparison.tuned_choice import choices, tuned, without_repeated_defaults
from gdbench.experiment.experiment import Comparison, Experiment
from gdbench.experiment.moment import At
from gdbench.experiment.stored_experiment import read_experiment
from gdbench.ledger import read
from gdbench.records import Record, finished_records


# Without slots, which a cached property cannot have.
@dataclass(frozen=True)
class Results:
    """An experiment and the records of its ledger by run id.

    A ledger may hold records of points that the experiment no longer asks for, and of seeds beyond the look after which
    a comparison has ended; only `records` has them.
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
                raise unknown_name("--comparison", "a comparison", name, known)
        chosen = tuple(comparison for comparison in self.experiment.comparisons if comparison.name in names)
        return replace(self, experiment=replace(self.experiment, comparisons=chosen))

    @cached_property
    def stoppings(self) -> tuple[Stopping | None, ...]:
        """Where each comparison with looks stands, None of the others."""
        return tuple(stopping(comparison, self.records) for comparison in self.experiment.comparisons)

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons with the seeds that count, which are all but in a comparison with looks, and what was chosen.

        Tuned rows have the final runs of the setting that they chose, none before they have. A row that chose its
        untuned settings has no second row with these.
        """
        return tuple(map(without_repeated_defaults, self._with_all_rows))

    @cached_property
    def _with_all_rows(self) -> tuple[Comparison, ...]:
        pairs = zip(self.experiment.comparisons, self.stoppings, strict=True)
        counted = (comparison.with_first(stands.seeds) if stands else comparison for comparison, stands in pairs)
        return tuple(tuned(comparison, self.records) for comparison in counted)

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The distinct ids of the runs that count, in file order."""
        return tuple(dict.fromkeys(run for comparison in self.comparisons for run in comparison.run_ids))

    @property
    def own_records(self) -> list[Record]:
        """The records of the experiment's own runs, each once, in the order of the file."""
        return [self.records[run] for run in self.run_ids if run in self.records]

    @property
    def protocol_records(self) -> list[Record]:
        """The records of the runs in the universes of multiverses, each once, in the order of the file."""
        universes = (universe for comparison in self.comparisons for universe in comparison.in_universes)
        runs = dict.fromkeys(run for universe in universes for run in universe.run_ids)
        return [self.records[run] for run in runs if run in self.records]

    @property
    def trial_records(self) -> list[Record]:
        """The records of the trials of tuned rows, as far as these have come."""
        rows = [choice for comparison in self.experiment.comparisons for choice in choices(comparison, self.records)]
        trials = dict.fromkeys(run for choice in rows for run in choice.due)
        return [self.records[run] for run in trials if run in self.records]

    @property
    def measurements(self) -> list[Measurement]:
        """Each comparison with the records."""
        return [Measurement(comparison, self.records) for comparison in self.comparisons]

    @property
    def profile(self) -> PerformanceProfile | None:
        """The performance profile over the comparisons with a target; None with fewer than two of them."""
        return performance_profile(self.measurements)

    def finished_records(self, runs: Iterable[str]) -> list[Record]:
        """Return the records of the runs that came to an end, even a bad one; an interrupted run counts as missing."""
        return finished_records(self.records, runs)

    def is_finished(self, comparison: Comparison) -> bool:
        """Whether every run of a comparison has come to an end; a verdict on some of them could still turn."""
        return len(self.finished_records(comparison.run_ids)) == len(comparison.run_ids)

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
        baselines = baseline_rows(self.comparisons, baseline)
        return [
            make_table(measurement, selections, test, key, stands, self.experiment.overrides)
            for measurement, key, stands in zip(self.measurements, baselines, self.stoppings, strict=True)
        ]

    def verdicts(self) -> list[Verdict]:
        """Return the verdict on each comparison that has published figures or claims."""
        # A claim may name a row that tables leave out as it is another's.
        published = (comparison for comparison in self._with_all_rows if comparison.is_published)
        return [judge(Measurement(comparison, self.records)) for comparison in published]

    def multiverses(self) -> list[MultiverseVerdict]:
        """Return the verdicts on each comparison with a multiverse in its universes."""
        judged = (judge_multiverse(comparison, self.records) for comparison in self.comparisons)
        return [found for found in judged if found is not None]
