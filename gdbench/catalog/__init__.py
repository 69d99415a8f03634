"""What a configuration can name: one family of entries for each kind of component.

Entries are functions; a function's signature is the schema of its arguments. Nothing here imports keras before an
entry is called, so plans and lists are made without it.
"""

from collections.abc import Mapping

from gdbench.catalog.architectures import ARCHITECTURES
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.family import Family
from gdbench.catalog.keras_entries import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, LAYERS, REGULARIZERS
from gdbench.catalog.losses import LOSSES
from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.catalog.schedules import SCHEDULES

FAMILIES: Mapping[str, Family[object]] = {
    family.noun: family
    for family in (
        *(DATASETS, ARCHITECTURES, LAYERS, OPTIMIZERS, LOSSES, SCHEDULES),
        *(ACTIVATIONS, INITIALIZERS, REGULARIZERS, CONSTRAINTS),
    )
}
