"""Rules that no single argument can break: validation data that must exist, batches and losses that must fit."""

from collections.abc import Iterator, Mapping
from typing import Any

from gdbench.catalog.datasets import Facts
from gdbench.catalog.losses import LOSSES, Loss

Mistake = tuple[str, str, Any]


def counts(dataset: Mapping[str, Any], facts: Facts) -> tuple[int, int, int]:
    """Return the numbers of training, validation and test images that a dataset section leaves."""
    validation = dataset["validation"]
    held_out = round(validation * facts.train) if isinstance(validation, float) else validation
    left = facts.train - held_out
    train = left if dataset["train"] == "all" else dataset["train"]
    return train, held_out, facts.test if dataset["test"] == "all" else dataset["test"]


def check(settings: Mapping[str, Mapping[str, Any]], facts: Facts) -> Iterator[Mistake]:
    """Yield (path, rule, received) for each rule that a resolved run breaks."""
    dataset, training = settings["dataset"], settings["training"]
    train, validation, test = counts(dataset, facts)
    if validation >= facts.train:
        yield "dataset.validation", f"fewer than the {facts.train} training images", dataset["validation"]
    elif train > facts.train - validation:
        yield "dataset.train", f"at most the {facts.train - validation} images that validation leaves", train
    elif training["batch_size"] != "full" and training["batch_size"] > train:
        yield "training.batch_size", f"at most the {train} training images, or 'full'", training["batch_size"]
    if test > facts.test:
        yield "dataset.test", f"at most the {facts.test} test images", test
    for rule in ("early_stopping", "stop_at"):
        metric = training[rule]["metric"] if training[rule] != "off" else None
        if metric is not None and metric.startswith("val_") and not validation:
            yield f"training.{rule}", "validation data to watch: set dataset.validation", metric
    chosen, name = settings["architecture"]["output"]["activation"], training["loss"]["name"]
    loss: Loss = LOSSES.build(name, training["loss"])
    if chosen and not loss.takes(chosen["name"]):
        taken = " or ".join((loss.activation, *(loss.others or ())))
        yield "architecture.output.activation", f"{taken}, which {name} is computed from", chosen["name"]
