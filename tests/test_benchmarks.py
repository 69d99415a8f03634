"""The tables of the benchmarks say what was measured, and no more."""

from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.peers import tables
from tests.benchmarks.report import table, write
from tests.benchmarks.startup import wait_of


def measured(ours: float, theirs: float, *, accuracy: float = 0.97, **changes: Any) -> dict[str, Any]:
    line = {
        "workload": "rnn-128",
        **{"machine": "a processor, 2 cores, Linux", "python": "3.11.7", "keras": "3.15.1", "tensorflow": "2.21.0"},
        "seconds": {"gdbench": ours, "fit": theirs},
        "accuracy": {"gdbench": 0.97, "fit": accuracy},
    }
    return line | changes


def cells(text: str) -> list[list[str]]:
    """The cells of the rows under each table's rule."""
    lines = [line for line in text.splitlines() if line.startswith("| rnn")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_ratio_is_the_median_of_those_within_a_round() -> None:
    [row] = cells(tables([measured(10, 20), measured(10, 30), measured(20, 100)]))
    assert row == [
        *("rnn, batch 128: 12 runs x 3 epochs", "`model.fit` in a loop", "3"),
        *("30", "10", "3.0 x (2.0 to 5.0)", "97.00% / 97.00%"),
    ]


@pytest.mark.parametrize(("accuracy", "ratio"), [(0.965, "2.0 x"), (0.9649, "void"), (0.9751, "void")])
def test_sides_that_have_not_done_the_same_work_are_void(accuracy: float, ratio: str) -> None:
    [row] = cells(tables([measured(10, 20, accuracy=accuracy)]))
    assert row[5] == ratio


def test_machines_and_versions_are_not_put_together() -> None:
    text = tables([measured(10, 20), measured(10, 40, machine="another"), measured(10, 60, keras="3.16.0")])
    assert [row[5] for row in cells(text)] == ["2.0 x", "4.0 x", "6.0 x"]
    assert "\nanother; Python 3.11.7, Keras 3.15.1, TensorFlow 2.21.0\n" in text


def test_a_peer_that_was_not_measured_has_no_row() -> None:
    assert "Optuna" not in tables([measured(10, 20)])


def test_a_table_is_put_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n<!-- steps -->\nold\n<!-- /steps -->\nafter\n", encoding="utf-8")
    write(page, "steps", table(("a", "b"), [["one", "2"]]))
    assert page.read_text(encoding="utf-8") == (
        "Before\n<!-- steps -->\n| a | b |\n| :--- | ---: |\n| one | 2 |\n<!-- /steps -->\nafter\n"
    )
    with pytest.raises(SystemExit, match=r"page\.md has no place marked peers"):
        write(page, "peers", "new\n")


def test_the_parts_of_a_sweep_sum_up_to_the_wait_for_its_table():
    seconds = [{"data": 0.5, "compile": 1.0, "train": 4.0, "evaluate": 0.5}] * 2
    wait = wait_of([8.5, 9.0], 10.0, seconds, 2)
    assert wait.first == 4.0
    assert wait.parts == (2.5, 0.5, 1.0, 4.0, 0.5, 0.5, 1.0)
    assert sum(wait.parts) == wait.whole == 10.0
