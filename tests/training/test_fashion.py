"""Fashion-MNIST as Debian's package has it, trained for real; passed over where the package is not installed."""

from collections.abc import Callable

import pytest

from gdbench.catalog.datasets.downloadable import FASHION_FOLDERS
from gdbench.records import Run
from gdbench.training.trainer import Trainer


@pytest.mark.skipif(not FASHION_FOLDERS[0].is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
def test_an_mlp_reaches_87_percent_in_5_epochs(run_of: Callable[..., Run], trainer: Trainer):
    outcome = trainer(
        run_of(
            "dataset={name: fashion_mnist, train: all, test: all}",
            "architecture.hidden=[256, 256]",
            "training.epochs=5",
            "training.batch_size=128",
        )
    )
    assert outcome.metrics is not None
    assert outcome.metrics["test_accuracy"] >= 0.87
