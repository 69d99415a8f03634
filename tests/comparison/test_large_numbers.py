"""Numbers near the largest float: a ledger may hold them, and no table or verdict of them overflows."""

import io
import math
from itertools import product

import pytest

from gdbench.comparison.statistics import mean_of, summarize
from gdbench.display.formats import FORMATS
from gdbench.display.sheets.table_sheets import TablesPrintout
from gdbench.display.sheets.verdict_printout import VerdictsPrintout
from gdbench.experiment.experiment import Claim
from tests.comparison.judging import a_block, measured, results_of

LARGE = (1e308, 1.7e308, -1.7e308, 1e100, 5e-324)


def test_statistics_of_numbers_whose_sum_and_squares_overflow():
    figures = summarize([1e308, 1.4e308, 1.6e308], 0, higher_is_better=True)
    assert figures.mean == pytest.approx(1.3333333333333333e308)
    assert figures.sd == pytest.approx(3.0550504633038933e307)
    assert figures.median == 1.4e308
    assert summarize([1e308, 1.2e308], 0, higher_is_better=True).median == pytest.approx(1.1e308)
    assert mean_of([1.7e308] * 3) == pytest.approx(1.7e308)
    # The interval of these is wider than any float.
    assert summarize([1.7e308, -1.7e308], 0, higher_is_better=True).ci_high == math.inf


def test_scaling_changes_no_ordinary_number():
    values = [0.97, 0.9781, 0.5, 123456.789]
    assert mean_of(values) == math.fsum(values) / 4


@pytest.mark.parametrize("values", list(product(LARGE, repeat=3)))
def test_no_format_and_no_verdict_overflows(values):
    results = _results(values)
    printouts = [TablesPrintout(results.tables(["test_loss", "test_accuracy", "train_seconds"], ["last"]))]
    for printout in [*printouts, VerdictsPrintout([results])]:
        for write in FORMATS.values():
            stream = io.StringIO()
            write(printout, stream)
            assert "nan" not in stream.getvalue().lower()


def _results(values):
    rows = {
        row: [{"test_loss": value, "test_accuracy": value, "train_seconds": abs(value)} for value in numbers]
        for row, numbers in (("A", values), ("B", values[::-1]))
    }
    kinds = ("greater", "less", "equal", "order", "rising", "spread")
    claims = [Claim(kind, kind, "test_loss", "last", rows=("A", "B"), bound=1.0) for kind in kinds]
    claims.append(Claim("best", "best", "test_loss", "last", rows=("A",)))
    blocks = [
        a_block({"A": 0.5, "B": 1e308}, claims=tuple(claims)),
        a_block({"A": 1e308, "B": 1e-308}, metric="train_seconds", compare="ratio", tolerance=2.0),
        a_block({"A": 1e-308, "B": 1e308}, metric="test_loss", compare="ratio", tolerance=1e300),
        a_block({"A": 1.0, "B": 2.0}, metric="test_loss", compare="order"),
    ]
    return results_of(measured(rows), *blocks)
