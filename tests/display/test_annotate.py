import os
import stat
from pathlib import Path

import pytest

from gdbench.comparison.results import Results
from gdbench.display.annotate import head_comment, rewrite
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Claim
from tests.builders import a_record, accuracies, an_experiment
from tests.comparison.judging import a_block, measured, results_of

OLD = "# Optimizers.\n# gdbench sweep optimizers.yaml: 3 runs, about 5 seconds of one core on xeon,\n# 2 cores.\n"
NEW = "# Optimizers.\n# gdbench sweep optimizers.yaml: 1,006 runs, about 2 minutes of one core on xeon.\n# adam 98 %.\n"


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
    assert (
        str(caught.value)
        == "optimizers.yaml: 1 of 6 runs are not in the ledger; run gdbench sweep optimizers.yaml first"
    )


@pytest.mark.parametrize("old", ["", OLD])
def test_only_the_comment_at_the_top_is_replaced_once(tmp_path, old):
    path = tmp_path / "optimizers.yaml"
    body = "title: Optimizers\n# A comment further down stays.\nseeds: 3\n"
    path.write_text(old + body)
    assert rewrite(path, NEW)
    assert path.read_text() == NEW + body
    assert not rewrite(path, NEW)
    assert path.read_text() == NEW + body


@pytest.mark.parametrize(
    "line", ["# yaml-language-server: $schema=gdbench.json\n", "# vim: ts=2\n", "# -*- coding: utf-8 -*-\n"]
)
@pytest.mark.parametrize("below", [True, False])
def test_lines_for_an_editor_stay_and_come_first(tmp_path, line, below):
    path = tmp_path / "optimizers.yaml"
    path.write_text((OLD + line if below else line + OLD) + "seeds: 3\n")
    assert rewrite(path, NEW)
    assert path.read_text() == line + NEW + "seeds: 3\n"
    assert not rewrite(path, NEW)


def test_of_what_is_published_it_says_which_holds():
    results = results_of(measured({"A": [0.980, 0.982, 0.981]}), a_block({"A": 0.981}))
    comment = head_comment(results, "paper.yaml")
    assert comment == (
        "# Experiment.\n"
        "# gdbench reproduce paper.yaml: 3 runs, about 5 seconds of one core on xeon.\n"
        "# Table: reproduced (1 cell: 1 reproduced).\n"
    )


def test_a_link_stays_one_and_the_file_keeps_its_mode(tmp_path):
    (tmp_path / "kept").mkdir()
    file, link = tmp_path / "kept" / "optimizers.yaml", tmp_path / "optimizers.yaml"
    file.write_text(OLD + "seeds: 3\n")
    file.chmod(0o640)
    link.symlink_to("kept/optimizers.yaml")
    assert rewrite(link, NEW)
    assert link.readlink() == Path("kept/optimizers.yaml")
    assert file.read_text() == NEW + "seeds: 3\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["optimizers.yaml"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_stay(tmp_path, end, mark):
    path = tmp_path / "optimizers.yaml"
    path.write_bytes(f"{mark}{OLD}seeds: 3\ntitle: x\n".replace("\n", end).encode())
    assert rewrite(path, NEW)
    assert path.read_bytes() == f"{mark}{NEW}seeds: 3\ntitle: x\n".replace("\n", end).encode()
    assert not rewrite(path, NEW)


@pytest.mark.parametrize("old", ["", OLD + "#\n"])
def test_what_the_user_has_written_stays_below(tmp_path, old):
    path = tmp_path / "optimizers.yaml"
    mine = "# Why we ask: gdbench sweep optimizers.yaml was slow.\n# Keep this.\n#\n# And this.\n"
    path.write_text(old + mine + "seeds: 3\n")
    assert rewrite(path, NEW)
    assert path.read_text() == NEW + "#\n" + mine + "seeds: 3\n"
    assert not rewrite(path, NEW)


def test_what_would_be_lost_is_refused(tmp_path):
    notes = tmp_path / "notes.yaml"
    notes.write_text("# A file of notes\n\n")
    with pytest.raises(RequestError, match="expected a configuration; got a file without settings"):
        rewrite(notes, NEW)
    path = tmp_path / "optimizers.yaml"
    path.write_text("seeds: 3\n")
    os.link(path, tmp_path / "again.yaml")
    with pytest.raises(RequestError, match="expected a file with one name; got a hard link"):
        rewrite(path, NEW)
    assert (notes.read_text(), path.read_text()) == ("# A file of notes\n\n", "seeds: 3\n")


def test_a_file_of_the_users_is_never_in_the_way(tmp_path):
    path = tmp_path / "optimizers.yaml"
    path.write_text("seeds: 3\n")
    # What a temporary file with a name that can be foreseen would be called.
    others = [tmp_path / f".optimizers.yaml.{os.getpid()}", tmp_path / "optimizers.yaml.tmp"]
    for other in others:
        other.write_text("mine")
    assert rewrite(path, NEW)
    assert [other.read_text() for other in others] == ["mine", "mine"]


def test_claims_of_one_s_own_are_swept_and_stand_beside_the_accuracies():
    claim = Claim("greater", "a > b", "test_accuracy", "last", ("a", "b"))
    measurement = measured({"a": [0.9, 0.91, 0.92], "b": [0.8, 0.81, 0.82]}, claims=(claim,))
    lines = head_comment(results_of(measurement), "mine.yaml").splitlines()
    assert lines[1].startswith("# gdbench sweep mine.yaml: 6 runs, ")
    assert lines[2] == "# Table: 1 claim: 1 holds."
    assert lines[3] == "# Test accuracy, mean over the seeds, best first: a 91.00 %; b 81.00 %."
