"""The settings of a run as typed, frozen objects: a Run itself keeps them as the JSON of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from gdbench.catalog.architecture_spec import ArchitectureSpec
from gdbench.catalog.architectures import ARCHITECTURES, Output, has_its_own_layers
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import DatasetOptions, Deform, Facts, Noun
from gdbench.catalog.datasets.surfaces import Surface, surface_of
from gdbench.catalog.entry import Component
from gdbench.catalog.losses import LOSSES, Loss
from gdbench.catalog.optimizers.options import unless_off
from gdbench.catalog.optimizers.wrappers import Part
from gdbench.catalog.schedules import SCHEDULES
from gdbench.experiment.image_counts import ImageCounts
from gdbench.experiment.settings.constructed import constructed
from gdbench.experiment.settings.optimizer_settings import OptimizerSettings
from gdbench.experiment.settings.schema import Regularization, Training
from gdbench.records import Run, Settings
from gdbench.text import listed

if TYPE_CHECKING:
    from gdbench.catalog.schedules import Schedule

# The classes here are frozen and yet cache: cached_property writes into __dict__, past a frozen __setattr__.


class Counts(NamedTuple):
    """How many images a dataset section leaves: `source` of the dataset's own, from which `train` are made."""

    source: int
    train: int
    validation: int
    test: int


@dataclass(frozen=True, eq=False)
class DatasetSettings:
    """The dataset of a run: a component, and the options that every dataset takes."""

    component: Settings

    @cached_property
    def options(self) -> DatasetOptions:
        """The options that every dataset takes."""
        return constructed(DatasetOptions, self.component)

    @property
    def deform(self) -> Deform | None:
        """How training images are deformed; None if they are not."""
        return unless_off(self.options.deform)

    @property
    def surface(self) -> Surface | None:
        """The function of two weights that stands in place of data, if any."""
        return surface_of(self.component)

    @property
    def noun(self) -> Noun:
        """What its examples are called."""
        return DATASETS.examples_of(self.component)

    def facts(self) -> Facts | None:
        """Return what is known of the dataset before it is read; None of one that a plug-in makes, or a function.

        Raises:
            DataError: its files are damaged or missing.
        """
        return DATASETS.facts(self.component)

    def counts(self, facts: Facts) -> Counts:
        """Return how many images of each split the options leave."""
        options, deform = self.options, self.deform
        validation = options.validation
        # A float is a share, also 0.0; an int is a count.
        held_out = round(validation * facts.train) if isinstance(validation, float) else validation
        source = facts.train - held_out if options.train == "all" else options.train
        # A file without `images` is refused where its line is known.
        train = source if deform is None or deform.images is None else deform.images
        return Counts(source, train, held_out, facts.test if options.test == "all" else options.test)

    def image_counts(self, facts: Facts) -> ImageCounts:
        """Return how many images the runs train on and are evaluated on."""
        counts = self.counts(facts)
        return ImageCounts(counts.train, counts.validation, counts.test)

    def notes(self, facts: Facts) -> tuple[str, ...]:
        """Return how a file was read, and which of its classes are absent from a split."""
        counts = self.counts(facts)
        absent = facts.absent(self.options.split, self.options.seed, counts.source, counts.validation, counts.test)
        missing = ((part, facts.spelled(classes)) for part, classes in absent.items() if classes)
        example, name = self.noun.removesuffix("s"), "label" if facts.words else "class"
        return (*facts.notes, *(f"no {part} {example} of {listed(name, classes)}" for part, classes in missing))


@dataclass(frozen=True, eq=False)
class ArchitectureSettings:
    """The architecture of a run: a component, its output layer and its initializers."""

    component: Settings

    @property
    def name(self) -> str:
        """The catalog's name, or `module:attribute`."""
        name: str = self.component["name"]
        return name

    @property
    def is_listed(self) -> bool:
        """Whether the file itself lists the layers."""
        return self.name == "layers"

    @property
    def has_own_layers(self) -> bool:
        """Whether the layers come with arguments of their own, so that regularization does not apply to them."""
        return has_its_own_layers(self.component)

    @property
    def is_broken(self) -> bool:
        """Whether one of the listed layers could not be resolved, which is reported where the layer is."""
        return self.is_listed and self.component["layers"] is None

    @cached_property
    def preview(self) -> ArchitectureSpec | None:
        """The hidden layers, where no user code is needed to tell them; None for a plug-in."""
        return ARCHITECTURES.preview(self.component)

    @cached_property
    def spec(self) -> ArchitectureSpec:
        """The hidden layers; for a plug-in this runs its code, so a plan asks for the preview instead.

        Raises:
            PluginError: the code of a plug-in fails.
        """
        return self.preview or ARCHITECTURES.build(self.component)

    @cached_property
    def output(self) -> Output:
        """The output layer, where it differs from what the loss and the architecture give it."""
        return constructed(Output, self.component["output"])

    @property
    def kernel_initializer(self) -> Component | None:
        """The initializer of kernels; None where each layer has its own."""
        return self.component.get("kernel_initializer")

    @property
    def bias_initializer(self) -> Component | None:
        """The initializer of biases; None where each layer has its own."""
        return self.component.get("bias_initializer")


@dataclass(frozen=True, eq=False)
class RunSettings:
    """The five sections of a run and its seed; each part is built when it is first used, and only once."""

    sections: Mapping[str, Settings]
    seed: int = 0

    @cached_property
    def dataset(self) -> DatasetSettings:
        """The dataset, its splits and its augmentation."""
        return DatasetSettings(self.sections["dataset"])

    @cached_property
    def architecture(self) -> ArchitectureSettings:
        """The hidden layers and the output layer."""
        return ArchitectureSettings(self.sections["architecture"])

    @cached_property
    def optimizer(self) -> OptimizerSettings:
        """The optimizer."""
        return OptimizerSettings(self.sections["optimizer"])

    @cached_property
    def training(self) -> Training:
        """How long, in which batches and on which loss the model is trained."""
        return constructed(Training, self.sections["training"])

    @cached_property
    def regularization(self) -> Regularization:
        """The penalties, noise and constraints."""
        return constructed(Regularization, self.sections["regularization"])

    @cached_property
    def loss(self) -> Loss:
        """The loss. This runs the code of a plug-in."""
        return LOSSES.build(component_of(self.training.loss))

    @cached_property
    def schedule(self) -> "Schedule":
        """The learning rate by update. This runs the code of a plug-in."""
        return SCHEDULES.build(component_of(self.training.schedule))

    @cached_property
    def parts(self) -> tuple["RunSettings", ...]:
        """The settings of each training in the run of a wrapper; none without a wrapper."""
        wrapper = self.optimizer.wrapper
        return tuple(self._part(part, len(wrapper.parts)) for part in wrapper.parts) if wrapper else ()

    def _part(self, part: Part, count: int) -> "RunSettings":
        training = self.sections["training"]
        length = {
            "epochs": part.epochs or max(1, training["epochs"] // count),
            "steps": training["steps"] and max(1, training["steps"] // count),
            "batch_size": part.batch_size or training["batch_size"],
        }
        sections = {**self.sections, "optimizer": part.optimizer, "training": {**training, **length}}
        return RunSettings(sections, self.seed)

    def reuse(self, section: str, other: "RunSettings") -> None:
        """Take over a section that another run has constructed from the same values."""
        vars(self)[section] = getattr(other, section)


def settings_of(run: Run) -> RunSettings:
    """Return the settings of a run."""
    return RunSettings(run.settings, run.seed)


def component_of(value: Component) -> Settings:
    """Return a component as every resolved section has it: a mapping with its name and all arguments."""
    assert not isinstance(value, str), f"expected a resolved component; got {value!r}"
    return value
