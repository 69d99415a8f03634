import pytest

from gdbench.comparison.sequential import Stopping
from gdbench.display.sheets.stopping_text import allowance_text, stopping_text, until_text


@pytest.mark.parametrize(
    ("stopping", "text"),
    [
        (
            Stopping(10, 20, 3, "separated"),
            "stopped at 10 of at most 20 seeds: the best row is separated from all others in test accuracy",
        ),
        (
            Stopping(20, 20, 3, "separated"),
            "20 of at most 20 seeds: the best row is separated from all others in test accuracy",
        ),
        (
            Stopping(20, 20, 3, "not_separated"),
            "20 of at most 20 seeds: the best row is not separated from all others in test accuracy",
        ),
        (
            Stopping(5, 20, 3, "one_row"),
            "stopped at 5 of at most 20 seeds: fewer than two rows are left to compare",
        ),
        (
            Stopping(5, 20, 3, next=5),
            "5 of at most 20 seeds so far; the first look is taken once all of their runs have ended",
        ),
        (
            Stopping(5, 20, 3, next=10),
            "5 of at most 20 seeds so far; the best row is not separated from all others in test accuracy, and the "
            "next look is at 10",
        ),
    ],
)
def test_where_a_comparison_stands_is_said_in_a_sentence(stopping: Stopping, text: str):
    assert stopping_text(stopping) == text


def test_what_the_looks_are_and_what_they_cost():
    assert until_text((5, 10, 20)) == (
        "5, 10 or 20 seeds, until the best row is separated from all others in test_accuracy at the last epoch"
    )
    assert allowance_text(Stopping(10, 20, 3, "separated")) == (
        "p-values and intervals of differences allow for all 3 looks, any of which could have been the last"
    )
