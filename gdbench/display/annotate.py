"""The head comment of a configuration: what it shows, how long it takes and what came out, written from its ledger."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gdbench.comparison.tables import Row, Table, tables
from gdbench.comparison.verdicts import verdicts
from gdbench.display.verdicts import sentence
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Experiment
from gdbench.records import Record
from gdbench.text import duration, printable

MOST_ROWS = 8
FOR_EDITORS = ("# yaml-language-server:", "# vim:", "# -*-")


def head(experiment: Experiment, records: Mapping[str, Record], config: str) -> str:
    """Return the comment lines for a configuration whose runs are all in the ledger.

    Raises:
        RequestError: some are not, so there is no outcome to state.
    """
    runs = list(dict.fromkeys(run for c in experiment.comparisons for point in c.points for run in point.runs))
    absent = [run for run in runs if run not in records or records[run].outcome.status == "interrupted"]
    if absent:
        raise RequestError(
            f"{config}: {len(absent)} of {len(runs)} runs are not in the ledger; run gdbench sweep first"
        )
    measured = [records[run] for run in runs]
    machines = ", ".join(dict.fromkeys(str(record.environment.get("machine", "unknown")) for record in measured))
    seconds = sum(sum(record.outcome.seconds.values()) for record in measured)
    judged = verdicts(experiment, records)
    command = f"{'reproduce' if judged else 'sweep'} {config}"
    lines = [
        f"{experiment.title}.",
        f"gdbench {command}: {len(runs)} runs, {duration(seconds)} of one core on {machines}.",
        *(f"{sentence(verdict)}." for verdict in judged),
    ]
    for table in () if judged else tables(experiment, records, ["test_accuracy"], ["last"]):
        lines += _outcome(table, several=len(experiment.comparisons) > 1)
    return "".join(_comment(line) for line in lines)


def _comment(line: str) -> str:
    # A number stays on one line with its percent sign.
    bound = printable(line).replace(" %", "\N{NO-BREAK SPACE}%")
    wrapped = textwrap.fill(bound, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    return wrapped.replace("\N{NO-BREAK SPACE}", " ") + "\n"


def rewrite(path: Path, comment: str) -> bool:
    """Replace the comment lines at the top of a file, but for those that tell an editor something; they come first.

    Returns whether that changed the file.
    """
    old = path.read_text(encoding="utf-8")
    lines = old.splitlines(keepends=True)
    first = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    kept = "".join(line for line in lines[:first] if line.startswith(FOR_EDITORS))
    new = kept + comment + "".join(lines[first:])
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(new, encoding="utf-8")
    temporary.replace(path)
    return new != old


def _outcome(table: Table, several: bool) -> Iterator[str]:
    best = sorted(table.rows, key=lambda row: -(row.statistics[0].mean or 0.0))
    rows = "; ".join(_row(row) for row in best[:MOST_ROWS])
    more = f"; and {len(best) - MOST_ROWS} more" if len(best) > MOST_ROWS else ""
    yield f"{table.title + ': test' if several else 'Test'} accuracy, mean over the seeds, best first: {rows}{more}."


def _row(row: Row) -> str:
    mean = row.statistics[0].mean
    ends = _ends(row)
    return f"{' / '.join(row.labels) or 'all'} {f'{100 * mean:.2f} %' if mean is not None else 'none'}{ends}"


def _ends(row: Row) -> str:
    counts = {"diverged": row.diverged, "failed": row.failed, "collapsed": row.collapsed}
    ends: Sequence[str] = [f"{count} of {row.runs} {name}" for name, count in counts.items() if count]
    return f" ({', '.join(ends)})" if ends else ""
