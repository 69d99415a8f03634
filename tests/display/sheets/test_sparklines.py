"""Curves in the cells of tables: a block for each epoch, all rows on the same axes."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from gdbench.comparison.measurement import Measurement
from gdbench.comparison.results import Results
from gdbench.display.formats import terminal
from gdbench.display.sheets.sparklines import WIDTH, sparklines
from gdbench.display.sheets.table_sheets import TablesPrintout
from gdbench.errors import RequestError
from gdbench.metrics import METRICS
from gdbench.records import Record
from tests.builders import a_record, an_experiment
from tests.display.report.pages import many
from tests.display.screens import at_a_terminal, on_a_pipe

QUICKSTART = Path(__file__).parents[3] / "results" / "reference" / "quickstart"
ACCURACY = METRICS["test_accuracy"]


def curved(*numbers: float, status: str = "done", epochs: tuple[float, ...] = ()) -> Record:
    epochs = epochs or tuple(range(1, len(numbers) + 1))
    return a_record(status=status, history={"epoch": epochs, "update": epochs, "test_accuracy": numbers})


def measured(**rows: Record) -> Measurement:
    experiment = an_experiment({"optimizer": list(rows)}, {(name,): [name] for name in rows})
    return Measurement(experiment.comparisons[0], dict(rows))


def test_heights_are_shared_by_all_rows():
    found = sparklines(measured(sgd=curved(0.0, 0.4, 0.5), adam=curved(0.7, 0.9, 1.0)), ACCURACY)
    assert found.curves == {"sgd": "▁▄▅", "adam": "▆██"}
    assert found.note == "Curves: test accuracy from epoch 1 to 3, 0.00 % (▁) to 100.00 % (█)."


def test_rows_share_the_epochs_and_a_divergence_is_marked():
    rows = measured(
        long=curved(0.0, 0.5, 1.0, 1.0),
        short=curved(0.0, 0.5),
        seldom=curved(0.5, 1.0, epochs=(2, 4)),
        lost=curved(0.0, status="diverged"),
        never=curved(status="diverged"),
    )
    found = sparklines(rows, ACCURACY)
    curves = {"long": "▁▅██", "short": "▁▅··", "seldom": "·▅▅█", "lost": "▁×··", "never": "×···"}
    assert found.curves == curves
    assert found.note.endswith("; ×: a run of the row diverged.")


def test_long_curves_are_no_wider_than_a_column():
    results = many(3, 2, 500)
    found = sparklines(results.measurements[0], METRICS["test_loss"])
    assert {len(curve) for curve in found.curves.values()} == {WIDTH}
    assert "logarithmic" in found.note
    assert found.curves["row 0"][0] > found.curves["row 0"][-1]


def test_a_curve_stays_whole_at_80_columns_and_other_columns_give_way():
    results = many(3, 2, 500)
    shown = TablesPrintout(results.tables(["test_loss"], ["last"]), measured=results.measurements)
    lines = at_a_terminal(shown, 80).splitlines()
    assert max(map(len, lines)) <= 80
    curve = sparklines(results.measurements[0], METRICS["test_loss"]).curves["row 1"]
    assert any(curve in line for line in lines)
    assert curve in on_a_pipe(shown)


def test_an_encoding_without_blocks_gets_plain_signs():
    results = Results.load(QUICKSTART)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    printout = TablesPrintout(results.tables(["test_loss"], ["last"]), measured=results.measurements)
    terminal.write(printout, stream)
    stream.seek(0)
    assert "#+=~~" in stream.read()


def test_equal_and_largest_numbers_have_a_height():
    found = sparklines(measured(a=curved(0.5, 0.5)), ACCURACY)
    assert found.curves == {"a": "██"}
    largest = replace(measured(a=curved(-1.7e308, 1.7e308)))
    assert sparklines(largest, ACCURACY).curves == {"a": "▁█"}


@pytest.mark.parametrize("metric", ["train_seconds", "test_macro_f1"])
def test_a_metric_without_a_history_is_refused(metric: str):
    with pytest.raises(RequestError, match=f"expected a metric that runs have at each evaluation; got '{metric}'"):
        sparklines(measured(a=curved(0.5, 0.6)), METRICS[metric])
