"""The head comment of a configuration, made from its ledger: what it shows, how long it takes and how it came out."""

import math
import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from gdbench.comparison.judgment.verdicts import Verdict
from gdbench.comparison.results import Results
from gdbench.comparison.selection import default_metrics
from gdbench.comparison.stages_due import due_runs
from gdbench.comparison.tables import Row, Table
from gdbench.comparison.tuned_rows_table import TableTuning
from gdbench.display.configurations import FOR_EDITORS
from gdbench.display.multiverse_summary import multiverse_summary
from gdbench.display.provenance import machines
from gdbench.display.sheets.headings import metric_words
from gdbench.display.verdict_summary import claims_summary, summary
from gdbench.errors import RequestError
from gdbench.filesystem.atomic_write import write_whole
from gdbench.metrics import Metric
from gdbench.text import counted, duration, printable

MAX_ROWS = 8
# What every comment made from a ledger says, in one of its lines.
_MADE = re.compile(r"\bgdbench (sweep|reproduce) \S+: [\d,]+ runs?, .* of one core on ")


def head_comment(results: Results, config: str) -> str:
    """Return the comment lines for a configuration whose runs are all in the ledger.

    Raises:
        RequestError: some runs are missing, so there is no result to state.
    """
    experiment = results.experiment
    runs = dict.fromkeys(run for each in experiment.comparisons for run in due_runs(each, results.records).now)
    records = results.finished_records(runs)
    if len(records) < len(runs):
        absent = len(runs) - len(records)
        raise RequestError(
            f"{config}: {absent} of {len(runs)} runs are not in the ledger; run gdbench sweep {config} first"
        )
    seconds = sum(record.outcome.own_seconds for record in records)
    verdicts = results.verdicts()
    # Claims of one's own have no source to reproduce.
    has_source = any(verdict.comparison.published for verdict in verdicts)
    command = f"{'reproduce' if has_source else 'sweep'} {config}"
    cost = f"{counted(len(runs), 'run')}, {duration(seconds)} of one core"
    lines = [
        f"{experiment.title}.",
        f"gdbench {command}: {cost} on {', '.join(machines(records))}.",
        *(f"{_decided(verdict)}." for verdict in verdicts),
        *(f"{multiverse_summary(found)}." for found in results.multiverses() if not found.missing),
    ]
    # Where figures are published, the verdicts on them are the result; accuracies would only repeat them.
    for table in () if has_source else results.tables(default_metrics(results.own_records), ["last"]):
        lines += _best_rows(table, several=len(experiment.comparisons) > 1)
    return "".join(_comment(line) for line in lines)


def _decided(verdict: Verdict) -> str:
    """Return the verdict on a comparison; without a source the claims alone, since there is nothing to reproduce."""
    if verdict.comparison.published:
        return summary(verdict)
    return f"{verdict.comparison.title}: {claims_summary(verdict)}"


def _comment(line: str) -> str:
    # A no-break space keeps a number and its percent sign on one line.
    bound = printable(line).replace(" %", "\N{NO-BREAK SPACE}%")
    wrapped = textwrap.fill(bound, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    return wrapped.replace("\N{NO-BREAK SPACE}", " ") + "\n"


def rewrite(path: Path, comment: str) -> bool:
    """Put a comment at the top of a configuration, in place of one that was made from its ledger before.

    Lines for editors come first; what else stands at the top is the user's and stays below, after an empty line of
    comment. A link stays one, and the file that it leads to is rewritten, with the mode and the line ends that it has.
    Returns whether the file has changed.

    Raises:
        RequestError: the file holds no settings, or has a second name that would be left with the old text.
        SweepError: the file cannot be written.
    """
    file = path.resolve()
    old = file.read_bytes().decode()
    mark = "\ufeff" * old.startswith("\ufeff")
    lines = old.removeprefix(mark).splitlines(keepends=True)
    # The head comment ends at the first line that is no comment.
    first = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if not "".join(lines[first:]).strip():
        raise RequestError(f"{path}: expected a configuration; got a file without settings")
    status = file.stat()
    if status.st_nlink > 1:
        raise RequestError(f"{path}: expected a file with one name; got a hard link, which rewriting would part")
    kept = "".join(line for line in lines[:first] if line.startswith(FOR_EDITORS))
    end = lines[0][len(lines[0].rstrip("\r\n")) :] or "\n"
    own = [line for line in lines[:first] if not line.startswith(FOR_EDITORS)]
    users = "".join(f"#{end}{paragraph}" for paragraph in _paragraphs(own) if not _MADE.search(_words(paragraph)))
    new = mark + kept + comment.replace("\n", end) + users + "".join(lines[first:])
    if new == old:
        return False
    write_whole(file, new, like=status)
    return True


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Return the parts of a comment between lines without words."""
    groups = groupby(lines, key=lambda line: bool(line.strip("# \r\n")))
    return ["".join(group) for has_words, group in groups if has_words]


def _words(paragraph: str) -> str:
    return " ".join(line.strip("# \r\n") for line in paragraph.splitlines())


def _best_rows(table: Table, several: bool) -> Iterator[str]:
    # A row without a mean comes last.
    metric = table.selections[0].metric
    sign = -1 if metric.higher_is_better else 1
    best = sorted(table.rows, key=lambda row: _place(row, sign))
    rows = "; ".join(f"{_name(row, table.tuning)} {_result(row, metric)}" for row in best[:MAX_ROWS])
    more = f"; and {len(best) - MAX_ROWS} more" if len(best) > MAX_ROWS else ""
    name = metric_words(metric)
    head = f"{table.title}: {name}" if several else name[:1].upper() + name[1:]
    yield f"{head}, mean over the seeds, best first: {rows}{more}."


def _place(row: Row, sign: int) -> float:
    mean = row.statistics[0].mean
    return math.inf if mean is None else sign * mean


def _name(row: Row, tuning: TableTuning | None) -> str:
    """Return the labels of a row, and what it chose."""
    tuned = tuning.rows[row.key] if tuning else None
    chosen = [setting.text or "" for setting in tuned.settings] if tuned and not tuned.default_of else []
    return " at ".join((" / ".join(row.labels) or "all", *([", ".join(chosen)] if chosen else [])))


def _result(row: Row, metric: Metric) -> str:
    mean = row.statistics[0].mean
    number = "none" if mean is None else f"{100 * mean:.2f} %" if metric.percent else f"{mean:.4g}"
    return f"{number}{_endings(row)}"


def _endings(row: Row) -> str:
    counts = {"diverged": row.diverged, "failed": row.failed, "collapsed": row.collapsed}
    endings = [f"{count} of {row.runs} {name}" for name, count in counts.items() if count]
    return f" ({', '.join(endings)})" if endings else ""
