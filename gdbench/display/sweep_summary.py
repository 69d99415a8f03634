"""The end of a sweep: its tables on stdout and as files, and one line for each failed run."""

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path

from gdbench.comparison.results import Results
from gdbench.comparison.selection import default_csv_metrics, default_metrics
from gdbench.comparison.stages_due import due_runs
from gdbench.display.formats import print_as
from gdbench.display.formats.csv import csv_text
from gdbench.display.history_file import history_files
from gdbench.display.run_text import ending_text, run_names
from gdbench.display.sheets.profile_sheet import flat_profile
from gdbench.display.sheets.table_sheets import TablesPrintout, flat_sheet
from gdbench.display.tuning_files import tuning_files
from gdbench.execution.full_disk import full_disk_explained
from gdbench.execution.model_files import MODELS, model_path
from gdbench.experiment.header import PROFILE
from gdbench.experiment.shard import Shard
from gdbench.experiment.stored_experiment import FILE
from gdbench.filesystem.atomic_write import write_inside
from gdbench.interpreter.garbage_collection import without_collection
from gdbench.ledger import ledgers
from gdbench.records import Record
from gdbench.source_digest import modules
from gdbench.text import counted

Say = Callable[[str], None]
# How many of the runs whose models were deleted.
_MOST_NAMED = 10


@without_collection()
def conclude(results: Results, folder: Path, say: Say) -> list[Record]:
    """Print and write the tables of an experiment, and return the records of its failed runs.

    Raises:
        SweepError: a file cannot be written.
    """
    # Files first: the reader of the tables may close the pipe.
    write_tables(results, folder, say)
    _report_models(results, folder, say)
    tables = results.tables(default_metrics(results.own_records), ["last"])
    print_as("terminal", TablesPrintout(tables, verdicts=results.verdicts(), profile=results.profile))
    return report_failures(results, folder, say)


def _report_models(results: Results, folder: Path, say: Say) -> None:
    """Say where the models are that runs have kept, and which of them were deleted since."""
    kept = [record.run.id for record in results.own_records if record.outcome.model is not None]
    deleted = [run for run in kept if not model_path(folder, run).is_file()]
    if len(kept) > len(deleted):
        say(f"{counted(len(kept) - len(deleted), 'Keras model')}: {folder / MODELS}")
    if deleted:
        names = ", ".join(deleted[:_MOST_NAMED]) + (", ..." if len(deleted) > _MOST_NAMED else "")
        advice = f"delete the lines of these runs from the ledger in {folder} and run the same command again"
        counts = f"{counted(len(deleted), 'Keras model')} missing from {folder / MODELS}"
        say(f"{counts}: {names}; to have them trained anew, {advice}")


@full_disk_explained()
def write_tables(results: Results, folder: Path, say: Say) -> None:
    """Write the table and the learning curves of each comparison as CSV, unless they are as they were written last.

    Raises:
        SweepError: a file cannot be written.
    """
    # Before the tables are made: what changes meanwhile makes them anew the next time.
    latest = _latest_source(folder)
    if _are_current(results, folder, latest):
        return
    for name, text in table_files(results).items():
        path = write_inside(folder, name, text)
        with suppress(OSError):
            os.utime(path, ns=(latest, latest))
        say(f"written: {path}")


def _latest_source(folder: Path) -> int:
    """Return when the latest of what tables are made of was changed: the records, and gdbench, which names columns."""
    records = [path for path in (folder / FILE, *(folder / name for name in ledgers(folder))) if path.exists()]
    return max(map(_came, (*records, *modules())))


def _are_current(results: Results, folder: Path, latest: int) -> bool:
    """Whether all tables have the time of what they are made of, which an edit by hand would have replaced.

    Comparisons with trials or targets have more tables, which are always written.
    """
    comparisons = results.comparisons
    if any(comparison.tuning or comparison.target is not None for comparison in comparisons):
        return False
    evaluated = {run for run, record in results.records.items() if record.outcome.history}
    curves = [f"tables/{each.name}-history.csv" for each in comparisons if not evaluated.isdisjoint(each.run_ids)]
    tables = [folder / name for name in (*(f"tables/{each.name}.csv" for each in comparisons), *curves)]
    return all(path.exists() and path.stat().st_mtime_ns == latest for path in tables)


def _came(path: Path) -> int:
    """Return when a file was written or got its name: an old ledger may be moved back into its place."""
    status = path.stat()
    return max(status.st_mtime_ns, status.st_ctime_ns)


def table_files(results: Results) -> dict[str, str]:
    """Return the text of each table, and of each comparison's learning curves, by its path in the results folder."""
    tables = results.tables(default_csv_metrics(results.own_records), ["last"])
    files = {f"tables/{table.comparison}.csv": csv_text(flat_sheet(table)) for table in tables}
    profile = {f"tables/{PROFILE}.csv": csv_text(flat_profile(results.profile))} if results.profile else {}
    return files | tuning_files(tables) | profile | history_files(results)


def conclude_shard(results: Results, runs: Collection[str], shard: Shard, folder: Path, say: Say) -> list[Record]:
    """Say what comes after a shard with these runs, and return the records of its failed ones.

    Nobody needs the tables of a part.
    """
    records = [results.records[run] for run in results.experiment.run_ids if run in runs and run in results.records]
    failed = _report(records, results, folder, say)
    stages = [due_runs(comparison, results.records) for comparison in results.experiment.comparisons]
    # Its last trials may have been all that the next stage waited for.
    own_left = {run for stage in stages for run in stage.now if run in runs and run not in results.records}
    if own_left or any(len(stage.possible) > len(stage.now) for stage in stages):
        say(f"shard {shard} is finished with this stage; when all shards are: gdbench merge {folder}, then run again")
    else:
        say(f"shard {shard} is finished; when all are: gdbench merge {folder}, then the same sweep without --shard")
    return failed


def report_failures(results: Results, folder: Path, say: Say) -> list[Record]:
    """Report each failed run on one line, and return their records."""
    return _report([*results.trial_records, *results.own_records], results, folder, say)


def _report(records: Sequence[Record], results: Results, folder: Path, say: Say) -> list[Record]:
    failed = [record for record in records if record.outcome.has_failed]
    names = run_names(results.experiment)
    for record in failed:
        say(f"{record.run.id} ({names[record.run.id]}, seed {record.run.seed}) {ending_text(record)}")
    if failed:
        say(f"{len(failed)} of {len(records)} runs failed; {_hint(failed, folder)}")
    return failed


def _hint(failed: Sequence[Record], folder: Path) -> str:
    """Name a run to look at, preferably one with a traceback."""
    for record in failed:
        if (record.outcome.error or "").startswith("Traceback"):
            return f"gdbench show {folder} {record.run.id} prints the traceback"
    return f"gdbench show {folder} {failed[0].run.id} prints it in full"
