"""The loops over a program's training steps: the plain one, and those that record some of the updates."""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from gdbench.training.keras_types import KerasModel, KerasOptimizer, Tensor
from gdbench.training.recording import Recorder, Recording

# Takes the step with this index; returns the batch's mean loss, its number of correct answers, and the gradients.
TakeStep = Callable[[Tensor], tuple[Tensor, Tensor, Sequence[Tensor | None]]]

_PRODUCTS = {keras.layers.Dense, keras.layers.SimpleRNN, keras.layers.LSTM, keras.layers.GRU}
_WITH_NORMS = {keras.optimizers.Lamb, keras.optimizers.Adafactor, keras.optimizers.Muon}
_ELEMENTWISE = {
    *(keras.optimizers.SGD, keras.optimizers.Adagrad, keras.optimizers.RMSprop, keras.optimizers.Adadelta),
    *(keras.optimizers.Adam, keras.optimizers.AdamW, keras.optimizers.Adamax, keras.optimizers.Nadam),
    *(keras.optimizers.Ftrl, keras.optimizers.Lion, keras.optimizers.ScheduleFreeAdamW),
}


def arrays_of_steps(capacity: int, recorder: Recorder | None) -> list[tf.TensorArray]:
    """Return what holds the loss, the number of correct answers and what is recorded of each step."""
    floatx = keras.config.floatx()
    arrays = [tf.TensorArray(floatx, capacity, element_shape=()), tf.TensorArray(tf.int32, capacity, element_shape=())]
    if recorder:
        arrays.append(tf.TensorArray(floatx, capacity, element_shape=recorder.shape))
    return arrays


def plain_steps(take: TakeStep, first: Tensor, end: Tensor, arrays: Sequence[tf.TensorArray]) -> Sequence[Tensor]:
    """Take the steps from `first` to `end` (exclusive); return the end and the arrays."""

    def body(step: Tensor, *arrays: tf.TensorArray) -> tuple[Tensor, ...]:
        loss, correct, _ = take(step)
        return step + 1, *_written(arrays, step, (loss, correct))

    return _loop(body, end, (first, *arrays))


def recorded_steps(
    take: TakeStep, recorder: Recorder, update: Tensor, end: Tensor, arrays: Sequence[tf.TensorArray]
) -> Sequence[Tensor]:
    """Take the steps before `end`, each with its recording; `update` is the number of updates before the first."""

    def body(step: Tensor, *arrays: tf.TensorArray) -> tuple[Tensor, ...]:
        recording = Recording(recorder, recorder.is_due(update + step))
        loss, correct, gradients = take(step)
        return step + 1, *_written(arrays, step, (loss, correct, recording.finished(gradients)))

    return _loop(body, end, (0, *arrays))


def steps_between_recordings(
    take: TakeStep,
    recorder: Recorder,
    update: Tensor,
    end: Tensor,
    arrays: Sequence[tf.TensorArray],
    shared: Sequence[bool],
    gradients_of: Callable[[Tensor], Sequence[Tensor | None]],
) -> Sequence[Tensor]:
    """Take the steps before `end`: all before a recorded one in a loop of their own, and that one by itself.

    XLA fuses what computes a number with what uses it, so that one more use can change the last digits of a step. Here
    every step is the same as without recording, and what is recorded is computed outside it.

    Args:
        take: takes a step.
        recorder: what is recorded.
        update: the number of updates before the first step.
        end: the number of steps.
        arrays: those of `arrays_of_steps`.
        shared: for each trained variable, whether the step's own gradient is used.
        gradients_of: computes the gradients of a step to come; XLA leaves out those that nothing uses.
    """
    capacity = arrays[0].size()

    def stretch(step: Tensor, *arrays: tf.TensorArray) -> tuple[Tensor, ...]:
        *found, recorded = arrays
        due = recorder.next_due(update + step) - update
        step, *found = plain_steps(take, step, tf.minimum(due, end), found)

        def others() -> list[Tensor | None]:
            return [None if own else gradient for gradient, own in zip(gradients_of(due), shared, strict=True)]

        recording = Recording(recorder, due < end, None if all(shared) else others)
        step, found, gradients = _steps_with_gradients(take, recorder, step, tf.minimum(due + 1, end), found, shared)
        # Where the stretch ends before an update that is due, these are zeros, at the place of a step that is not.
        return step, *found, recorded.write(tf.minimum(due, capacity - 1), recording.finished(gradients))

    return _loop(stretch, end, (0, *arrays))


def shareable_gradients(model: KerasModel, optimizer: KerasOptimizer, is_penalized: bool) -> list[bool]:
    """Return for each trained variable whether its gradient may be used outside a step that XLA compiles.

    That must not change the numbers of the step. It does not where gradients are sums of products and the optimizer
    takes each number by itself. With an optimizer that takes norms, those of dense layers are safe unless penalties are
    added to them. Gradients that came out different in the last digit: of the scale of batch normalization; of
    recurrent layers, and of penalized weights, where they are clipped to a norm.
    """
    kind = type(optimizer)
    takes_norms = kind in _WITH_NORMS or optimizer.clipnorm is not None or optimizer.global_clipnorm is not None
    kinds = {keras.layers.Dense} if takes_norms else _PRODUCTS
    if model.losses or kind not in _ELEMENTWISE | _WITH_NORMS or (takes_norms and is_penalized):
        kinds = set()
    layers = [layer for layer in model.layers if type(layer) in kinds]
    shareable = {id(variable) for layer in layers for variable in layer.trainable_variables}
    return [id(variable) in shareable for variable in model.trainable_variables]


def _steps_with_gradients(
    take: TakeStep,
    recorder: Recorder,
    first: Tensor,
    end: Tensor,
    arrays: Sequence[tf.TensorArray],
    shared: Sequence[bool],
) -> tuple[Tensor, list[tf.TensorArray], list[Tensor | None]]:
    """Take steps as `plain_steps` does; return the end, the arrays, and the shared gradients of the last step."""
    places = [place for place, own in enumerate(shared) if own]
    zeros = [tf.zeros_like(weights) for weights in recorder.weights()]

    def body(step: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        loss, correct, gradients = take(step)
        # None is the gradient of a weight that the loss does not depend on.
        known = [zeros[place] if gradients[place] is None else gradients[place] for place in places]
        return step + 1, *_written(state[: len(arrays)], step, (loss, correct)), *known

    step, *state = _loop(body, end, (first, *arrays, *(zeros[place] for place in places)))
    found: list[Tensor | None] = [None] * len(shared)
    for place, gradient in zip(places, state[len(arrays) :], strict=True):
        found[place] = gradient
    return step, state[: len(arrays)], found


def _written(arrays: Sequence[tf.TensorArray], step: Tensor, values: Sequence[Tensor]) -> list[tf.TensorArray]:
    return [array.write(step, value) for array, value in zip(arrays, values, strict=True)]


def _loop(body: Callable[..., tuple[Tensor, ...]], end: Tensor, state: Sequence[Tensor]) -> Sequence[Tensor]:
    found: Sequence[Tensor] = tf.while_loop(lambda step, *_: step < end, body, state, parallel_iterations=1)
    return found
