"""Tries user code once, on a few numbers, before it is trained with."""

from gdbench.catalog import FAMILIES
from gdbench.catalog.datasets.dataset import Data, Facts
from gdbench.records import Settings


def probe(component: Settings) -> Facts | None:
    """Build a component that names a plug-in and use it once; return its facts if it is a dataset.

    Raises:
        PluginError: it cannot be built, or cannot be trained with.
    """
    # Importing this package has chosen the backend of Keras before any family imports it.
    built = FAMILIES[component["code"]["family"]].probe(component)
    return built.facts() if isinstance(built, Data) else None
