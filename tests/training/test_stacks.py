"""Stacks of Keras' layers: how they are built and started, what is random in them, what cannot be built."""

from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.architecture_spec import RECURRENT
from gdbench.catalog.keras_signatures import REQUIRED, SIGNATURES
from gdbench.errors import ArchitectureError
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run
from gdbench.training.streams import permutation
from gdbench.training.trainer import Trainer
from tests.training.programs import data_of, model_of, program_of, weights_of

RunOf = Callable[..., Run]

GIVEN = {
    **{"units": 4, "filters": 2, "kernel_size": 3, "pool_size": 2, "output_size": 2, "rate": 0.5, "stddev": 0.5},
    **{"activation": "relu", "target_shape": "[28, -1]", "dims": "[2, 1]", "n": 2},
}
ITEMS = {
    kind: ", ".join([kind, *(f"{key}: {GIVEN[key]}" for key, default in signature.items() if default is REQUIRED)])
    for kind, signature in SIGNATURES["layer"].items()
}
ITEMS["GroupNormalization"] += ", groups: 4"
RANDOM = {
    **{kind: [ITEMS[kind]] for kind in ITEMS if "Drop" in kind or "Noise" in kind},
    **{
        kind: ["Reshape, target_shape: [4, 196]", f"{ITEMS[kind]}, dropout: 0.5, recurrent_dropout: 0.2"]
        for kind in RECURRENT
    },
}


def stack(*items: str) -> str:
    return f"architecture={{layers: [{', '.join(f'{{name: {item}}}' for item in items)}]}}"


@pytest.mark.parametrize("kind", ITEMS)
def test_every_layer_can_be_built_and_started_again(run_of: RunOf, kind: str):
    run = run_of(stack(ITEMS[kind], "Flatten"))
    model = model_of(run)
    # Dropout is a layer of gdbench's own, DropoutLayer.
    assert kind in {type(layer).__name__.removesuffix("Layer") for layer in model.keras.layers}
    first = [variable.numpy() for variable in model.keras.variables]
    for variable in model.keras.variables:
        variable.assign(variable + 1)
    model.start(run.seed)
    assert all(np.array_equal(one, other) for one, other in zip(first, model.keras.variables, strict=True))


@pytest.mark.parametrize("kind", [kind for kind in ITEMS if "use_bias" in SIGNATURES["layer"][kind]])
def test_every_kernel_has_its_own_stream_and_starts_as_its_initializer_says(run_of: RunOf, kind: str):
    starts = [key for key in SIGNATURES["layer"][kind] if key.endswith("_initializer")]
    for argument in starts:
        item = f"{ITEMS[kind]}, {argument}: {{name: constant, value: 0.75}}, use_bias: true"
        item += ", unit_forget_bias: false" if kind == "LSTM" else ""
        weights = weights_of(model_of(run_of(stack(item, "Flatten"))))
        chosen = [name for name, values in weights.items() if (values == 0.75).all()]
        assert len(chosen) == 1, argument
    weights = [weights_of(model_of(run_of(stack(ITEMS[kind], "Flatten"), seed=seed))) for seed in (0, 1)]
    for name in (name for name in weights[0] if name.endswith("kernel")):
        assert not np.array_equal(weights[0][name], weights[1][name]), name


def test_the_forget_gate_of_an_lstm_starts_open(run_of: RunOf):
    constant = "bias_initializer: {name: constant, value: 0.5}"
    open_, plain = (
        weights_of(model_of(run_of(f"architecture={{name: lstm, hidden: [2], {constant}, unit_forget_bias: {flag}}}")))
        for flag in ("true", "false")
    )
    assert open_["hidden_1/bias"].tolist() == [0.5, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5]
    assert plain["hidden_1/bias"].tolist() == [0.5] * 8
    spelled = weights_of(model_of(run_of(stack(f"LSTM, units: 2, {constant}"))))
    assert np.array_equal(spelled["hidden_1/bias"], open_["hidden_1/bias"])


@pytest.mark.parametrize("kind", RANDOM)
def test_what_is_drawn_is_a_function_of_seed_and_update(run_of: RunOf, kind: str):
    run = run_of(stack(*RANDOM[kind], "Flatten"), "dataset.train=100", "training={batch_size: 50, compile: eager}")
    program = program_of(run)
    state = program.state()

    def loss(seed: int, update: int) -> float:
        program.start(replace(settings_of(run), seed=seed))
        program.restore(state)
        return float(program.train(permutation(0, 0, 100), 0, 1, update, np.zeros(1, np.float32)).losses[0])

    drawn = [loss(0, 0), loss(0, 1), loss(0, 2), loss(1, 1)]
    assert len(set(drawn)) == 4
    assert loss(0, 1) == drawn[1]


@pytest.mark.parametrize(
    ("catalog", "spelled"),
    [
        (
            ("architecture={name: mlp, hidden: [16, 8]}", "regularization.dropout={input: 0.1, hidden: 0.3}"),
            stack(
                "Dropout, rate: 0.1",
                *("Dense, units: 16, activation: relu", "Dropout, rate: 0.3"),
                *("Dense, units: 8, activation: relu", "Dropout, rate: 0.3"),
            ),
        ),
        (
            ("architecture={name: cnn, filters: [4], hidden: [8]}",),
            stack(
                "Conv2D, filters: 4, kernel_size: 3, activation: relu",
                *("MaxPooling2D", "Flatten", "Dense, units: 8, activation: relu"),
            ),
        ),
    ],
    ids=["mlp with dropout", "cnn"],
)
def test_a_catalog_architecture_spelled_out_gives_the_same_numbers(
    trainer: Trainer, run_of: RunOf, catalog: tuple[str, ...], spelled: str
):
    training = "training={epochs: 1, batch_size: 100, compile: eager}"
    one, two = trainer(run_of(*catalog, training)), trainer(run_of(spelled, training))
    assert one.metrics == two.metrics


def test_random_layers_draw_the_same_in_a_graph(run_of: RunOf):
    items = stack("Dense, units: 8, activation: relu", "GaussianDropout, rate: 0.5", "GaussianNoise, stddev: 0.5")
    order, rates = permutation(0, 0, 1000), np.full(8, 0.1, np.float32)
    graph, eager = (
        program_of(run_of(items, f"training.compile={compiled}")).train(order, 0, 8, 0, rates).losses
        for compiled in ("graph", "eager")
    )
    assert graph == pytest.approx(eager, rel=1e-4)


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        (
            ["MaxPooling2D, pool_size: 14", "Conv2D, filters: 2, kernel_size: 3", "Flatten"],
            r"Conv2D hidden_1 cannot take 2 x 2 x 1 values: Computed output size would be zero or negative\..*",
        ),
        (
            ["Conv2D, filters: 2, kernel_size: 3"],
            "expected a flat output of the hidden layers, as after Flatten or a global pooling; got 26 x 26 x 2 values",
        ),
        (["Permute, dims: [1, 3]"], "Permute input_permute: Invalid permutation argument `dims` for Permute Layer.*"),
        (["Dense, units: 3", "LSTM, units: 3"], "LSTM hidden_2 cannot take 3 values: Input 0 .*"),
    ],
)
def test_layers_that_do_not_fit_are_said_in_one_line(run_of: RunOf, items: list[str], complaint: str):
    with pytest.raises(ArchitectureError) as caught:
        model_of(run_of(stack(*items)))
    assert len(str(caught.value).splitlines()) == 1
    assert caught.match(f"^{complaint}$")


def test_a_resnet_adds_its_blocks_to_their_inputs(run_of: RunOf):
    model = model_of(run_of("architecture={name: resnet, widths: [2, 3]}", "regularization.dropout=0.1"))
    _, *layers = [layer.name for layer in model.keras.layers]
    assert set(layers) == {
        *(f"hidden_{number}{part}" for number in range(1, 6) for part in ("", "_batch_norm", "_activation")),
        *(f"hidden_{number}_dropout" for number in range(1, 6)),
        *("hidden_3_sum", "hidden_5_sum", "hidden_5_projection", "hidden_5_projection_batch_norm"),
        *("hidden_5_global_average_pooling2d", "output"),
    }
    assert model.keras.get_layer("hidden_5_sum").output.shape == (None, 14, 14, 3)


def test_a_resnet_without_branches_passes_its_input_on(run_of: RunOf):
    model = model_of(run_of("architecture={name: resnet, widths: [2], batch_norm: false, kernel_initializer: zeros}"))
    model.keras.get_layer("hidden_1").kernel.assign(keras.ops.ones((3, 3, 1, 2)))
    data = data_of(run_of("architecture={name: resnet, widths: [2]}"))
    names = ("hidden_1_activation", "hidden_3_activation")
    inside = keras.Model(model.keras.inputs, [model.keras.get_layer(name).output for name in names])
    before, after = inside(data.pixels(data.test.images[:10]))
    assert np.array_equal(before, after)
    assert np.ptp(before) > 1


SMALL = {
    "perceptron": "perceptron",
    "mlp": "{name: mlp, hidden: [16]}",
    "cnn": "{name: cnn, filters: [4, 8]}",
    "lenet5": "lenet5",
    "resnet": "{name: resnet, widths: [4, 8]}",
    "rnn": "{name: rnn, hidden: [16]}",
    "lstm": "{name: lstm, hidden: [16]}",
    "gru": "{name: gru, hidden: [16]}",
    "layers": "{layers: [{name: SeparableConv2D, filters: 4, kernel_size: 5, strides: 2}, Flatten]}",
}


@pytest.mark.parametrize("name", FAMILIES["architecture"].entries)
def test_the_loss_falls(trainer: Trainer, run_of: RunOf, name: str):
    training = "training={batch_size: 100, epochs: 1, record_every: 1}"
    outcome = trainer(run_of(f"architecture={SMALL[name]}", training, "optimizer={name: adam, learning_rate: 0.01}"))
    losses = np.array(outcome.losses)
    assert losses[-3:].mean() < losses[:3].mean() - 0.05


OTHERS = {
    "kernel_initializer": "he_normal",
    "bias_initializer": "ones",
    "output": "{kernel_initializer: zeros}",
    "hidden": "[5]",
    "filters": "[3]",
    "widths": "[2, 3]",
    "blocks": "2",
    "kernel_size": "5",
    "pool_size": "3",
    "padding": "same",
    "activation": "softsign",
    "recurrent_activation": "hard_sigmoid",
    "unit_forget_bias": "false",
    "batch_norm": "false",
    "layers": "[{name: MaxPooling2D, pool_size: 4}, Flatten]",
}


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        (name, argument)
        for name in FAMILIES["architecture"].entries
        for argument in FAMILIES["architecture"].model(name).model_fields
    ],
)
def test_every_argument_changes_the_run_and_what_it_computes(run_of: RunOf, name: str, argument: str):
    base = f"architecture={SMALL[name]}"
    one, two = run_of(base), run_of(base, f"architecture.{argument}={OTHERS[argument]}")
    images = data_of(one).pixels(data_of(one).test.images[:20])
    assert one.id != two.id
    assert program_key(one) != program_key(two)
    assert not np.allclose(*(model_of(run).outputs(images, training=True) for run in (one, two)), rtol=1e-4)
