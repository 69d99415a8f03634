from pathlib import Path

import pytest

from tests.configs import comparison_of, mistake_of

WITHOUT = "dataset: {validation: 100}\ntraining: {evaluate_test: false}\ngrid: {optimizer: [sgd, adam]}\n"
EXPECTED = "expected runs with training.evaluate_test: true; got"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("claims: [sgd < adam]", f"claims: {EXPECTED} 'test_accuracy'"),
        ("claims: [{opposed: [val_loss, test_error]}]", f"claims: {EXPECTED} 'test_error'"),
        ("published: {source: p. 3, values: {sgd: 90 %}}", f"published: {EXPECTED} 'test_accuracy'"),
        ("seeds: {from: 5, until: separated, at_most: 10}", f"seeds: {EXPECTED} 'until: separated'"),
    ],
)
def test_nothing_is_said_of_test_images_that_are_not_evaluated(tmp_path: Path, text: str, complaint: str):
    assert mistake_of(tmp_path, WITHOUT + text) == f"config.yaml:4: {complaint}"


def test_other_metrics_are_free(tmp_path: Path):
    block = "published: {source: p, metric: val_loss, values: {sgd: 1}}"
    text = f"{WITHOUT}claims: [{{claim: sgd < adam, metric: val_accuracy}}]\n{block}"
    assert len(comparison_of(tmp_path, text).claims) == 1
