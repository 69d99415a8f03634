from pathlib import Path

from gdbench.api.experiment_results import ExperimentResults
from tests.comparison.judgment.test_multiverse_verdicts import CLAIM, UNIVERSES, results_where


def test_a_frame_has_a_row_for_each_claim_in_each_protocol():
    results = results_where(lambda _width, epochs: epochs == "20", claims=(CLAIM,))
    frame = ExperimentResults(results, Path()).multiverse()
    assert list(zip(frame["architecture.hidden"], frame["training.epochs"], strict=True)) == UNIVERSES
    assert list(frame["verdict"]) == ["fails", "holds", "fails", "holds"]
    assert set(frame["item"]) == {"A > B"}


def test_without_protocols_there_are_no_rows():
    results = results_where(lambda *_labels: True, claims=(CLAIM,))
    assert len(ExperimentResults(type(results)(results.experiment, {}), Path()).multiverse()) == 0
