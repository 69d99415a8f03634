from dataclasses import replace

from gdbench.comparison.measurement import Measurement
from gdbench.display.sheets.claims_sheet import claims_sheet
from gdbench.experiment.experiment import Claim
from gdbench.experiment.moment import Seconds
from tests.comparison.judging import a_block, measured, results_of
from tests.display.screens import on_a_pipe

HIGH = [0.980, 0.982, 0.981, 0.979, 0.983]
MIDDLE = [0.978, 0.981, 0.979, 0.977, 0.981]
LOW = [0.92, 0.93, 0.92, 0.91, 0.9]
ROWS = {"adam": HIGH, "rmsprop": MIDDLE, "sgd": LOW}


def claim(text, kind, *rows, **keys):
    return Claim(kind, text, **{"metric": "test_accuracy", "at": "last", "rows": rows, **keys})


def sheet_of(rows, *blocks, **keys):
    [verdict] = results_of(measured(rows, **keys), *blocks).verdicts()
    sheet = claims_sheet(verdict)
    assert sheet is not None
    return sheet.text()


def test_claims_with_their_verdicts_and_adjusted_p_values():
    claims = (
        claim("adam > sgd", "greater", "adam", "sgd"),
        claim("adam = rmsprop", "equal", "adam", "rmsprop"),
        claim("best: rmsprop", "best", "rmsprop", tolerance=0.005),
        claim("best: adam", "best", "adam", at=3),
    )
    text = sheet_of(ROWS, claims=claims)
    assert (text.title, text.header) == (
        "Table: claims about test_accuracy, last epoch",
        ("claim", "verdict", "adjusted p"),
    )
    assert text.rows == (
        ("adam > sgd", "holds", "0.0012"),
        ("adam = rmsprop", "holds (within 0.3 points)", "0.0058"),
        ("best: rmsprop", "fails", "0.0034"),
        ("best: adam (test_accuracy, epoch 3)", "undecided", "1.0000"),
    )
    assert text.notes == ()


def test_each_tolerance_in_the_unit_of_its_metric():
    rows = {
        name: [{"train_seconds": number, "test_loss": number, "test_accuracy": 0.9} for number in numbers]
        for name, numbers in {"a": (1.0, 2.0, 3.0, 4.0), "b": (1.1, 2.2, 3.3, 4.4)}.items()
    }
    ratio = a_block(
        {"a": 1.0, "b": 1.1},
        metric="train_seconds",
        compare="ratio",
        tolerance=1.25,
        claims=(
            claim("a = b", "equal", "a", "b", metric="train_seconds"),
            claim("falling", "falling", metric="train_seconds", tolerance=1.5),
            claim("a = b", "equal", "a", "b", metric="test_loss", tolerance=2.0),
            # The default where the metric differs from that of the block, and none for losses.
            claim("a = b", "equal", "a", "b"),
            claim("best: a", "best", "a", metric="test_loss"),
        ),
    )
    order = a_block(
        {"a": 1.0, "b": 1.1},
        metric="test_loss",
        compare="order",
        tolerance=5.0,
        claims=(claim("best: a", "best", "a", metric="test_loss"),),
    )
    words = {(row[0], row[1]) for row in sheet_of(rows, ratio, order).rows}
    assert words == {
        ("a = b (train_seconds)", "holds (within a factor of 1.25)"),
        ("falling (train_seconds)", "fails"),
        ("a = b", "holds (within 2)"),
        ("a = b (test_accuracy, last epoch)", "holds (within 0.3 points)"),
        ("best: a", "undecided"),
        ("published order: a < b", "undecided"),
    }


def test_below_three_seeds_it_says_that_nothing_is_decided():
    claims = (claim("adam > sgd", "greater", "adam", "sgd"),)
    text = sheet_of({"adam": HIGH[:2], "sgd": LOW[:2]}, claims=claims)
    assert text.rows == (("adam > sgd", "undecided", "1.0000"),)
    assert text.notes == ("Nothing is decided with fewer than 3 seeds; this comparison has 2.",)


def test_times_taken_beside_other_runs_say_so():
    def notes(timing, **about):
        measurement = measured(
            {row: [{"train_seconds": number, "test_accuracy": 0.9} for number in (1.0, 2.0, 3.0)] for row in "ab"},
            claims=(claim("a < b", "less", "a", "b", **about),),
        )
        records = {run: replace(record, timing=timing) for run, record in measurement.records.items()}
        [verdict] = results_of(Measurement(measurement.comparison, records)).verdicts()
        return claims_sheet(verdict).text().notes

    note = "Times were taken beside other runs, which may have slowed them down; a new sweep takes them alone."
    assert notes("shared", metric="train_seconds") == notes("shared", at=Seconds(2)) == (note,)
    assert notes("exclusive", metric="train_seconds") == notes("shared") == ()


def test_opposed_metrics_are_named_by_their_claim():
    opposed = claim("opposed: test_loss, test_accuracy", "opposed", metrics=("test_loss", "test_accuracy"))
    at = claim("opposed: test_loss, test_accuracy", "opposed", metrics=("test_loss", "test_accuracy"), at="max")
    text = sheet_of(ROWS, claims=(opposed, at))
    assert text.title == "Table: claims"
    assert [row[0] for row in text.rows] == [
        "opposed: test_loss, test_accuracy",
        "opposed: test_loss, test_accuracy (each run's best epoch)",
    ]


def test_a_comparison_without_claims_has_no_sheet():
    [verdict] = results_of(measured(ROWS), a_block({"adam": 0.98})).verdicts()
    assert claims_sheet(verdict) is None


def test_usual_claims_fit_80_columns():
    [verdict] = results_of(
        measured(ROWS, claims=(claim("order: adam, rmsprop, sgd", "order", "adam", "rmsprop", "sgd"),))
    ).verdicts()
    sheet = claims_sheet(verdict)
    assert sheet is not None
    assert max(map(len, on_a_pipe(sheet).splitlines())) <= 80
