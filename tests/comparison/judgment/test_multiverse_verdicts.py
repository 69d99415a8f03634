import math
from dataclasses import replace

import pytest

from gdbench.comparison.judgment.multiverse_verdicts import MultiverseVerdict, word_of
from gdbench.comparison.results import Results
from gdbench.experiment.experiment import Claim, PublishedValue
from tests.comparison.judging import a_block, in_universes, results_of

AXES = {"architecture.hidden": ("64", "128"), "training.epochs": ("5", "20")}
UNIVERSES = [("64", "5"), ("64", "20"), ("128", "5"), ("128", "20")]
LOW, HIGH = [0.920, 0.922, 0.921], [0.980, 0.982, 0.981]
CLAIM = Claim("greater", "A > B", "test_accuracy", "last", ("A", "B"))


def results_where(holds, **keys) -> Results:
    """A comparison whose row A is above B in the universes of which `holds` is true, and below it in the others."""
    rows = {labels: {"A": HIGH, "B": LOW} if holds(*labels) else {"A": LOW, "B": HIGH} for labels in UNIVERSES}
    return in_universes(AXES, rows, **keys)


def judged(results: Results) -> MultiverseVerdict:
    [found] = results.multiverses()
    return found


@pytest.mark.parametrize(
    ("holds", "words"),
    [
        (lambda _width, _epochs: True, ["holds"] * 4),
        (lambda _width, _epochs: False, ["fails"] * 4),
        (lambda _width, epochs: epochs == "20", ["fails", "holds", "fails", "holds"]),
    ],
)
def test_a_claim_is_judged_in_each_universe_by_itself(holds, words):
    found = judged(results_where(holds, claims=(CLAIM,)))
    assert found.labels == UNIVERSES
    assert found.claim_words(0) == words
    assert found.words == [{"holds": "reproduced", "fails": "contradicted"}[word] for word in words]
    assert found.nearest is None


def counts(results: Results) -> list[int]:
    """In how many universes the one cell of A holds, fails and is undecided."""
    words = [word_of(cell) for cell in judged(results).cells_of(0, 0)]
    return [words.count(word) for word in ("holds", "fails", "undecided")]


def test_a_published_value_that_is_moved_changes_the_count():
    results = results_where(lambda _width, epochs: epochs == "20", published=(a_block({"A": 0.981}, tolerance=0.005),))
    assert counts(results) == [2, 2, 0]
    [comparison] = results.experiment.comparisons
    block = replace(comparison.published[0], values=((("A",), (PublishedValue(0.951),)),))
    moved = replace(results.experiment, comparisons=(replace(comparison, published=(block,)),))
    assert counts(replace(results, experiment=moved)) == [0, 4, 0]


def test_the_nearest_universe_has_the_smallest_largest_difference_in_tolerances():
    rows = {
        ("5",): {"A": [0.90, 0.90, 0.90], "B": [0.80, 0.80, 0.80]},
        ("10",): {"A": [0.92, 0.92, 0.92], "B": [0.82, 0.82, 0.82]},
        ("20",): {"A": [0.93, 0.93, 0.93], "B": [0.70, 0.70, 0.70]},
    }
    block = a_block({"A": 0.93, "B": 0.80}, tolerance=0.01)
    found = judged(in_universes({"training.epochs": ("5", "10", "20")}, rows, published=(block,)))
    assert [universe.distance for universe in found.universes] == pytest.approx([3, 2, 10])
    assert found.nearest is found.universes[1]


def test_distances_of_ratios_are_those_of_their_logarithms_and_a_wrong_word_is_infinitely_far():
    seconds = [{"train_seconds": 4.0}] * 3
    rows = {("5",): {"A": [{"train_seconds": 1.0}] * 3, "B": seconds}, ("20",): {"A": seconds, "B": seconds}}
    keys = {"metric": "train_seconds", "compare": "ratio", "tolerance": 2.0}
    found = judged(
        in_universes({"training.epochs": ("5", "20")}, rows, published=(a_block({"A": 2.0, "B": 4.0}, **keys),))
    )
    assert [universe.distance for universe in found.universes] == pytest.approx([1, 1])
    collapsed = {("5",): {"A": ["collapsed"] * 3}, ("20",): {"A": HIGH}}
    block = a_block({"A": "collapsed"})
    found = judged(in_universes({"training.epochs": ("5", "20")}, collapsed, published=(block,)))
    assert [universe.distance for universe in found.universes] == [0.0, math.inf]


def test_a_universe_without_all_of_its_runs_is_missing():
    results = results_where(lambda _width, _epochs: True, claims=(CLAIM,))
    kept = {run: record for run, record in results.records.items() if run != "128/20@B:2"}
    found = judged(replace(results, records=kept))
    assert (found.labels, found.missing) == (UNIVERSES[:3], 1)


def test_a_comparison_without_universes_has_none():
    results = results_where(lambda _width, _epochs: True, claims=(CLAIM,))
    [comparison] = results.experiment.comparisons
    assert results_of(results.measurements[0]).multiverses() != []
    assert comparison.multiverse is not None
    empty = replace(comparison, multiverse=replace(comparison.multiverse, universes=()))
    assert replace(results, experiment=replace(results.experiment, comparisons=(empty,))).multiverses() == []
