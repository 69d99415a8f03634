from pathlib import Path

import pytest

from tests.configs import labels_of, mistake_of, values_of


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("{from: 1e-4, to: 1, per_decade: 1}", (0.0001, 0.001, 0.01, 0.1, 1.0)),
        ("{from: 0.01, to: 1, per_decade: 2}", (0.01, 0.0316, 0.1, 0.316, 1.0)),
        ("{from: 0.01, to: 0.5, per_decade: 1}", (0.01, 0.1)),
        ("{from: 0.12345, to: 12.345, per_decade: 1}", (0.12345, 1.23, 12.345)),
        ("{from: 0.1, to: 0.3, step: 0.1}", (0.1, 0.2, 0.3)),
        ("{from: 2, to: 7, step: 2}", (2.0, 4.0, 6.0)),
        ("{from: 0.5, to: 0.5, step: 1}", (0.5,)),
    ],
)
def test_a_range(tmp_path: Path, span: str, expected: tuple[float, ...]):
    assert (
        tuple(values_of(tmp_path, f"grid: {{optimizer.learning_rate: {span}}}", "optimizer.learning_rate")) == expected
    )


def test_a_range_of_whole_numbers_stays_whole(tmp_path: Path):
    axis = "dataset.train: {from: 100, to: 10000, per_decade: 3}"
    assert labels_of(tmp_path, axis) == ("100", "215", "464", "1000", "2150", "4640", "10000")


@pytest.mark.parametrize(
    ("span", "complaint"),
    [
        ("{from: 1, to: 2}", ": expected a range of from, to and either per_decade or step; got {from: 1, to: 2}"),
        ("{from: 1, step: 2}", ": expected a range of from, to and either per_decade or step; got {from: 1, step: 2}"),
        (
            "{from: 1, to: 2, per_decad: 3}",
            ".per_decad: expected a key of a range; got unknown key 'per_decad'; did you mean 'per_decade'?",
        ),
        (
            "{from: 2, to: 1, step: 1}",
            ": expected from <= to, and a step above 0; got {from: 2, to: 1, step: 1}",
        ),
        (
            "{from: 1, to: 2, step: 0}",
            ": expected from <= to, and a step above 0; got {from: 1, to: 2, step: 0}",
        ),
        (
            "{from: 0, to: 1e9, step: 0.001}",
            ": expected a range of at most 100,000 values; got {from: 0, to: 1000000000.0, step: 0.001}",
        ),
        (
            "{from: 0, to: 1, per_decade: 1}",
            ": expected 0 < from <= to, and a per_decade from 1 to 100; got {from: 0, to: 1, per_decade: 1}",
        ),
    ],
)
def test_a_malformed_range(tmp_path: Path, span: str, complaint: str):
    text = f"grid:\n  optimizer.learning_rate: {span}"
    assert mistake_of(tmp_path, text) == f"config.yaml:2: optimizer.learning_rate{complaint}"


def test_the_end_of_a_range_is_a_number(tmp_path: Path):
    text = "grid: {optimizer.learning_rate: {from: small, to: 1, per_decade: 1}}"
    assert mistake_of(tmp_path, text) == "config.yaml:1: optimizer.learning_rate.from: expected a number; got 'small'"


def test_a_range_may_span_every_number(tmp_path: Path):
    values = values_of(
        tmp_path, "grid: {optimizer.learning_rate: {from: 1e-300, to: 1e300, per_decade: 1}}", "optimizer.learning_rate"
    )
    assert (len(values), values[0], values[300], values[-1]) == (601, 1e-300, 1.0, 1e300)
