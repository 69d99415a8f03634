"""Tables of results as people read them: the columns, the best row, and what stands in for a mean."""

import pytest

from gdbench.comparison.arrange import pivot, rows_with
from gdbench.comparison.results import Results
from gdbench.display.sheets.sheet import Change, Half, Interval, Letters, Remarked
from gdbench.display.sheets.table_sheets import TablesPrintout
from tests.builders import a_record, accuracies, an_experiment
from tests.display.screens import at_a_terminal, on_a_pipe

ADAM = (0.981, 0.979, 0.980, 0.982, 0.978)
MOMENTUM = (0.978, 0.977, 0.9785, 0.9795, 0.976)
SGD = (0.970, 0.972, 0.968, 0.971, 0.974)


def results(**rows):
    points = {(name,): [f"{name}{seed}" for seed in range(5)] for name in rows}
    records = {}
    for name, values in rows.items():
        records |= accuracies(name, *values) if isinstance(values, tuple) else values
    return Results(an_experiment({"optimizer": list(rows)}, points), records)


def tables(**rows):
    return results(**rows).tables(["test_accuracy"], ["last"])


def sheet_of(shown):
    [section] = TablesPrintout(shown).sections()
    return section.blocks[0]


def cells(sheet, name):
    return [row[[column.name for column in sheet.columns].index(name)] for row in sheet.rows]


def test_the_table_of_the_reference_values_at_80_columns():
    assert at_a_terminal(TablesPrintout(tables(adam=ADAM, momentum=MOMENTUM, sgd=SGD)), 80).splitlines() == [
        "Optimizers on MNIST: test accuracy after the last epoch, 5 seeds",
        "  optimizer     mean    95 %  vs best",
        "  adam       98.00 %  ± 0.20           a",
        "  momentum   97.78 %  ± 0.17   - 0.22  a",
        "  sgd        97.10 %  ± 0.28   - 0.90  b",
        "adam and momentum cannot be told apart; adam is 0.90 points above sgd (0.46 to",
        "  1.34; adjusted p = 0.0006 for 3 pairs).",
        "Rows sharing a letter are not shown to differ (moderated t, Holm, 3 pairs).",
        "95 % intervals: Student's t over 5 seeds (initial weights, batch order; the",
        "  data are the same). For these 10,000 test images: another draw would move a",
        "  row by about 0.3 points (1.96 sqrt(p (1 - p) / N)).",
        "Left out at 80 columns: vs best 95 %, p (Holm), sd, median, min, max.",
    ]


def test_the_best_row_stands_out_wherever_it_is_and_the_rows_keep_their_order():
    sheet = sheet_of(tables(sgd=SGD, adam=ADAM, momentum=MOMENTUM))
    assert sheet.strong == {1}
    assert cells(sheet, "optimizer") == ["sgd", "adam", "momentum"]
    [cut] = rows_with(tables(sgd=SGD, adam=ADAM, momentum=MOMENTUM), "momentum", "adam")
    assert sheet_of([cut]).strong == {0}


def test_the_family_is_the_whole_comparison_whatever_is_shown():
    [cut] = rows_with(tables(sgd=SGD, adam=ADAM, momentum=MOMENTUM), "momentum")
    sheet = sheet_of([cut])
    assert (cells(sheet, "vs best"), cells(sheet, "")) == ([Change(pytest.approx(-0.0022))], [Letters("a")])
    assert sheet.notes[0] == "All 3 rows are compared; 1 is shown."
    assert "3 pairs" in sheet.notes[2]


def test_a_baseline_has_a_column_of_its_own():
    shown = results(sgd=SGD, adam=ADAM, momentum=MOMENTUM).tables(["test_accuracy"], ["last"], baseline="sgd")
    sheet = sheet_of(shown)
    assert cells(sheet, "vs sgd") == ["", Change(pytest.approx(0.009)), Change(pytest.approx(0.0068))]
    assert cells(sheet, "vs best")[0] == Change(pytest.approx(-0.009))
    assert "vs sgd 95 %" in [column.name for column in sheet.columns]
    # Two columns would be the same.
    best = results(sgd=SGD, adam=ADAM).tables(["test_accuracy"], ["last"], baseline="adam")
    assert [column.name for column in sheet_of(best).columns][3:5] == ["vs adam", ""]


def test_a_row_with_a_diverged_run_shows_the_mean_of_the_others_unranked():
    broken = {**accuracies("best", 0.999, 0.999, 0.998, 0.999), "best4": a_record("best4", "diverged")}
    sheet = sheet_of(tables(adam=ADAM, best=broken, sgd=SGD))
    assert cells(sheet, "runs") == ["", "4/5, 1 diverged", ""]
    assert (cells(sheet, "")[1], cells(sheet, "vs best")[1], sheet.strong) == (Letters(None), "-", {0})
    assert "1 diverged" not in on_a_pipe(TablesPrintout(tables(adam=ADAM, sgd=SGD)))


def test_a_row_that_collapses_now_and_then_shows_its_median_and_no_interval():
    collapsed = {"odd4": a_record("odd4", metrics={"test_accuracy": 0.1, "collapsed": True})}
    sheet = sheet_of(tables(adam=ADAM, odd={**accuracies("odd", 0.97, 0.98, 0.96, 0.97), **collapsed}, sgd=SGD))
    assert cells(sheet, "mean")[1] == Remarked(0.97, " (median)")
    assert cells(sheet, "95 %")[1] is None
    assert cells(sheet, "runs")[1] == "1 collapsed [1]"
    assert sheet.notes[-1].startswith("[1] collapsed 1 of 5: ")


def test_an_interval_that_is_cut_at_100_percent_shows_both_ends():
    sheet = sheet_of(tables(adam=(0.999, 1.0, 0.99, 1.0, 1.0), sgd=SGD))
    high, usual = cells(sheet, "95 %")
    assert isinstance(high, Interval)
    assert high.high == 1.0
    assert isinstance(usual, Half)


def test_a_turned_table_has_letters_where_there_is_room_and_its_best_cell_stands_out():
    points = {(name, rate): [f"{name}{rate}{seed}" for seed in range(5)] for name in ("adam", "sgd") for rate in "12"}
    values = {("adam", "1"): ADAM, ("adam", "2"): MOMENTUM, ("sgd", "1"): SGD, ("sgd", "2"): SGD}
    records = {}
    for (name, rate), numbers in values.items():
        records |= accuracies(f"{name}{rate}", *numbers)
    shown = Results(an_experiment({"optimizer": ["adam", "sgd"], "rate": ["1", "2"]}, points), records)
    printout = TablesPrintout(pivot(shown.tables(["test_accuracy"], ["last"]), "optimizer"))
    assert on_a_pipe(printout).splitlines()[1:4] == [
        "  optimizer        1          2",
        "  adam       98.00 % a  97.78 % a",
        "  sgd        97.10 % b  97.10 % b",
    ]
    assert at_a_terminal(printout, 30).splitlines()[4:7] == [
        "  optimizer        1        2",
        "  adam       98.00 %  97.78 %",
        "  sgd        97.10 %  97.10 %",
    ]
    assert "sharing a letter" in on_a_pipe(printout)
    narrow = " ".join(at_a_terminal(printout, 30).split())
    assert "Left out for lack of room: letters" in narrow
    assert "sharing a letter" not in narrow
    assert sheet_of(printout.tables).strong == {(0, 1)}


def test_several_comparisons_begin_with_which_row_is_best_in_each():
    one = tables(adam=ADAM, momentum=MOMENTUM, sgd=SGD)
    tied = tables(adam=ADAM, momentum=ADAM[::-1])
    first, *_rest = TablesPrintout([*one, *tables(adam=ADAM, sgd=SGD), *tied]).sections()
    assert on_a_pipe(first.blocks[0]).splitlines() == [
        "3 comparisons by test accuracy",
        "  comparison  best",
        "  optimizers  adam or momentum",
        "  optimizers  adam",
        "  optimizers  undecided",
        "gdbench tables --comparison NAME shows one of them.",
    ]
    [only] = TablesPrintout(one).sections()
    assert len(only.blocks) == 1
