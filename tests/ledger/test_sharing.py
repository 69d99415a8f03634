"""Records that share their settings in memory are the same records."""

import json

import pytest

from gdbench.errors import LedgerError
from gdbench.ledger import Ledger, read, reading
from gdbench.ledger.lines import line_of, parse
from gdbench.ledger.sharing import Shared
from tests.builders import a_record


def test_equal_settings_and_environments_are_one_object(tmp_path):
    with Ledger(tmp_path) as ledger:
        for run in ("a", "b"):
            ledger.append(a_record(run))
        ledger.append(a_record("c", learning_rate=0.1, machine="arm"))
    first, second, third = read(tmp_path).values()
    assert first.run.optimizer is second.run.optimizer
    assert first.environment is second.environment
    assert (third.run.optimizer["learning_rate"], third.environment["machine"]) == (0.1, "arm")


@pytest.mark.parametrize("rates", [(1, 1.0, True), (0.0, 0, False, -0.0)])
def test_what_python_takes_for_equal_stays_apart(rates):
    shared = Shared()
    for rate in rates:
        line = line_of(a_record("a", learning_rate=rate))[:-1]
        assert line_of(parse(line, "", shared)) == line_of(parse(line, "")) == line + b"\n"


@pytest.mark.parametrize("name", ['}, "metrics": ', ', "environment": {', '{"schema": 1', "\\"])
def test_texts_that_look_like_keys_mislead_nobody(name):
    shared = Shared()
    for run, other in (("a", name), ("b", name), ("c", f"{name}x")):
        rate = {"a": {}, "metrics": {"environment": {}}, "b": {}, "environment": {"metrics": other}}
        record = a_record(run, learning_rate=rate, machine=other, environment={"environment": {"a": other}})
        assert parse(line_of(record)[:-1], "", shared) == record


def test_a_line_without_a_checksum_is_read_as_well():
    record = a_record("a")
    assert parse(json.dumps(record.to_json()).encode(), "", Shared()) == record


def test_settings_that_do_not_repeat_are_not_kept_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("gdbench.ledger.sharing._MOST", 3)
    with Ledger(tmp_path) as ledger:
        for number in range(9):
            ledger.append(a_record(f"{number}", learning_rate=number / 10))
    assert [record.run.optimizer["learning_rate"] for record in reading.read(tmp_path).values()] == [
        number / 10 for number in range(9)
    ]


def test_runs_that_were_evaluated_at_the_same_moments_share_them():
    shared = Shared()
    histories = [
        {"epoch": epoch, "update": [10, 20], "test_loss": [epoch[0], loss]}
        for epoch, loss in (([1, 2], 0.5), ([1, 2], 0.4), ([1.0, 2.0], 0.3))
    ]
    lines = [line_of(a_record(f"{run}", history=history))[:-1] for run, history in enumerate(histories)]
    first, second, third = [parse(line, "", shared).outcome.history for line in lines]
    assert first["epoch"] is second["epoch"]
    assert first["update"] is second["update"]
    assert (first["test_loss"], second["test_loss"]) == ([1, 0.5], [1, 0.4])
    assert list(map(type, third["epoch"])) == [float, float]


def test_a_history_is_decoded_where_it_is_looked_at():
    history = {"epoch": [1, 2], "update": [10, 20], "test_loss": [0.5, None]}
    record = a_record("a", history=history)
    read = parse(line_of(record)[:-1], "").outcome
    assert not isinstance(read.history, dict)
    assert (bool(read.history), len(read.history), list(read.history)) == (True, 3, list(history))
    assert read.history.get("val_accuracy") is None
    assert (read.history["update"], read.history["test_loss"]) == ([10, 20], [0.5, None])
    assert read == record.outcome
    assert not parse(line_of(a_record("a"))[:-1], "").outcome.history


@pytest.mark.parametrize(
    "history",
    [
        {"epoch": [1], "update": [10], "test_loss": "low"},
        {"epoch": [1], "update": [10], "test_loss": [0.5, 0.4]},
        {"epoch": [1], "test_loss": [[]]},
    ],
)
def test_a_damaged_history_under_a_checksum_made_of_it_is_one_clear_error(history):
    read = parse(line_of(a_record("a", history=history))[:-1], "").outcome
    with pytest.raises(LedgerError, match="a ledger has a line with a damaged history: expected "):
        dict(read.history)
    without_sum = json.dumps(a_record("a", history=history).to_json()).encode()
    with pytest.raises(LedgerError, match=r"runs\.jsonl:3: the line is damaged"):
        parse(without_sum, "runs.jsonl:3")
