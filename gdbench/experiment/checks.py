"""Rules that no single argument can break: validation data that must exist, batches and losses that must fit."""

from collections.abc import Iterator, Mapping
from typing import Any

from gdbench.catalog import FAMILIES
from gdbench.catalog.datasets import Facts
from gdbench.catalog.losses import LOSSES, Loss
from gdbench.catalog.stacks import misfit
from gdbench.records import METRICS

_CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")

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
    yield from _check_stopping(training, bool(validation))
    yield from _check_optimizer(settings["optimizer"])
    yield from _check_architecture(settings, facts)
    yield from _check_output(settings["architecture"]["output"], training["loss"])
    schedule = training["schedule"]
    if schedule.get("period_factor", "off") != "off" and schedule["over"] is None:
        yield "training.schedule.period_factor", "beside `over`, the length of the first period", "no over"


def _check_stopping(training: Mapping[str, Any], validated: bool) -> Iterator[Mistake]:
    for rule in ("early_stopping", "stop_at"):
        watched = training[rule]["metric"] if training[rule] != "off" else None
        if watched is None:
            continue
        if watched.startswith("val_") and not validated:
            yield f"training.{rule}", "validation data to watch: set dataset.validation", watched
        if watched.startswith("train_eval_") and not training["evaluate_train"]:
            yield f"training.{rule}", "training images to evaluate: set training.evaluate_train", watched
        value = training[rule].get("value")
        if METRICS[watched].percent and value is not None and not 0 <= value <= 1:
            yield f"training.{rule}.value", f"a fraction from 0 to 1 for {watched}", value


def _check_optimizer(optimizer: Mapping[str, Any]) -> Iterator[Mistake]:
    given = {key: optimizer[key] for key in _CLIPS if optimizer[key] != "off"}
    if len(given) > 1:
        yield f"optimizer.{list(given)[-1]}", f"at most one of {', '.join(_CLIPS)}", given


def _check_architecture(settings: Mapping[str, Mapping[str, Any]], facts: Facts) -> Iterator[Mistake]:
    architecture, regularization = settings["architecture"], settings["regularization"]
    if architecture["name"] == "layers":
        for name, value in regularization.items():
            if any(value.values()) if isinstance(value, Mapping) else value not in (0.0, False, "off"):
                yield f"regularization.{name}", "not beside architecture.layers, whose items have their own", value
        return
    too_large = misfit(FAMILIES["architecture"].build(architecture["name"], architecture), facts.shape)
    if too_large:
        yield "architecture", "windows no larger than the maps they slide over", too_large


def _check_output(output: Mapping[str, Any], component: Mapping[str, Any]) -> Iterator[Mistake]:
    loss: Loss = LOSSES.build(component["name"], component)
    chosen = output["activation"]
    if chosen and not loss.takes(chosen["name"]):
        taken = " or ".join((loss.activation, *(loss.others or ())))
        yield "architecture.output.activation", f"{taken}, which {component['name']} is computed from", chosen["name"]
