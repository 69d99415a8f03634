"""What a sweep ends with: its tables on stdout and as files, and one line for each failed run."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gdbench.comparison.selection import TERMINAL_METRICS, default_csv_metrics
from gdbench.comparison.tables import asked_for, tables
from gdbench.display.formats import print_tables
from gdbench.display.formats.csv import write_csv
from gdbench.display.progress import ending, run_names
from gdbench.experiment.experiment import Experiment
from gdbench.records import Record


def conclude(
    experiment: Experiment, records: Mapping[str, Record], folder: Path, say: Callable[[str], None]
) -> list[Record]:
    """Print and write the tables of an experiment, and return the records of its failed runs.

    Raises:
        SweepError: a file cannot be written.
    """
    # Files first: what reads the tables may close the pipe.
    write_tables(experiment, records, folder, say)
    print_tables(tables(experiment, records, TERMINAL_METRICS, ["last"]), "terminal")
    return name_failures(experiment, records, folder, say)


def write_tables(
    experiment: Experiment, records: Mapping[str, Record], folder: Path, say: Callable[[str], None]
) -> None:
    """Write the table of each comparison as CSV.

    Raises:
        SweepError: a file cannot be written.
    """
    for table in tables(experiment, records, default_csv_metrics(asked_for(experiment, records)), ["last"]):
        say(f"written: {write_csv(table, folder)}")


def name_failures(
    experiment: Experiment, records: Mapping[str, Record], folder: Path, say: Callable[[str], None]
) -> list[Record]:
    """Say a line for each failed run, and return their records."""
    asked = asked_for(experiment, records)
    failed = [record for record in asked if record.outcome.status == "failed"]
    names = run_names(experiment)
    for record in failed:
        say(f"{record.run.id} ({names[record.run.id]}, seed {record.run.seed}) {ending(record)}")
    if failed:
        say(f"{len(failed)} of {len(asked)} runs failed; {_hint(failed, folder)}")
    return failed


def _hint(failed: Sequence[Record], folder: Path) -> str:
    """Name a run to look at: one with a traceback, if there is one."""
    for record in failed:
        if (record.outcome.error or "").startswith("Traceback"):
            return f"gdbench show {folder} {record.run.id} prints the traceback"
    return f"gdbench show {folder} {failed[0].run.id} prints it in full"
