"""The data of a run in words: every setting that is not a default, and how a file was read."""

from collections.abc import Mapping
from pathlib import Path

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.entry import LOCATION
from gdbench.experiment.settings.run_settings import DatasetSettings
from gdbench.records import Settings
from gdbench.text import spelled

DEFAULT_DATA = next(iter(DATASETS.entries))


def data_text(dataset: Settings) -> str:
    """Return `mnist, validation 0.1` for a resolved dataset; its seed is said as any other setting."""
    name = dataset["name"]
    fields = DATASETS.model(name).model_fields
    parts = [name]
    for key, value in dataset.items():
        field = fields.get(key)
        if key in ("name", "code") or (field is not None and value == field.default):
            continue
        is_location = field is not None and LOCATION in field.metadata
        parts.append(f"{key} {Path(value).name if is_location else _text(value)}")
    settings = DatasetSettings(dataset)
    facts = settings.facts()
    return "; ".join((", ".join(parts), *(settings.notes(facts) if facts else ())))


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} {_text(child)}" for key, child in value.items()) + "}"
    return value if isinstance(value, str) else spelled(value)
