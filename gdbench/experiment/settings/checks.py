"""Rules that no single argument can break: validation data that must exist, batches and losses that must fit."""

from collections.abc import Iterator

from gdbench.catalog.architecture_spec import last_dense, misfit, shape_in
from gdbench.catalog.datasets.dataset import Facts
from gdbench.catalog.datasets.files import TEST_SHARE
from gdbench.catalog.losses import LOSSES
from gdbench.catalog.optimizers import WRAPPERS
from gdbench.catalog.optimizers.method import MethodEntry
from gdbench.catalog.optimizers.options import unless_off
from gdbench.catalog.plugin_entry import BrokenRule
from gdbench.experiment.settings.optimizer_settings import CLIPPING
from gdbench.experiment.settings.run_settings import (
    ArchitectureSettings,
    DatasetSettings,
    RunSettings,
    component_of,
)
from gdbench.experiment.settings.schema import QUANTITIES, StopAt, Training
from gdbench.experiment.settings.surface_checks import check_surface
from gdbench.experiment.settings.wrapper_checks import check_parts
from gdbench.metrics import METRICS

# A last Dense with one of these and as many units as there are outputs is the output layer that a loss adds.
_OUTPUT_ACTIVATIONS = ("softmax", "sigmoid", "linear")


def check(settings: RunSettings, facts: Facts | None) -> Iterator[BrokenRule]:
    """Yield each rule that a resolved run breaks; rules about its data only where the facts are known."""
    if settings.optimizer.name in WRAPPERS:
        yield from check_parts(settings, facts, check)
        return
    if facts:
        yield from check_data(settings, facts)
    if settings.dataset.surface:
        yield from check_surface(settings)
    else:
        yield from _check_test_share(settings.dataset)
        yield from _check_evaluation(settings.training, settings.dataset.options.validation)
        yield from _check_recording(settings.training)
    yield from _check_clipping(settings)
    yield from _check_regularization(settings)
    yield from _check_output(settings)
    yield from _check_schedule(settings)
    if settings.optimizer.method:
        yield from _check_method(settings, settings.optimizer.method)
    yield from _check_gradient(settings)


def check_data(settings: RunSettings, facts: Facts) -> Iterator[BrokenRule]:
    """Yield each rule about its data that a resolved run breaks."""
    yield from _check_training_images(settings, facts)
    yield from _check_test_images(settings.dataset, facts)
    yield from _check_classes(settings.dataset, facts)
    yield from _check_class_weight(settings.training, facts.classes)
    if not settings.architecture.is_broken:
        yield from _check_architecture(settings.architecture, facts.shape)
        yield from _check_last_layer(settings.architecture, facts.classes)


def _check_training_images(settings: RunSettings, facts: Facts) -> Iterator[BrokenRule]:
    options, noun = settings.dataset.options, settings.dataset.noun
    counts = settings.dataset.counts(facts)
    left = facts.train - counts.validation
    batch_size = settings.training.batch_size_for(counts.train)
    # One mistake at a time: each of these rules counts what those before it leave.
    if counts.validation >= facts.train:
        yield "dataset.validation", f"fewer than the {facts.train:,} training {noun}", options.validation
    elif options.validation and not counts.validation:
        # Without a word, early stopping would have nothing to watch.
        rule = f"0, or a share that is at least one of the {facts.train:,} training {noun}"
        yield "dataset.validation", rule, options.validation
    elif counts.source > left:
        yield "dataset.train", f"at most the {left:,} {noun} that validation leaves", counts.source
    elif counts.train < counts.source:
        rule = f"at least the {counts.source:,} training {noun} that are deformed"
        yield "dataset.deform.images", rule, counts.train
    elif settings.optimizer.method:
        if (images := settings.optimizer.images_for(counts.train)) > counts.train:
            yield "optimizer.images", f"at most the {counts.train:,} training {noun}, or 'full'", images
    elif batch_size > counts.train:
        yield "training.batch_size", f"at most the {counts.train:,} training {noun}, or 'full'", batch_size


def _check_test_images(dataset: DatasetSettings, facts: Facts) -> Iterator[BrokenRule]:
    test = dataset.counts(facts).test
    if test > facts.test:
        yield "dataset.test", f"at most the {facts.test:,} test {dataset.noun}", test
    if dataset.deform and len(facts.shape) < 2:
        yield "dataset.deform", "images to deform", f"{facts.shape[0]} features"


def _check_test_share(dataset: DatasetSettings) -> Iterator[BrokenRule]:
    """Refuse a share that has no effect: it would only give the same training another run id."""
    component = dataset.component
    if component["name"] == "csv" and component["test_path"] and component["test_share"] != TEST_SHARE:
        yield "dataset.test_share", "no share, since test_path has the test examples", component["test_share"]


def _check_classes(dataset: DatasetSettings, facts: Facts) -> Iterator[BrokenRule]:
    """Require that validation leaves two classes: it may take the last images, and files are often sorted by class."""
    # A `train` that leaves one class was chosen so; the plan says which classes are absent.
    source, options = dataset.counts(facts).source, dataset.options
    if options.train == "all" and len(facts.train_classes(options.split, options.seed, source)) == 1:
        remedy = " (dataset.split: stratified shuffles them)" if options.split != "stratified" else ""
        rule = f"two classes among the {source:,} training {dataset.noun} that it leaves{remedy}"
        yield "dataset.validation", rule, options.validation


def _check_class_weight(training: Training, classes: int) -> Iterator[BrokenRule]:
    weights = training.class_weight
    if isinstance(weights, list) and (len(weights) != classes or not any(weights)):
        rule = f"balanced, or a number for each of the {classes} classes, one of them above 0"
        yield "training.class_weight", rule, weights


def _check_last_layer(architecture: ArchitectureSettings, classes: int) -> Iterator[BrokenRule]:
    spec = architecture.preview
    dense = last_dense(spec.layers) if spec and architecture.is_listed else None
    # Two classes may have a single output.
    if dense and dense[0] in ((1, 2) if classes == 2 else (classes,)) and dense[1] in _OUTPUT_ACTIVATIONS:
        units, activation = dense
        rule = "hidden layers only, since the output layer is added after them: leave the last Dense out"
        yield "architecture.layers", rule, f"Dense of {units} units, {activation}"


def _check_architecture(architecture: ArchitectureSettings, shape: tuple[int, ...]) -> Iterator[BrokenRule]:
    spec = architecture.preview
    if spec is None:
        return
    if shape_in(spec.form, shape) is None:
        rule = "an architecture for features, such as mlp, or a dataset of images"
        yield "architecture", rule, f"{architecture.name} on {shape[0]} features"
    # Keras itself refuses listed layers that do not fit, and names the layer.
    elif not architecture.is_listed and (too_large := misfit(spec, shape)):
        yield "architecture", "kernels and pools no larger than their inputs", too_large


def _check_evaluation(training: Training, validation: float) -> Iterator[BrokenRule]:
    yield from _check_stopping(training, validation)
    if not (training.evaluate_test or validation):
        yield "training.evaluate_test", "true, or a dataset.validation above 0 to evaluate on", False
    if training.save == "best" and not validation:
        yield "training.save", "last, or a dataset.validation above 0 to choose the best epoch by", training.save


def _check_stopping(training: Training, validation: float) -> Iterator[BrokenRule]:
    for option, rule in training.stopping_rules.items():
        # The name of a metric can be missing, which is reported where the rule is.
        metric = METRICS.get(rule.metric)
        if metric is None:
            continue
        if metric.needs_validation and not validation:
            yield f"training.{option}", f"a dataset.validation above 0 to measure {metric.name} on", validation
        if metric.needs_train_evaluation and not training.evaluate_train:
            yield f"training.{option}", f"training.evaluate_train: true, which measures {metric.name}", False
        value = rule.value if isinstance(rule, StopAt) else None
        if metric.percent and value is not None and not 0 <= value <= 1:
            yield f"training.{option}.value", f"a fraction from 0 to 1 for {metric.name}", value


def _check_recording(training: Training) -> Iterator[BrokenRule]:
    if training.record == []:
        yield "training.record", f"off, or some of {', '.join(QUANTITIES)}", []
    elif training.recorded and training.loss_interval is None:
        yield "training.record", "training.record_every beside it, such as `record_every: 10`", "off"


def _check_clipping(settings: RunSettings) -> Iterator[BrokenRule]:
    clipping = settings.optimizer.clipping
    if len(clipping) > 1:
        yield f"optimizer.{list(clipping)[-1]}", f"at most one of {', '.join(CLIPPING)}", clipping


def _check_regularization(settings: RunSettings) -> Iterator[BrokenRule]:
    architecture = settings.architecture
    if not architecture.has_own_layers:
        return
    owner = "architecture.layers" if architecture.is_listed else architecture.name
    for option in settings.regularization.options_in_use:
        received = settings.sections["regularization"][option]
        yield f"regularization.{option}", f"no value: the layers of {owner} have their own regularization", received


def _check_output(settings: RunSettings) -> Iterator[BrokenRule]:
    component, chosen = component_of(settings.training.loss), settings.architecture.output.activation
    loss = LOSSES.preview(component)
    if loss is None or chosen is None:
        return
    activation = component_of(chosen)["name"]
    if not loss.takes(activation):
        expected = " or ".join((loss.activation, *(loss.others or ())))
        rule = f"{expected}, which {component['name']} is computed from"
        yield "architecture.output.activation", rule, activation


def _check_schedule(settings: RunSettings) -> Iterator[BrokenRule]:
    schedule = component_of(settings.training.schedule)
    restarts = unless_off(schedule.get("period_factor", "off")) is not None
    # Periods that grow need a first one; without restarts the whole run is the period.
    if restarts and schedule.get("over") is None:
        yield "training.schedule.period_factor", "`over`, the length of the first period", None


def _check_method(settings: RunSettings, method: MethodEntry) -> Iterator[BrokenRule]:
    """Refuse what changes from one evaluation of a function to the next, and what only steps have."""
    name = settings.optimizer.name
    if package := method.missing_package:
        yield "optimizer", f"a method whose package is installed ({package}: pip install 'gdbench[methods]')", name
    schedule = component_of(settings.training.schedule)["name"]
    if schedule != "constant":
        yield "training.schedule", f"no schedule, since {name} has no learning rate", schedule
    for option in ("record", "class_weight"):
        if unless_off(value := getattr(settings.training, option)):
            yield f"training.{option}", f"off, since {name} takes no steps along a batch's gradient", value
    for option in settings.regularization.options_in_use:
        if option not in ("l1", "l2"):
            rule = f"l1 and l2 alone, since {name} minimizes one function of the weights"
            yield f"regularization.{option}", rule, settings.sections["regularization"][option]
    spec = settings.architecture.preview
    if spec and spec.batch_norm:
        rule = f"an architecture without batch normalization, since {name} minimizes one function of the weights"
        yield "architecture", rule, settings.architecture.name


def _check_gradient(settings: RunSettings) -> Iterator[BrokenRule]:
    method, loss = settings.optimizer.method, LOSSES.preview(component_of(settings.training.loss))
    if loss is None or loss.differentiable or (method and not method.follows_gradients):
        return
    name = component_of(settings.training.loss)["name"]
    rule = f"a method without gradients, such as cma_es or particle_swarm, since {name} has none"
    yield "optimizer", rule, settings.optimizer.name
