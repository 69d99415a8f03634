from gdbench.catalog import FAMILIES
from gdbench.catalog.architectures import Layer, Stack, cnn, mlp, perceptron, rnn


def kinds(stack: Stack) -> list[str]:
    return [layer.kind for layer in stack.layers]


def test_a_perceptron_has_no_hidden_layer():
    assert perceptron() == Stack("flat", ())


def test_an_mlp_has_a_dense_layer_for_each_width():
    assert mlp([64, 32], "tanh") == Stack(
        "flat", (Layer("Dense", {"units": 64}, "tanh"), Layer("Dense", {"units": 32}, "tanh"))
    )


def test_an_mlp_of_no_widths_is_a_perceptron():
    assert mlp([]) == perceptron()


def test_the_default_mlp_has_128_relu_units():
    assert mlp() == Stack("flat", (Layer("Dense", {"units": 128}, "relu"),))


def test_a_cnn_pools_after_each_convolution_and_ends_flat():
    stack = cnn(filters=[8, 16], kernel_size=5, padding="same", hidden=[10])
    assert stack.form == "image"
    assert kinds(stack) == ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense"]
    assert stack.layers[2] == Layer("Conv2D", {"filters": 16, "kernel_size": 5, "padding": "same"}, "relu")


def test_a_cnn_that_pools_one_pixel_pools_nothing():
    assert kinds(cnn(filters=[8, 16], pool_size=1)) == ["Conv2D", "Conv2D", "Flatten"]


def test_only_the_last_layer_of_an_rnn_drops_the_sequence():
    stack = rnn([4, 5])
    assert stack.form == "rows"
    assert [layer.arguments for layer in stack.layers] == [
        {"units": 4, "return_sequences": True},
        {"units": 5, "return_sequences": False},
    ]


def test_an_rnn_of_no_widths_flattens_its_rows():
    assert kinds(rnn([])) == ["Flatten"]


def test_only_layers_with_weights_have_an_activation():
    with_weights = {"Conv2D", "Dense", "SimpleRNN"}
    for name in FAMILIES["architecture"].entries:
        for layer in FAMILIES["architecture"].entries[name].function().layers:
            assert (layer.activation is not None) == (layer.kind in with_weights)
