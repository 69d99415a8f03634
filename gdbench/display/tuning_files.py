"""The trials of tuned rows as CSV, and what fewer of them would have given."""

from collections.abc import Iterator, Sequence

from gdbench.comparison.tables import Table
from gdbench.comparison.tuned_rows_table import TableTuning
from gdbench.display.formats.csv import csv_text
from gdbench.display.sheets.sheet import Column, Sheet, Value


def tuning_files(tables: Sequence[Table]) -> dict[str, str]:
    """Return the files on trials of each table with tuned rows, by their path in the results folder."""
    files = {}
    for table in tables:
        if table.tuning:
            files[f"tables/{table.comparison}-trials.csv"] = csv_text(_trials(table, table.tuning))
            files[f"tables/{table.comparison}-expected-best.csv"] = csv_text(_expected(table, table.tuning))
    return files


def _trials(table: Table, tuning: TableTuning) -> Sheet:
    """Return a row for each setting that was tried: the rungs that it ended, its score, and whether it was chosen."""
    names = (*table.axes, *tuning.paths, "rungs", tuning.tuning.metric, "chosen")
    return Sheet("", tuple(map(Column, names)), tuple(_tried(table, tuning)))


def _tried(table: Table, tuning: TableTuning) -> Iterator[tuple[Value, ...]]:
    for row in table.rows:
        choice = tuning.rows[row.key].choice
        for index, candidate in enumerate(choice.row.candidates if choice else ()):
            assert choice is not None, "rows without a choice have no candidates"
            values = dict(zip(choice.row.paths, candidate.labels, strict=True))
            settings = (values.get(path, "") for path in tuning.paths)
            chosen = "yes" if index == choice.chosen else "no"
            yield (*row.labels, *settings, choice.reached[index], choice.scores[index], chosen)


def _expected(table: Table, tuning: TableTuning) -> Sheet:
    """Return the expected best score of each row after 1, 2, ... trials."""
    names = (*table.axes, "trials", tuning.tuning.metric)
    rows: list[tuple[Value, ...]] = [
        (*row.labels, count, score)
        for row in table.rows
        for count, score in enumerate(tuning.rows[row.key].expected, start=1)
    ]
    return Sheet("", tuple(map(Column, names)), tuple(rows))
