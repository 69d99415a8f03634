import pytest

from gdbench.catalog import FAMILIES
from gdbench.catalog.architecture_spec import RECURRENT, ArchitectureSpec, Layer, Residual, misfit
from gdbench.catalog.architectures import cnn, gru, layers, lenet5, lstm, mlp, perceptron, resnet, rnn


def kinds(spec: ArchitectureSpec) -> list[str]:
    return [layer.kind for layer in spec.layers]


def test_a_perceptron_has_no_hidden_layer():
    assert perceptron() == ArchitectureSpec("flat", ())


def test_an_mlp_has_a_dense_layer_for_each_width():
    assert mlp([64, 32], "tanh") == ArchitectureSpec(
        "flat", (Layer("Dense", {"units": 64}, "tanh"), Layer("Dense", {"units": 32}, "tanh"))
    )


def test_an_mlp_of_no_widths_is_a_perceptron():
    assert mlp([]) == perceptron()


def test_the_default_mlp_has_128_relu_units():
    assert mlp() == ArchitectureSpec("flat", (Layer("Dense", {"units": 128}, "relu"),))


def test_a_cnn_pools_after_each_convolution_and_ends_flat():
    spec = cnn(filters=[8, 16], kernel_size=5, padding="same", hidden=[10])
    assert spec.form == "image"
    assert kinds(spec) == ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]
    assert spec.layers[2] == Layer("Conv2D", {"filters": 16, "kernel_size": 5, "padding": "same"}, "relu")


def test_a_cnn_that_pools_one_pixel_pools_nothing():
    assert kinds(cnn(filters=[8, 16], pool_size=1)) == ["Conv2D", "Conv2D", "Flatten"]


def test_only_the_last_layer_of_an_rnn_drops_the_sequence():
    spec = rnn([4, 5])
    assert spec.form == "rows"
    assert [layer.arguments for layer in spec.layers] == [
        {"units": 4, "return_sequences": True},
        {"units": 5, "return_sequences": False},
    ]


def test_an_rnn_of_no_widths_flattens_its_rows():
    assert kinds(rnn([])) == ["Flatten"]


def test_lenet5_is_that_of_the_paper_with_plain_means():
    spec = lenet5()
    assert kinds(spec) == ["Conv2D", "AveragePooling2D", "Conv2D", "AveragePooling2D", "Flatten", "Dense", "Dense"]
    hidden = [layer.arguments for layer in spec.layers if layer.activation]
    assert [each.get("filters") or each.get("units") for each in hidden] == [6, 16, 120, 84]
    assert spec.layers[0].arguments["padding"] == "same"


def test_gates_have_their_own_activation():
    (layer,) = lstm([4], "relu", "hard_sigmoid", unit_forget_bias=False).layers
    assert layer.activation == "relu"
    assert layer.arguments["recurrent_activation"] == "hard_sigmoid"
    assert layer.arguments["unit_forget_bias"] is False
    assert gru([4], "relu", "hard_sigmoid").layers[0].arguments["recurrent_activation"] == "hard_sigmoid"


def test_a_resnet_halves_the_side_and_projects_the_input_where_a_stage_begins():
    stem, *blocks, pool = resnet([4, 8], blocks=2).layers
    assert (stem.arguments["filters"], pool.kind) == (4, "GlobalAveragePooling2D")
    strides = [[layer.arguments["strides"] for layer in block.layers] for block in blocks]
    assert strides == [[1, 1], [1, 1], [2, 1], [1, 1]]
    assert [block.projection and block.projection.arguments["strides"] for block in blocks] == [None, None, 2, None]


def test_a_resnet_of_no_widths_averages_the_image():
    assert kinds(resnet([])) == ["GlobalAveragePooling2D"]


def test_only_layers_with_weights_have_an_activation():
    with_weights = {"Conv2D", "Dense", *RECURRENT}
    for name in set(FAMILIES["architecture"].entries) - {"layers"}:
        for layer in FAMILIES["architecture"].entries[name].function().layers:
            for each in layer.layers if isinstance(layer, Residual) else (layer,):
                assert (each.activation is not None) == (each.kind in with_weights)


@pytest.mark.parametrize(
    ("kinds", "form"),
    [
        (["Dense"], "flat"),
        (["Flatten", "Dense"], "flat"),
        (["Conv2D", "Flatten", "Dense"], "image"),
        (["GaussianNoise", "BatchNormalization", "MaxPooling2D"], "image"),
        (["Conv2DTranspose", "Flatten"], "image"),
        (["Reshape", "Conv1D"], "rows"),
        (["Dropout", "GRU"], "rows"),
        (["RepeatVector", "LSTM"], "flat"),
        (["Dropout"], "flat"),
        ([], "flat"),
    ],
)
def test_the_first_particular_layer_decides_the_form_of_an_image(kinds: list[str], form: str):
    assert layers([{"name": kind} for kind in kinds]).form == form


@pytest.mark.parametrize(("dims", "form"), [([1], "flat"), ([2, 1], "rows"), ([2, 1, 3], "image")])
def test_permute_takes_an_image_of_as_many_axes_as_it_names(dims: list[int], form: str):
    assert layers([{"name": "Permute", "dims": dims}, "Flatten"]).form == form


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        (cnn([8] * 3), None),
        (cnn([8] * 4), "3 x 3 on 1 x 1"),
        (cnn([8] * 4, padding="same"), None),
        (cnn([8] * 5, padding="same"), "2 x 2 on 1 x 1"),
        (cnn([8], kernel_size=29), "29 x 29 on 28 x 28"),
        (cnn([8], pool_size=26), None),
        (cnn([8], pool_size=27), "27 x 27 on 26 x 26"),
        (lenet5(), None),
        (resnet([4] * 6), None),
        (rnn(), None),
    ],
)
def test_a_window_larger_than_its_map_is_found(spec: ArchitectureSpec, complaint: str | None):
    assert misfit(spec, (28, 28)) == complaint
