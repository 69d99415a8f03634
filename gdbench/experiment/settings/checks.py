"""Rules that no single argument can break: validation data that must exist, batches and losses that must fit."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gdbench.catalog.architecture_spec import misfit, shape_in
from gdbench.catalog.architectures import ARCHITECTURES, has_its_own_layers
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Facts
from gdbench.catalog.losses import LOSSES
from gdbench.metrics import METRICS

_CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")

Mistake = tuple[str, str, Any]


class Counts(NamedTuple):
    """How many images a dataset section leaves: `source` of the dataset's, from which `train` are made."""

    source: int
    train: int
    validation: int
    test: int


def facts_of(dataset: Mapping[str, Any]) -> Facts | None:
    """Return what is known of a dataset before it is read; nothing of one that a user's code makes.

    Raises:
        DataError: its files are not what they should be.
    """
    return DATASETS.facts(dataset)


def counts(dataset: Mapping[str, Any], facts: Facts) -> Counts:
    """Return how many images of each part a dataset section leaves."""
    validation = dataset["validation"]
    held_out = round(validation * facts.train) if isinstance(validation, float) else validation
    left = facts.train - held_out
    source = left if dataset["train"] == "all" else dataset["train"]
    train = source if dataset["deform"] == "off" else dataset["deform"]["images"]
    return Counts(source, train, held_out, facts.test if dataset["test"] == "all" else dataset["test"])


def check(settings: Mapping[str, Mapping[str, Any]], facts: Facts | None) -> Iterator[Mistake]:
    """Yield (path, rule, received) for each rule that a resolved run breaks; about data only where it is known."""
    training = settings["training"]
    if facts:
        yield from check_data(settings, facts)
    yield from _check_stopping(training, bool(settings["dataset"]["validation"]))
    yield from _check_optimizer(settings["optimizer"])
    yield from _check_regularization(settings)
    yield from _check_output(settings["architecture"]["output"], training["loss"])
    schedule = training["schedule"]
    if schedule.get("period_factor", "off") != "off" and schedule["over"] is None:
        yield "training.schedule.period_factor", "`over`, the length of the first period", None


def check_data(settings: Mapping[str, Mapping[str, Any]], facts: Facts) -> Iterator[Mistake]:
    """Yield (path, rule, received) for each rule about its data that a resolved run breaks."""
    dataset, batch_size = settings["dataset"], settings["training"]["batch_size"]
    source, train, validation, test = counts(dataset, facts)
    if validation >= facts.train:
        yield "dataset.validation", f"fewer than the {facts.train} training images", dataset["validation"]
    elif source > facts.train - validation:
        yield "dataset.train", f"at most the {facts.train - validation} images that validation leaves", source
    elif train < source:
        yield "dataset.deform.images", f"at least the {source} training images that are deformed", train
    elif batch_size != "full" and batch_size > train:
        yield "training.batch_size", f"at most the {train} training images, or 'full'", batch_size
    if test > facts.test:
        yield "dataset.test", f"at most the {facts.test} test images", test
    if dataset["deform"] != "off" and len(facts.shape) < 2:
        yield "dataset.deform", "images to deform", f"{facts.shape[0]} features"
    yield from _check_architecture(settings["architecture"], facts.shape)


def _check_stopping(training: Mapping[str, Any], validated: bool) -> Iterator[Mistake]:
    for rule in ("early_stopping", "stop_at"):
        watched = training[rule]["metric"] if training[rule] != "off" else None
        if watched is None:
            continue
        if METRICS[watched].needs_validation and not validated:
            yield f"training.{rule}", "validation data to watch: set dataset.validation", watched
        if METRICS[watched].needs_train_evaluation and not training["evaluate_train"]:
            yield f"training.{rule}", "training images to evaluate: set training.evaluate_train", watched
        value = training[rule].get("value")
        if METRICS[watched].percent and value is not None and not 0 <= value <= 1:
            yield f"training.{rule}.value", f"a fraction from 0 to 1 for {watched}", value


def _check_optimizer(optimizer: Mapping[str, Any]) -> Iterator[Mistake]:
    given = {key: optimizer[key] for key in _CLIPS if optimizer[key] != "off"}
    if len(given) > 1:
        yield f"optimizer.{list(given)[-1]}", f"at most one of {', '.join(_CLIPS)}", given


def _check_architecture(architecture: Mapping[str, Any], shape: tuple[int, ...]) -> Iterator[Mistake]:
    if architecture.get("layers", ()) is None:
        return  # a mistake in one of them, which has its own line
    spec = ARCHITECTURES.preview(architecture)
    if spec is None:
        return
    if shape_in(spec.form, shape) is None:
        rule = "an architecture for features, such as mlp, or a dataset of images"
        yield "architecture", rule, f"{architecture['name']} on {shape[0]} features"
    elif architecture["name"] != "layers" and (too_large := misfit(spec, shape)):
        yield "architecture", "windows no larger than the maps they slide over", too_large


def _check_regularization(settings: Mapping[str, Mapping[str, Any]]) -> Iterator[Mistake]:
    if not has_its_own_layers(settings["architecture"]):
        return
    name = settings["architecture"]["name"]
    for key, value in settings["regularization"].items():
        if any(value.values()) if isinstance(value, Mapping) else value not in (0.0, False, "off"):
            owner = "architecture.layers, whose items" if name == "layers" else f"{name}, whose layers"
            yield f"regularization.{key}", f"nothing beside {owner} have their own", value


def _check_output(output: Mapping[str, Any], component: Mapping[str, Any]) -> Iterator[Mistake]:
    loss, chosen = LOSSES.preview(component), output["activation"]
    if loss and chosen and not loss.takes(chosen["name"]):
        taken = " or ".join((loss.activation, *(loss.others or ())))
        yield "architecture.output.activation", f"{taken}, which {component['name']} is computed from", chosen["name"]
