"""The data of a run in words: every setting that is not a default, and how a file was read."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Facts
from gdbench.catalog.entry import LOCATION
from gdbench.experiment.settings.run_settings import DatasetSettings
from gdbench.records import Settings
from gdbench.text import counted, listing, spelled

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
    return "; ".join((", ".join(parts), *(_found(settings, facts) if facts else ())))


def _found(settings: DatasetSettings, facts: Facts) -> Iterator[str]:
    """Yield what a plan knows of the data: of a user's own also how many examples of what shape each split has."""
    options = settings.options
    if options.split != "last" and not options.validation and options.train == "all":
        yield f"split {options.split} draws nothing and only shuffles, since validation is 0 and train is all"
    # The sizes of published data are known, and stand in their descriptions.
    if facts.labels is not None:
        counts = settings.counts(facts)
        is_flat = len(facts.shape) == 1
        shape = counted(facts.shape[0], "feature") if is_flat else f"images of {' x '.join(map(str, facts.shape))}"
        sizes = {"training": counts.train, "validation": counts.validation, "test": counts.test}
        splits = listing([f"{count:,} {split}" for split, count in sizes.items() if count])
        yield f"{shape}, {facts.classes} classes; {splits} {'examples' if is_flat else 'images'}"
    yield from settings.notes(facts)


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} {_text(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return value if isinstance(value, str) else spelled(value)
