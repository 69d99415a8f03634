import pytest

from gdbench.comparison.results import Results
from gdbench.display.annotate import head_comment, rewrite
from gdbench.errors import RequestError
from tests.builders import a_record, accuracies, an_experiment
from tests.comparison.judging import a_block, measured, results_of


def experiment():
    points = {("sgd",): ["a0", "a1"], ("adam",): ["b0", "b1"], ("huge",): ["c0", "c1"]}
    return an_experiment({"optimizer": ["sgd", "adam", "huge"]}, points)


def records():
    diverged = a_record("c1", "diverged", seconds={"train": 60.0, "compile": 3.0})
    return {**accuracies("a", 0.9, 0.8), **accuracies("b", 0.98, 0.97), **accuracies("c", 0.1), "c1": diverged}


def test_what_it_shows_how_long_it_takes_and_what_came_out():
    assert head_comment(Results(experiment(), records()), "configs/optimizers.yaml") == (
        "# Optimizers on MNIST.\n"
        "# gdbench sweep configs/optimizers.yaml: 6 runs, about 65 seconds of one core on xeon.\n"
        "# Test accuracy, mean over the seeds, best first: adam 97.50 %; sgd 85.00 %; huge 10.00 % (1 of 2 diverged).\n"
    )


def test_only_the_best_of_many_rows_are_named():
    points = {(f"r{number}",): [f"x{number}"] for number in range(10)}
    results = Results(
        an_experiment({"rate": [label for (label,) in points]}, points),
        accuracies("x", *(0.5 + number / 100 for number in range(10))),
    )
    comment = head_comment(results, "rates.yaml")
    assert "best first: r9 59.00 %; r8 58.00 %" in comment.replace("\n# ", " ")
    assert "r2 52.00 %; and 2 more." in comment.replace("\n# ", " ")
    assert all(line.startswith("# ") and len(line) <= 118 for line in comment.splitlines())


@pytest.mark.parametrize("status", [None, "interrupted"])
def test_no_outcome_is_stated_while_runs_are_missing(status):
    found = records()
    del found["b1"]
    if status:
        found["b1"] = a_record("b1", status)
    with pytest.raises(RequestError) as caught:
        head_comment(Results(experiment(), found), "optimizers.yaml")
    assert str(caught.value) == "optimizers.yaml: 1 of 6 runs are not in the ledger; run gdbench sweep first"


@pytest.mark.parametrize("old", ["", "# Old.\n# Older.\n"])
def test_only_the_comment_at_the_top_is_replaced_once(tmp_path, old):
    path = tmp_path / "optimizers.yaml"
    body = "title: Optimizers\n# A comment further down stays.\nseeds: 3\n"
    path.write_text(old + body)
    assert rewrite(path, "# New.\n")
    assert path.read_text() == "# New.\n" + body
    assert not rewrite(path, "# New.\n")
    assert path.read_text() == "# New.\n" + body


@pytest.mark.parametrize(
    "line", ["# yaml-language-server: $schema=gdbench.json\n", "# vim: ts=2\n", "# -*- coding: utf-8 -*-\n"]
)
@pytest.mark.parametrize("below", [True, False])
def test_lines_for_an_editor_stay_and_come_first(tmp_path, line, below):
    path = tmp_path / "optimizers.yaml"
    path.write_text(("# Old.\n" + line if below else line + "# Old.\n") + "seeds: 3\n")
    assert rewrite(path, "# New.\n")
    assert path.read_text() == line + "# New.\nseeds: 3\n"
    assert not rewrite(path, "# New.\n")


def test_of_what_is_published_it_says_which_holds():
    results = results_of(measured({"A": [0.980, 0.982, 0.981]}), a_block({"A": 0.981}))
    comment = head_comment(results, "paper.yaml")
    assert comment == (
        "# Experiment.\n"
        "# gdbench reproduce paper.yaml: 3 runs, about 5 seconds of one core on xeon.\n"
        "# Table: reproduced (1 cell: 1 reproduced).\n"
    )
