"""Some cases of each kind of input; `python -m tests.fuzz` tries the full number."""

import pytest

from tests.fuzz.parts import PARTS
from tests.fuzz.search import Part, search


def failed(part: Part[object], count: int) -> dict[str, str]:
    """The kinds of failure among so many cases, each with an example."""
    report = search(part, count)
    assert report.tried >= count / 2
    return {kind: f"{found.case}\n{found.details}" for kind, found in report.kinds.items()}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_no_input_ends_in_a_traceback(part: Part[object]) -> None:
    assert failed(part, part.short_count) == {}


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_no_input_of_the_full_number_ends_in_a_traceback(part: Part[object]) -> None:
    assert failed(part, part.full_count) == {}
