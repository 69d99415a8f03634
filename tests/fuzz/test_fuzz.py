"""Some cases of each kind of input; `python -m tests.fuzz` tries the full number."""

import pytest

from tests.fuzz.parts import PARTS
from tests.fuzz.search import Part, search


def attempt(part: Part[object], count: int) -> None:
    """Fail with each kind of failure among so many cases, and an example of it."""
    report = search(part, count)
    assert report.tried >= count / 2
    kinds = [
        f"{kind}: {found.count} cases, such as\n{found.case}\n{found.details}" for kind, found in report.kinds.items()
    ]
    if kinds:
        pytest.fail("\n\n".join(kinds), pytrace=False)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_no_input_ends_in_a_traceback(part: Part[object]) -> None:
    attempt(part, part.short_count)


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_no_input_of_the_full_number_ends_in_a_traceback(part: Part[object]) -> None:
    attempt(part, part.full_count)
