"""The family of datasets, which can also tell the facts of one and fetch it, and its requirements for user code."""

from collections.abc import Callable
from typing import Any

from gdbench.catalog.datasets.arrays import data_of
from gdbench.catalog.datasets.dataset import Data, DatasetEntry, Facts, Noun
from gdbench.catalog.family import Family
from gdbench.catalog.plugin_checks import type_name
from gdbench.catalog.plugin_entry import Arguments, PluginContract
from gdbench.catalog.plugin_loading import Attribute
from gdbench.errors import PluginError
from gdbench.records import Settings


class DatasetFamily(Family[Data]):
    """Datasets: beside what every family does, their facts before they are read, and downloads."""

    def facts(self, dataset: Settings) -> Facts | None:
        """Return the facts of a dataset; None for a plug-in, whose arrays only its code can tell, and for a function.

        Raises:
            DataError: the files cannot be read, or hold something else.
        """
        entry = self.entry(dataset["name"])
        return entry.facts(dataset) if isinstance(entry, DatasetEntry) else None

    def examples_of(self, dataset: Settings) -> Noun:
        """Return what the examples of a dataset are called: those of files and of user code may be anything."""
        # A ledger that was edited by hand may have any name.
        entry = self.entries.get(str(dataset.get("name")))
        return entry.noun if isinstance(entry, DatasetEntry) else "examples"

    def fetch(self, dataset: Settings, say: Callable[[str], None]) -> None:
        """Download a published dataset that this machine lacks, telling `say` on one line what is downloaded.

        Raises:
            DataError: it cannot be downloaded.
        """
        entry = self.entry(dataset["name"])
        if isinstance(entry, DatasetEntry) and entry.fetch:
            entry.fetch(dataset, say)


def _adapt(attribute: Attribute, arguments: Arguments) -> Data:
    """Make a dataset of code that returns what `keras.datasets.mnist.load_data()` does."""
    loaded: Any = attribute(**arguments)
    try:
        # Unpacking is the check: arrays, lists and tuples all pass.
        (train_examples, train_labels), (test_examples, test_labels) = loaded
    except (TypeError, ValueError):
        rule = "(examples, labels), (test examples, test labels)"
        raise PluginError(f"expected {rule}; got {type_name(loaded)}") from None
    return data_of((train_examples, train_labels), (test_examples, test_labels))


# Since 2, whole numbers are pixels in images only, and labels are numbered as found.
PLUGIN_CONTRACT = PluginContract(_adapt, revision=2)
