import pytest

from gdbench.display.multiverse_summary import brief_outcome, decided_by, multiverse_summary, outcome, protocol
from tests.comparison.judgment.test_multiverse_verdicts import CLAIM, UNIVERSES, judged, results_where


def found_where(holds):
    return judged(results_where(holds, claims=(CLAIM,)))


@pytest.mark.parametrize(
    ("holds", "table", "claim", "decided"),
    [
        (lambda *_labels: True, "reproduced in 4 of 4 protocols", "holds in 4 of 4 protocols", ""),
        (lambda *_labels: False, "contradicted in 4 of 4 protocols", "fails in 4 of 4 protocols", ""),
        (
            lambda _width, epochs: epochs == "20",
            "depends on the protocol: reproduced in 2 of 4 (exactly those with epochs 20), contradicted in 2",
            "depends on the protocol: holds in 2 of 4 (exactly those with epochs 20), fails in 2",
            "epochs",
        ),
        (
            lambda *labels: labels == ("128", "20"),
            "depends on the protocol: reproduced in 1 of 4 (hidden 128 and epochs 20), contradicted in 3",
            "depends on the protocol: holds in 1 of 4 (hidden 128 and epochs 20), fails in 3",
            "no single choice",
        ),
        (
            lambda *labels: labels != ("128", "20"),
            "depends on the protocol: reproduced in 3 of 4, contradicted in 1 (hidden 128 and epochs 20)",
            "depends on the protocol: holds in 3 of 4, fails in 1 (hidden 128 and epochs 20)",
            "no single choice",
        ),
    ],
)
def test_in_how_many_protocols_and_in_which(holds, table, claim, decided):
    found = found_where(holds)
    words = found.claim_words(0)
    assert multiverse_summary(found) == f"Table: {table}"
    assert outcome(found, words) == claim
    assert decided_by(found, words) == decided


def test_what_is_undecided_does_not_depend_on_the_protocol():
    found = found_where(lambda *_labels: True)
    words = ["undecided", "holds", "undecided", "undecided"]
    assert outcome(found, words) == "holds in 1 of 4 protocols (hidden 64 and epochs 20), undecided in 3"
    words = ["undecided", "holds", "undecided", "holds"]
    assert outcome(found, words) == "holds in 2 of 4 protocols (exactly those with epochs 20), undecided in 2"


def test_what_the_protocols_have_in_common_may_not_be_enough():
    words = ["fails", "holds", "fails", "undecided"]
    found = found_where(lambda *_labels: True)
    text = "holds in 1 of 4 (hidden 64 and epochs 20), fails in 2 (exactly those with epochs 5), undecided in 1"
    assert outcome(found, words[::-1]).startswith("depends on the protocol: holds in 1 of 4 (hidden 128 and epochs 5)")
    assert outcome(found, words) == f"depends on the protocol: {text}".replace(" (exactly those with epochs 5)", "")


def test_in_a_column_and_one_protocol_in_words():
    found = found_where(lambda _width, epochs: epochs == "20")
    assert brief_outcome(found) == "reproduced in 2, contradicted in 2 of 4"
    assert protocol(found, UNIVERSES[1]) == "hidden 64; epochs 20"
