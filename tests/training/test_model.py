from collections.abc import Callable

import numpy as np
import pytest

from gdbench.records import Run
from tests.training.programs import data_of, model_of, weights_of

RunOf = Callable[..., Run]


def layers_of(run: Run) -> list[str]:
    _, *layers = model_of(run).keras.layers
    return [layer.name for layer in layers]


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray], *names: str) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in names)


def test_batch_norm_stands_between_linear_part_and_activation_and_dropout_after_it(run_of: RunOf):
    run = run_of("regularization={dropout: {input: 0.2, hidden: 0.5}, batch_norm: true}")
    hidden = ["hidden_1", "hidden_1_batch_norm", "hidden_1_activation", "hidden_1_dropout"]
    assert layers_of(run) == ["input_dropout", *hidden, "output"]
    assert model_of(run).keras.get_layer("hidden_1").activation.__name__ == "linear"


def test_noise_stands_before_dropout_and_a_number_means_the_pixels(run_of: RunOf):
    run = run_of("regularization={dropout: {input: 0.2, hidden: 0.5}, gaussian_noise: {input: 0.1, hidden: 0.1}}")
    hidden = ["hidden_1", "hidden_1_activation", "hidden_1_gaussian_noise", "hidden_1_dropout"]
    assert layers_of(run) == ["input_gaussian_noise", "input_dropout", *hidden, "output"]
    assert layers_of(run_of("regularization.gaussian_noise=1")) == [
        *("input_gaussian_noise", "hidden_1", "hidden_1_activation", "output")
    ]


def test_without_regularization_a_hidden_layer_is_linear_part_and_activation(run_of: RunOf):
    assert layers_of(run_of()) == ["hidden_1", "hidden_1_activation", "output"]
    assert layers_of(run_of("architecture=perceptron")) == ["output"]


@pytest.mark.parametrize(
    ("architecture", "names"),
    [
        ("{name: mlp, hidden: [16, 16]}", ["hidden_1/kernel", "hidden_2/kernel", "output/kernel"]),
        ("{name: cnn, filters: [2], hidden: [16]}", ["hidden_1/kernel", "hidden_2/kernel", "output/kernel"]),
        ("{name: rnn, hidden: [16]}", ["hidden_1/kernel", "hidden_1/recurrent_kernel", "output/kernel"]),
    ],
)
def test_penalties_see_every_kernel_and_no_bias(run_of: RunOf, architecture: str, names: list[str]):
    model = model_of(run_of(f"architecture={architecture}", "regularization.batch_norm=true"))
    kernels = {id(kernel) for kernel in model.kernels}
    found = [
        f"{layer.name}/{variable.name}"
        for layer in model.keras.layers
        for variable in layer.variables
        if id(variable) in kernels
    ]
    assert found == names


def test_dropout_and_batch_norm_move_no_initial_weight(run_of: RunOf):
    plain = weights_of(model_of(run_of()))
    regularized = weights_of(model_of(run_of("regularization={dropout: 0.5, batch_norm: true}")))
    assert same(plain, regularized, *plain)


def test_a_further_layer_moves_no_other_layers_initial_weights(run_of: RunOf):
    one = weights_of(model_of(run_of("architecture.hidden=[16]")))
    two = weights_of(model_of(run_of("architecture.hidden=[16, 16]")))
    assert same(one, two, *one)
    assert not np.array_equal(two["hidden_2/kernel"], two["output/kernel"])


def test_the_optimizer_moves_no_initial_weight(run_of: RunOf):
    adam = weights_of(model_of(run_of("optimizer=adam")))
    assert same(adam, weights_of(model_of(run_of("optimizer={name: sgd, learning_rate: 1}"))), *adam)


def test_each_seed_has_its_own_weights_and_zero_is_a_seed(run_of: RunOf):
    kernels = [weights_of(model_of(run_of(seed=seed)))["hidden_1/kernel"] for seed in (0, 0, 1, 2)]
    assert np.array_equal(kernels[0], kernels[1])
    assert len({kernel.tobytes() for kernel in kernels}) == 3


def test_a_second_start_is_the_first_one_again(run_of: RunOf):
    run = run_of("architecture={name: rnn, hidden: [16]}", "regularization.batch_norm=true")
    model = model_of(run)
    first = [variable.numpy() for variable in model.keras.trainable_variables]
    for variable in model.keras.variables:
        variable.assign(variable + 1)
    model.start(run.seed)
    for variable, value in zip(model.keras.trainable_variables, first, strict=True):
        assert np.array_equal(variable.numpy(), value)
    resting = model.keras.get_layer("hidden_1_batch_norm")
    assert (resting.moving_mean.numpy() == 0).all()
    assert (resting.moving_variance.numpy() == 1).all()


def test_initializers_act_on_every_layer_and_the_output_may_have_its_own(run_of: RunOf):
    run = run_of(
        "architecture={name: mlp, hidden: [16], kernel_initializer: ones, "
        "bias_initializer: {name: constant, value: 0.1}, output: {kernel_initializer: zeros}}"
    )
    weights = weights_of(model_of(run))
    assert (weights["hidden_1/kernel"] == 1).all()
    assert weights["hidden_1/bias"] == pytest.approx(0.1)
    assert (weights["output/kernel"] == 0).all()
    assert weights["output/bias"] == pytest.approx(0.1)


def test_the_recurrent_kernel_is_orthogonal(run_of: RunOf):
    kernel = weights_of(model_of(run_of("architecture={name: rnn, hidden: [16]}")))["hidden_1/recurrent_kernel"]
    assert kernel @ kernel.T == pytest.approx(np.eye(16), abs=1e-5)


def test_the_output_is_linear_unless_an_activation_is_chosen(run_of: RunOf):
    linear, sigmoid = (outputs_of(run_of(f"architecture.output.activation={name}")) for name in ("softmax", "sigmoid"))
    assert linear.min() < 0
    assert sigmoid == pytest.approx(1 / (1 + np.exp(-linear)), abs=1e-6)


def outputs_of(run: Run) -> np.ndarray:
    data = data_of(run)
    return model_of(run).outputs(data.pixels(data.test.images), training=False).numpy()
