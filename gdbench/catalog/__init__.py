"""The components that a configuration can name: one family of entries for each kind.

Entries are functions; a function's signature is the schema of its arguments. Nothing here imports keras before an
entry is called, so planning and listing don't need it.
"""

from collections.abc import Mapping

from gdbench.catalog.architectures import ARCHITECTURES
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.family import Family
from gdbench.catalog.keras_entries import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, LAYERS, REGULARIZERS
from gdbench.catalog.losses import LOSSES
from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.catalog.schedules import SCHEDULES

# In the order in which `gdbench list` offers them.
FAMILIES: Mapping[str, Family[object]] = {
    family.noun: family
    for family in (
        *(DATASETS, ARCHITECTURES, LAYERS, OPTIMIZERS, LOSSES, SCHEDULES),
        *(ACTIVATIONS, INITIALIZERS, REGULARIZERS, CONSTRAINTS),
    )
}
