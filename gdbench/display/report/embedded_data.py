"""What a report embeds for its charts and its search, as JSON: rows by column, each text once."""

import math
from collections.abc import Iterable, Mapping, Sequence

from gdbench.comparison.results import Results
from gdbench.comparison.tables import Table
from gdbench.display.charts.encodings import NUMBER_LABEL
from gdbench.display.charts.figure import Cell, Figure, Rows
from gdbench.display.charts.look import PAGE
from gdbench.display.charts.run_chart import run_chart
from gdbench.display.charts.thinning import thinned
from gdbench.display.sheets.sheet import Sheet
from gdbench.display.sheets.table_sheets import flat_sheet
from gdbench.metrics import SPLITS
from gdbench.records import Record

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
# As many digits as a chart shows, and a float32 has.
DIGITS = 7
# Points of the curves of all runs together, and of one run at least and at most.
ALL_POINTS, LEAST_POINTS, MOST_POINTS = 20_000, 24, 240
CURVES = tuple(f"{split}_{kind}" for split in SPLITS for kind in ("loss", "accuracy"))


def embedded_data(results: Results, tables: Sequence[Table], figures: Iterable[Figure]) -> Mapping[str, Json]:
    """Return everything that the page's own program reads.

    `tables` have the columns and the figures of the CSV files; `figures` are specifications of Vega-Lite, their data
    apart; `runs` are the learning curves of each run, `run` is how one is drawn, and `number` how axes write numbers.
    """
    records = results.own_records
    return {
        "config": PAGE.config(),
        "number": NUMBER_LABEL,
        "figures": [_figure(figure) for figure in figures],
        "tables": {table.comparison: _table(flat_sheet(table)) for table in tables},
        "run": run_chart().to_dict(),
        "runs": {record.run.id: _curves(record, points_of_a_run(records)) for record in records},
    }


def points_of_a_run(records: Sequence[Record]) -> int:
    """Return how many evaluations of a run are drawn at most."""
    return max(LEAST_POINTS, min(MOST_POINTS, ALL_POINTS // max(1, len(records))))


def _figure(figure: Figure) -> Json:
    spec = figure.chart.to_dict()
    datasets = spec.pop("datasets", {})
    return {
        "kind": figure.kind,
        "comparison": figure.comparison,
        "spec": spec,
        "data": {name: columns(rows) for name, rows in datasets.items()},
    }


def columns(rows: Rows) -> dict[str, Json]:
    """Return rows by column; a column of texts is the texts, each once, and the place of each row's among them."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _column([row.get(name) for row in rows]) for name in names}


def _column(cells: Sequence[Cell]) -> Json:
    if not any(isinstance(cell, str) for cell in cells):
        return [_rounded(cell) for cell in cells]
    places = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
    return {"of": list(places), "at": [places[cell] for cell in cells]}


def _rounded(cell: Cell) -> Cell:
    return float(f"{cell:.{DIGITS}g}") if isinstance(cell, float) and math.isfinite(cell) else cell


def _table(sheet: Sheet) -> Json:
    # In full: whoever takes a figure from the page takes that of the CSV file.
    return {
        "columns": [column.name for column in sheet.columns],
        "rows": [[_finite(value) for value in row] for row in sheet.rows],
    }


def _finite(value: object) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float) else None


def _curves(record: Record, most: int) -> Json:
    history = record.outcome.history
    epochs = history.get("epoch", ())
    guide = history.get("test_loss") or history.get("train_loss") or epochs
    # Infinite losses are none in a ledger.
    kept = thinned([number if number is not None else 0.0 for number in guide], most)
    found: dict[str, Sequence[float | None]] = {"epoch": epochs, "update": history.get("update", ())}
    found["seconds"] = record.outcome.clock or ()
    found |= {name: history[name] for name in CURVES if name in history}
    return (
        {
            name: [_rounded(numbers[place]) for place in kept]
            for name, numbers in found.items()
            if len(numbers) > kept[-1]
        }
        if kept
        else {}
    )
