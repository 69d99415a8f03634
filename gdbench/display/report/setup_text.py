"""What stands at the top of a report: the data, the network and the training behind its figures."""

from collections.abc import Iterable, Iterator

from gdbench.catalog.datasets.surfaces import surface_of
from gdbench.comparison.results import Results
from gdbench.experiment.experiment import Comparison
from gdbench.records import Record, Settings
from gdbench.text import counted, listing, spelled

# More of one kind are counted instead of named.
MOST_NAMED = 3
# As readers know them.
DATA_NAMES = {
    "mnist": "MNIST",
    "fashion_mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "emnist": "EMNIST",
    "cifar10": "CIFAR-10",
    "test_function": "a test function",
}


def setup_texts(results: Results, comparison: Comparison) -> tuple[str, ...]:
    """Return a sentence each on the data, the network and the training; nothing without runs."""
    records = [results.records[run] for run in comparison.run_ids if run in results.records]
    if not records:
        return ()
    names = (str(record.run.dataset.get("name")) for record in records)
    data = _named((DATA_NAMES.get(name, name) for name in names), "datasets")
    networks = _named((_network(record.run.settings["architecture"]) for record in records), "networks")
    training = ", ".join([*_training(records), counted(max(len(point.runs) for point in comparison.points), "seed")])
    texts = f"Data: {', '.join([data, *_images(comparison)])}.", f"Network: {networks}.", f"Training: {training}."
    # The two weights of a function belong to no network.
    return (texts[0], texts[2]) if all(map(_is_function, records)) else texts


def _is_function(record: Record) -> bool:
    return surface_of(record.run.dataset) is not None


def _named(names: Iterable[str], kind: str) -> str:
    known = list(dict.fromkeys(names))
    return listing(known, "or") if len(known) <= MOST_NAMED else f"{len(known)} {kind}"


def _images(comparison: Comparison) -> Iterator[str]:
    counts = {point.images for point in comparison.points}
    known = next(iter(counts)) if len(counts) == 1 else None
    if known is not None:
        splits = {"training": known.train, "validation": known.val, "test": known.test}
        yield f"{listing([f'{count:,} {split}' for split, count in splits.items() if count])} examples"


def _network(architecture: Settings) -> str:
    """Return `mlp [128, 64]`, or the name alone of a network without such a list."""
    hidden = architecture.get("hidden")
    return f"{architecture.get('name')} {spelled(hidden)}" if hidden else str(architecture.get("name"))


def _training(records: Iterable[Record]) -> Iterator[str]:
    """Yield how long runs train, and in what batches."""
    records = list(records)
    settings = [record.run.training for record in records]
    lengths = [
        f"{each.get('steps'):,} updates" if each.get("steps") else f"{each.get('epochs')} epochs" for each in settings
    ]
    yield _named(("1 epoch" if length == "1 epochs" else length for length in lengths), "lengths")
    if not all(map(_is_function, records)):
        yield f"batch size {_named((str(each.get('batch_size')) for each in settings), 'values')}"
