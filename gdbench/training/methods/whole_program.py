"""The program of runs whose method minimizes one function of all weights."""

from collections.abc import Iterator, Sequence

import keras
import tensorflow as tf

from gdbench.catalog.optimizers.method import MethodEntry
from gdbench.errors import ArchitectureError
from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.training.assembly import assemble
from gdbench.training.compiling import CompilerName
from gdbench.training.construction import random_sources_of
from gdbench.training.evaluation import Evaluation, Evaluator
from gdbench.training.keras_types import Array, KerasLayer, Tensor
from gdbench.training.methods.surface_program import SurfaceProgram
from gdbench.training.methods.whole_function import WholeFunction
from gdbench.training.model import Model
from gdbench.training.program import EVALUATION_BATCHES, Program
from gdbench.training.splits import Prepared, Split


class WholeProgram(Program):
    """A model and one function of all its weights, on a fixed part of the training images.

    Runs that differ in their method share the program where it sees the same images.
    """

    def __init__(self, settings: RunSettings, data: Prepared) -> None:
        """Build the model and compile its evaluation; `compile_function` compiles what a method asks for.

        Raises:
            ArchitectureError: the model is more than a function of its weights.
        """
        self.data = data
        self.model = assemble(settings, data.shape, data.classes)
        # What is recorded of layers belongs to steps along a batch's gradient.
        self.recorder = None
        _require_function(self.model)
        training, spec = settings.training, settings.architecture.spec
        convolves = spec.form == "image" or spec.convolves
        automatic = training.compile == "auto"
        compiler: CompilerName = training.compile if training.compile != "auto" else "graph" if convolves else "xla"
        self._strengths = {
            name: tf.Variable(0.0, trainable=False, dtype=keras.config.floatx()) for name in ("l1", "l2")
        }
        is_penalized = any(getattr(settings.regularization, name) for name in self._strengths)
        batch = EVALUATION_BATCHES[spec.form]
        self.function = WholeFunction(
            self.model,
            data,
            settings.optimizer.images_for(data.train.count),
            batch,
            compiler,
            self._added_loss if is_penalized or self.model.keras.losses else None,
        )
        self._evaluator = Evaluator(self.model, data, batch, compiler, automatic and convolves)
        for split in (data.test, data.validation):
            if split:
                self.compile_evaluation(split)

    @property
    def passes_per_epoch(self) -> float:
        """How often the function is computed until it has seen as many images as there are for training."""
        return self.data.train.count / self.function.images

    @property
    def updates_per_epoch(self) -> int:
        """The same, rounded."""
        return round(self.passes_per_epoch)

    def compile_function(self, method: MethodEntry) -> bool:
        """Compile what a method asks for; return False if that had been done."""
        compiled = [self.function.compile(computed) for computed in method.computes]
        return any(compiled)

    @property
    def weights(self) -> list[Array]:
        """Copies of the weights."""
        return self.model.values

    def start(self, settings: RunSettings, weights: Sequence[Array] | None = None) -> None:
        """Set the state to that before a run's first pass, from weights that another program has given if any."""
        self.model.start(settings.seed, weights)
        for name, strength in self._strengths.items():
            strength.assign(getattr(settings.regularization, name))

    def evaluate(self, split: Split) -> Evaluation:
        """Measure a split at the present weights."""
        return self._evaluator(split)

    def _added_loss(self) -> Tensor:
        """Return l1 and l2 over all kernels, as in steps, and the penalties that layers of the file bring along."""
        kernels = [kernel.value for kernel in self.model.kernels]
        absolute = tf.add_n([tf.reduce_sum(tf.abs(kernel)) for kernel in kernels])
        squared = tf.add_n([tf.reduce_sum(tf.square(kernel)) for kernel in kernels])
        return sum(self.model.keras.losses, start=self._strengths["l1"] * absolute + self._strengths["l2"] * squared)


def built_program(settings: RunSettings, data: Prepared) -> Program:
    """Build the program of a run: a test function, one function of all weights, or steps along a batch's gradient.

    Raises:
        ArchitectureError: the layers do not fit each other or the images, or what the method needs of them.
    """
    if surface := settings.dataset.surface:
        return SurfaceProgram(settings, data, surface)
    return WholeProgram(settings, data) if settings.optimizer.method else Program(settings, data)


def _require_function(model: Model) -> None:
    """Refuse what draws at random, keeps a running mean, or changes weights after a step.

    Raises:
        ArchitectureError: there is such a layer.
    """
    layer = next(_without_a_function(model), None)
    if layer is not None:
        rule = "layers that are functions of their weights, since the method minimizes one function of all weights"
        raise ArchitectureError(f"expected {rule}; got {type(layer).__name__} {layer.name}")


def _without_a_function(model: Model) -> Iterator[KerasLayer]:
    for layer in model.keras.layers:
        constrained = any(variable.constraint for variable in layer.trainable_variables)
        keeps = bool(layer.non_trainable_variables) or layer.activity_regularizer is not None
        if keeps or constrained or random_sources_of(layer):
            yield layer
