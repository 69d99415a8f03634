"""Which runs of a comparison come due: those of its looks at sequential seeds, or of its trials and then its choice."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from gdbench.comparison.sequential import stopping
from gdbench.comparison.tuned_choice import RowChoice, choices, tuned
from gdbench.experiment.due_runs import DueRuns, every_run
from gdbench.experiment.experiment import Comparison
from gdbench.experiment.tuning.tuned_rows import Tuning
from gdbench.records import Record, finished_records
from gdbench.text import counted


def due_runs(comparison: Comparison, records: Mapping[str, Record]) -> DueRuns:
    """Return the runs that a comparison needs, as far as its records tell."""
    if comparison.tuning:
        return _of_stages(comparison, records)
    if comparison.looks:
        return _of_looks(comparison, records)
    return every_run(comparison, records)


def counts_due(comparisons: Iterable[Comparison], records: Mapping[str, Record]) -> tuple[int, int]:
    """Return how many of the runs that comparisons need by now have ended, and how many these are in all."""
    runs = {run for comparison in comparisons for run in due_runs(comparison, records).now}
    return len(finished_records(records, runs)), len(runs)


def _of_looks(comparison: Comparison, records: Mapping[str, Record]) -> DueRuns:
    stands = stopping(comparison, records)
    assert stands is not None, "a comparison with looks has a stopping"
    now = comparison.with_first(stands.next or stands.seeds).run_ids
    if stands.ending or stands.next is None:
        return DueRuns(now, now, now)
    note = ""
    if stands.next > stands.seeds:
        seeds = f"{stands.next} of at most {stands.at_most} seeds"
        note = f"the best row is not separated from all others with {stands.seeds}; on to {seeds}"
    return DueRuns(now, comparison.run_ids, now, note)


def _of_stages(comparison: Comparison, records: Mapping[str, Record]) -> DueRuns:
    rows, tuning = choices(comparison, records), comparison.tuning
    assert tuning is not None, "only tuned comparisons have stages"
    trials = [run for choice in rows for run in choice.due]
    if all(choice.candidate for choice in rows):
        finals = tuned(comparison, records).run_ids
        runs = tuple(dict.fromkeys((*trials, *finals)))
        note = f"all trials have ended; on to {counted(len(finals), 'final run')} of what they chose"
        return DueRuns(runs, runs, runs, note)
    later = [run for choice in rows for run in _later(choice, tuning, comparison.run_ids)]
    possible = tuple(dict.fromkeys((*trials, *comparison.run_ids, *later)))
    rung = min(choice.begun for choice in rows)
    note = f"rung {rung - 1} of {len(tuning.epochs)} has ended; the best of each row go on" if rung > 1 else ""
    resumable = tuple(run for choice in rows for run in _resumable(choice))
    return DueRuns(tuple(dict.fromkeys(trials)), possible, possible, note, resumable)


def _resumable(choice: RowChoice) -> Iterator[str]:
    """Yield the trials of the rung that a row has come to and of the one before it, of the candidates left."""
    due, rung = set(choice.due), choice.begun - 1
    for candidate in choice.row.candidates if choice.candidate is None else ():
        if due.issuperset(candidate.trials[rung]):
            yield from (run for trials in candidate.trials[max(0, rung - 1) : rung + 1] for run in trials)


def _later(choice: RowChoice, tuning: Tuning, untuned: Collection[str]) -> Iterator[str]:
    """Yield runs that stand for what a row will train once more trials have ended: any candidate may be chosen.

    The most is trained if that is one whose runs are not those of untuned settings.
    """
    yield from trials_to_come(choice, tuning)
    candidates = choice.row.candidates
    others = (candidate for candidate in candidates if not set(candidate.runs).intersection(untuned))
    yield from (choice.candidate or next(others, candidates[0])).runs


def trials_to_come(choice: RowChoice, tuning: Tuning) -> Iterator[str]:
    """Yield trials that stand for those of the rungs that a row has not come to yet."""
    for rung in range(choice.begun, len(tuning.epochs)):
        for candidate in choice.row.candidates[: tuning.survivors(rung)]:
            yield from candidate.trials[rung]
