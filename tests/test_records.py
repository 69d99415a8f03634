import json
from dataclasses import replace
from pathlib import Path

import pytest

from gdbench.ledger.decoding import decoded
from gdbench.records import Outcome
from tests.builders import a_record

RESULTS = Path(__file__).parents[1] / "results"


@pytest.mark.parametrize("name", ["zeiler2012", "kingma2015"])
def test_a_line_is_written_as_it_was_read(name: str):
    lines = (RESULTS / name / "runs.jsonl").read_text().splitlines()
    assert [json.dumps(decoded(line.encode()).to_json()) for line in lines] == lines


def test_a_line_has_its_keys_in_one_order():
    record = a_record("a", images=5, clock=[0.5])
    assert list(record.to_json()) == [
        *("schema", "id", "status", "seed", "run", "metrics", "history", "seconds", "timing", "diverged", "error"),
        *("images", "clock", "started", "environment"),
    ]


@pytest.mark.parametrize("key", ["status", "metrics", "history", "seconds", "timing", "diverged", "error", "started"])
def test_a_line_without_one_of_its_keys_is_refused(key: str):
    line = a_record("a").to_json()
    del line[key]
    with pytest.raises(ValueError, match="expected a line of a ledger"):
        decoded(json.dumps(line).encode())


@pytest.mark.parametrize("number", ["Infinity", "NaN", "1e999"])
def test_what_is_infinite_is_refused(number):
    line = json.dumps(a_record("a", history={"test_loss": [0.123]}).to_json())
    with pytest.raises(ValueError, match="expected a line of a ledger"):
        decoded(line.replace("0.123", number).encode())


def test_whole_numbers_of_a_history_stay_whole():
    line = a_record("a", history={"epoch": [0.5, 1], "test_loss": [None, 2.0]}).to_json()
    history = decoded(json.dumps(line).encode()).outcome.history
    assert [*map(type, history["epoch"]), *map(type, history["test_loss"])] == [float, int, type(None), float]


@pytest.mark.parametrize(
    ("status", "true"),
    [
        ("done", {"is_done", "was_measured"}),
        ("diverged", {"has_diverged", "was_measured"}),
        ("failed", {"has_failed"}),
        ("interrupted", {"was_interrupted"}),
    ],
)
def test_how_a_run_ended(status, true: set[str]):
    names = {"is_done", "has_diverged", "has_failed", "was_interrupted", "was_measured", "has_collapsed"}
    assert {name for name in names if getattr(Outcome(status), name)} == true


def test_a_collapsed_run_is_one_that_says_so():
    metrics = ({"collapsed": True}, {"collapsed": False}, {}, None)
    assert [Outcome("done", values).has_collapsed for values in metrics] == [True, False, False, False]


def test_total_seconds_add_all_parts():
    assert Outcome("done", seconds={"train": 1.5, "evaluate": 0.5, "compile": 2.0}).total_seconds == 4.0


LAYERS = {"every": 10, "names": ["hidden_1", "output"], "curves": {"gradient_norm": [[0.5, None], [1e-20, 2.0]]}}
ANSWERS = {"last": {"epoch": 2, "ranks": [3, 1, 0, 0, 0, 0], "confusion": [[1, 1], [0, 2]]}}


def test_a_run_that_went_on_from_a_shorter_one_took_the_rest_of_the_seconds_itself():
    history = {"epoch": [1, 2, 3], "update": [10, 20, 30], "val_loss": [3.0, 2.0, 1.0]}
    whole = a_record("a", history=history, seconds={"train": 6.0, "evaluate": 3.0, "compile": 5.0, "data": 1.0}).outcome
    assert (whole.total_seconds, whole.own_seconds) == (15, 15)
    assert replace(whole, resumed=10).own_seconds == pytest.approx(6 + 9 * 2 / 3)
    diverged = replace(whole, status="diverged", diverged={"epoch": 2, "step": 15}, resumed=10, history={})
    assert diverged.own_seconds == pytest.approx(6 + 9 / 3)


def test_layers_and_answers_are_read_as_they_were_written():
    outcome = replace(a_record("a").outcome, layers=LAYERS, answers=ANSWERS)
    line = replace(a_record("a"), outcome=outcome).to_json()
    read = decoded(json.dumps(line).encode())
    assert read.outcome == outcome
    assert read.to_json() == line


@pytest.mark.parametrize(
    ("key", "damaged"),
    [
        ("layers", {**LAYERS, "names": ["hidden_1"]}),
        ("layers", {**LAYERS, "curves": {"gradient_norm": [[0.5], [1.0, 2.0]]}}),
        ("layers", {**LAYERS, "every": "10"}),
        ("layers", {"every": 10, "names": []}),
        ("answers", {"last": {**ANSWERS["last"], "confusion": [[1, 1], [0]]}}),
        ("answers", {"last": {**ANSWERS["last"], "confusion": [[1, 1], [0, -2]]}}),
        ("answers", {"last": {"epoch": 2}}),
        ("answers", {"first": ANSWERS["last"]}),
    ],
)
def test_layers_and_answers_that_do_not_fit_together_are_refused(key: str, damaged: object):
    with pytest.raises(ValueError):  # noqa: PT011
        decoded(json.dumps({**a_record("a").to_json(), key: damaged}).encode())
