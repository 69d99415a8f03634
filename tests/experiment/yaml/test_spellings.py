"""Values that are spelled otherwise than an argument takes them, and what their lines advise."""

from pathlib import Path

import pytest

from tests.configs import mistakes_of


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("dataset: {validation: 10%}", "got '10%'; write 0.1"),
        ("dataset: {validation: 12.5 %}", "got '12.5 %'; write 0.125"),
        ('training: {epochs: "3"}', "got '3'; write 3 without quotes"),
        ("training: {evaluate_train: yes}", "got 'yes'; write true"),
        ("architecture: {hidden: 128}", "got 128; write [128]"),
        ("training: {record: weight_norm, record_every: 2}", "got 'weight_norm'; write [weight_norm]"),
        ("target: 97", "got 97; write 97 %"),
        ("target: 101 %", "got '101 %'"),
        ("target: 0.97x", "got '0.97x'"),
        ("training: {epochs: three}", "got 'three'"),
    ],
)
def test_another_spelling_is_advised_where_it_would_do(tmp_path: Path, text: str, advice: str):
    (line,) = mistakes_of(tmp_path, text)
    assert line.endswith(advice)
