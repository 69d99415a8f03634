import pytest

from gdbench.display.sheets.verdict_sheets import verdict_sheets
from gdbench.display.verdict_summary import summary
from gdbench.experiment.experiment import Claim
from tests.comparison.judging import a_block, measured, results_of

HIGH, LOW = [0.980, 0.982, 0.981], [0.920, 0.922, 0.921]


def judged(rows, *blocks, **keys):
    [verdict] = results_of(measured(rows, **keys), *blocks).verdicts()
    return verdict


def verdict_tables(verdict):
    """The sheets of a verdict as people read them."""
    return [sheet.text() for sheet in verdict_sheets(verdict)]


def columns(table):
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def test_a_cell_as_people_read_it():
    [table] = verdict_tables(judged({"A": HIGH}, a_block({"A": (0.9568, 0.0029)}, runs=10, assumed=("a", "b"))))
    assert table.title == "Table: test_accuracy, last epoch"
    assert columns(table) == [
        {
            "axis0": "A",
            "published": "95.68 % +- 0.29 %",
            "measured": "98.10 %",
            "95 % interval": "97.85 % to 98.35 %",
            "difference": "+2.42 %",
            "tolerance": "0.58 %",
            **{"runs": "3", "done": "3", "diverged": "0", "failed": "0"},
            "verdict": "higher",
        }
    ]
    assert table.notes == ("source: Table 1; 10 runs behind each figure", "assumed: a; b")


def test_a_wide_tolerance_says_so():
    [table] = verdict_tables(judged({"A": HIGH, "B": HIGH}, a_block({"A": 0.98, "B": (0.98, 0.001)}, tolerance=0.011)))
    assert [row["tolerance"] for row in columns(table)] == ["1.10 %, wide"] * 2
    [table] = verdict_tables(judged({"A": HIGH}, a_block({"A": 0.98}, tolerance=0.01)))
    assert columns(table)[0]["tolerance"] == "1.00 %"


def test_runs_that_diverged_or_collapsed_and_points_that_the_source_leaves_out():
    rows = {"A": ["diverged"] * 3, "B": ["collapsed"] * 3, "C": HIGH}
    [table] = verdict_tables(judged(rows, a_block({"A": 0.98, "B": "collapsed"})))
    first, second, third = columns(table)
    assert (first["measured"], first["diverged"], first["verdict"]) == ("diverged", "3", "diverged")
    assert (second["published"], second["measured"], second["verdict"]) == ("collapsed", "10.00 %", "as published")
    assert (third["published"], third["measured"], third["verdict"]) == ("-", "98.10 %", "-")


def test_ratios_are_to_the_first_row():
    rows = {"A": [{"train_seconds": 10.0}] * 3, "B": [{"train_seconds": second} for second in (61.0, 60.0, 60.5)]}
    block = a_block({"A": 2.0, "B": 12.0}, metric="train_seconds", compare="ratio", tolerance=1.25)
    [table] = verdict_tables(judged(rows, block))
    assert table.title == "Table: train_seconds, as ratios to the first row"
    assert [(row["published"], row["measured"], row["tolerance"], row["verdict"]) for row in columns(table)] == [
        ("1.00 (2)", "1.00", "-", "reference"),
        ("6.00 (12)", "6.05", "x 1.25", "reproduced"),
    ]


def test_several_epochs_are_rows_and_a_missed_target_is_no_number():
    found = measured({"A": [0.9, 0.9, 0.9]}, target=0.95)
    for record in found.records.values():
        record.outcome.history.update({"epoch": [1, 2], "update": [10, 20], "test_accuracy": [0.8, 0.9]})
    blocks = a_block({"A": [0.8, 0.9]}, at=(1, 2)), a_block({"A": 15.0}, metric="updates_to_target", tolerance=5)
    [verdict] = results_of(found, *blocks).verdicts()
    curve, target = verdict_tables(verdict)
    assert curve.title == "Table: test_accuracy"
    assert [(row["epoch"], row["verdict"]) for row in columns(curve)] == [("1", "reproduced"), ("2", "reproduced")]
    assert target.title == "Table: updates_to_target (95 %)"
    assert [(row["measured"], row["difference"], row["verdict"]) for row in columns(target)] == [
        ("missed", "missed", "higher")
    ]


def test_an_order_has_ranks_and_no_verdict_a_cell_and_repeats_no_row():
    block = a_block({"A": 0.98}), a_block({"B": 0.90, "C": 0.92}, compare="order")
    verdict = judged({"A": HIGH, "B": LOW, "C": HIGH}, *block)
    first, second, claims = verdict_tables(verdict)
    assert [row["axis0"] for row in columns(first)] == ["A", "B", "C"]
    assert [row["axis0"] for row in columns(second)] == ["B", "C"]
    assert "verdict" not in second.header
    assert second.notes[-1] == "Kendall's tau between the published and the measured order: 1.00"
    assert [list(row.values()) for row in columns(claims)] == [["published order: B < C", "holds", "0.0312"]]
    assert summary(verdict) == "Table: reproduced (1 cell: 1 reproduced; 1 claim: 1 holds)"


@pytest.mark.parametrize(("rows", "words"), [({"A": HIGH, "B": LOW}, "1 fails"), ({"A": LOW, "B": LOW}, "1 undecided")])
def test_a_claim_alone(rows, words):
    claim = Claim("less", "A < B", "test_accuracy", "last", ("A", "B"))
    verdict = judged(rows, claims=(claim,))
    assert summary(verdict).endswith(f"(1 claim: {words})")
