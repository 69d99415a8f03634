"""How moments are spelled."""

import pytest

from gdbench.experiment.moment import Seconds, moment_text, read_seconds


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("2s", "2s"), ("0.5 s", "0.5s"), ("1234567.1s", "1234567.1s"), ("1234567.2s", "1234567.2s"), ("10s", "10s")],
)
def test_seconds_are_spelled_without_an_exponent(text: str, spelled: str):
    """Six digits would make one of the two longest."""
    seconds = read_seconds(text)
    assert seconds is not None
    assert str(seconds) == spelled
    assert moment_text(seconds) == spelled.replace("s", " s")
    assert read_seconds(str(seconds)) == seconds == Seconds(float(spelled[:-1]))
