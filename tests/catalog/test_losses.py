"""Each loss beside the Keras class that it stands for, on the same labels and outputs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from gdbench.catalog.losses import LOSSES, Loss
from gdbench.experiment.cost.program_key import program_key
from tests.configs import plan_of

pytestmark = pytest.mark.usefixtures("trainer")


@dataclass(frozen=True)
class Twin:
    """A loss, and the arguments of Keras' class under which both take linear outputs."""

    name: str
    arguments: dict[str, Any]
    keras: str
    theirs: dict[str, Any]
    finish: str = "linear"


LOGITS = {"from_logits": True}
TWINS = [
    Twin("cross_entropy", {}, "CategoricalCrossentropy", LOGITS),
    Twin("cross_entropy", {"label_smoothing": 0.1}, "CategoricalCrossentropy", {**LOGITS, "label_smoothing": 0.1}),
    Twin("binary_cross_entropy", {}, "BinaryCrossentropy", LOGITS),
    Twin("binary_cross_entropy", {"label_smoothing": 0.2}, "BinaryCrossentropy", {**LOGITS, "label_smoothing": 0.2}),
    Twin("squared_error", {}, "MeanSquaredError", {}, "sigmoid"),
    Twin("hinge", {}, "Hinge", {}),
    Twin("squared_hinge", {}, "SquaredHinge", {}),
    Twin("focal", {}, "CategoricalFocalCrossentropy", LOGITS),
    Twin("focal", {"alpha": 0.7, "gamma": 0.5}, "CategoricalFocalCrossentropy", {**LOGITS, "alpha": 0.7, "gamma": 0.5}),
    Twin("focal", {"gamma": 0}, "CategoricalFocalCrossentropy", {**LOGITS, "gamma": 0}),
]
SINGLE = ("binary_cross_entropy", "squared_error", "hinge", "squared_hinge")
# A value other than the default for each argument of each loss.
CHANGED = {
    "cross_entropy": {"label_smoothing": 0.1},
    "binary_cross_entropy": {"label_smoothing": 0.1, "reduction": "sum"},
    "squared_error": {"reduction": "sum"},
    "hinge": {"reduction": "sum"},
    "squared_hinge": {"reduction": "sum"},
    "focal": {"alpha": 0.5, "gamma": 1.0},
    "zero_one": {},
}
ARGUMENTS = [(name, argument, value) for name, changed in CHANGED.items() for argument, value in changed.items()]


def loss_of(name: str, **arguments: Any) -> Loss:
    defaults = {key: field.default for key, field in LOSSES.model(name).model_fields.items()}
    loss: Loss = LOSSES.build({"name": name, **defaults, **arguments})
    return loss


def drawn(outputs: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and linear outputs of 200 images."""
    generator = np.random.default_rng(0)
    return generator.integers(0, classes, 200), generator.normal(0, 2, (200, outputs))


def per_image(loss: Loss, labels: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    import keras

    return np.asarray(loss.per_image(labels, keras.ops.convert_to_tensor(outputs), True))


@pytest.mark.parametrize(
    ("twin", "outputs"),
    [(twin, 10) for twin in TWINS] + [(twin, 1) for twin in TWINS if twin.name in SINGLE],
    ids=lambda value: f"{value.name} {value.arguments}" if isinstance(value, Twin) else str(value),
)
def test_a_loss_is_that_of_keras(twin: Twin, outputs: int):
    import keras

    ours = loss_of(twin.name, **twin.arguments)
    labels, linear = drawn(outputs, max(outputs, 2))
    targets = np.eye(10)[labels] if outputs == 10 else labels[:, None].astype(float)
    finished = keras.activations.get(twin.finish)(keras.ops.convert_to_tensor(linear))
    theirs = getattr(keras.losses, twin.keras)(**twin.theirs, reduction="none", dtype="float64")(targets, finished)
    np.testing.assert_allclose(per_image(ours, labels, linear), theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [name for name, changed in CHANGED.items() if "reduction" in changed])
def test_the_sum_over_ten_outputs_is_ten_times_their_mean(name: str):
    labels, linear = drawn(10, 10)
    mean, total = (per_image(loss_of(name, reduction=reduction), labels, linear) for reduction in ("mean", "sum"))
    assert total == pytest.approx(10 * mean, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "outputs"), [*((name, 10) for name in LOSSES.entries), *((name, 1) for name in SINGLE)]
)
def test_saturated_outputs_give_finite_losses_and_gradients(name: str, outputs: int):
    import keras
    import tensorflow as tf

    loss = loss_of(name)
    labels, _ = drawn(outputs, max(outputs, 2))
    signs = np.random.default_rng(1).choice([-1.0, 0.0, 1.0], (200, outputs))
    for size in (30.0, 1e4):
        linear = tf.constant(size * signs, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(linear)
            losses = loss.per_image(labels, linear, True)
        assert np.isfinite(losses).all()
        assert (keras.ops.convert_to_numpy(losses) >= 0).all()
        if loss.differentiable:
            assert np.isfinite(tape.gradient(losses, linear)).all()


@pytest.mark.parametrize("gamma", [0, 0.5, 2])
def test_the_focal_loss_keeps_its_digits_where_a_probability_is_all_but_0_or_1(gamma: float):
    """Keras' own is clipped at 1e-7 there."""
    linear = np.array([[40.0, 0.0], [-40.0, 0.0]])
    tiny = np.exp(-40)
    expected = [0.25 * tiny**gamma * tiny, 0.25 * 40.0]
    assert per_image(loss_of("focal", gamma=gamma), np.zeros(2, int), linear) == pytest.approx(expected, rel=1e-10)


def test_every_argument_is_changed_below():
    assert {name: set(LOSSES.model(name).model_fields) for name in LOSSES.entries} == {
        name: set(changed) for name, changed in CHANGED.items()
    }


@pytest.mark.parametrize(("name", "argument", "value"), ARGUMENTS)
def test_an_argument_changes_loss_id_and_program(tmp_path: Any, name: str, argument: str, value: object):
    labels, linear = drawn(10, 10)
    changed = per_image(loss_of(name, **{argument: value}), labels, linear)
    assert not np.isclose(changed, per_image(loss_of(name), labels, linear), rtol=1e-3).all()
    runs = [
        plan_of(tmp_path, f"training: {{loss: {loss}}}", seeds=1).runs[0]
        for loss in (name, f"{{name: {name}, {argument}: {value}}}")
    ]
    assert runs[0].id != runs[1].id
    assert program_key(runs[0]) != program_key(runs[1])


@pytest.mark.parametrize(
    ("name", "activation", "two", "three"),
    [
        ("cross_entropy", "softmax", 2, 3),
        ("focal", "softmax", 2, 3),
        ("binary_cross_entropy", "sigmoid", 1, 3),
        ("squared_error", "sigmoid", 1, 3),
        ("squared_error", "linear", 1, 3),
        ("squared_error", "softmax", 2, 3),
        ("hinge", "linear", 1, 3),
        ("squared_hinge", "tanh", 1, 3),
    ],
)
def test_how_many_outputs_two_and_three_classes_have(name: str, activation: str, two: int, three: int):
    loss = loss_of(name)
    assert loss.takes(activation)
    assert (loss.outputs(2, activation), loss.outputs(3, activation)) == (two, three)
