"""Code of a user's own, tried before it is trained with: what it must give, and how it is said when it doesn't."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from gdbench.catalog.plugins import find
from gdbench.errors import PluginError
from gdbench.training.probes import probe
from tests.configs import plan_of

HEAD = "import keras\nimport numpy as np\n"
OPTIMIZER = """\
class Own(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.1):
        super().__init__(learning_rate=learning_rate)
    def update_step(self, gradient, variable, learning_rate):
        {step}
"""
GOOD_STEP = "self.assign_sub(variable, learning_rate * gradient)"
GOOD = {
    "optimizer": OPTIMIZER.format(step=GOOD_STEP),
    "loss": "def Own(targets, outputs):\n    return keras.ops.sum(keras.ops.square(targets - outputs), axis=-1)\n",
    "dataset": "def Own(n=8):\n    x, y = np.zeros((n, 3)), np.arange(n) % 2\n    return (x, y), (x, y)\n",
    "architecture": "def Own():\n    return [keras.layers.Flatten(), keras.layers.Dense(4)]\n",
    "activation": "def Own(x, slope=0.1):\n    return keras.ops.maximum(x, slope * x)\n",
    "initializer": "class Own(keras.initializers.RandomNormal):\n    pass\n",
    "schedule": "def Own():\n    return lambda rate, update, length: rate / (1 + update)\n",
    "layer": "class Own(keras.layers.Layer):\n    pass\n",
    "regularizer": "class Own(keras.regularizers.L2):\n    pass\n",
    "constraint": "class Own(keras.constraints.MaxNorm):\n    pass\n",
}


def component(folder: Path, noun: str, text: str, **arguments: Any) -> dict[str, Any]:
    file = folder / f"own_{hashlib.sha256(text.encode()).hexdigest()[:8]}.py"
    file.write_text(HEAD + text)
    code = find(f"{file.stem}:Own", noun, folder)
    return {
        "name": f"{file.stem}:Own",
        "code": {"family": noun, "file": code.file, "sha256": code.sha256},
        **arguments,
    }


def said(folder: Path, noun: str, text: str, **arguments: Any) -> str:
    with pytest.raises(PluginError) as caught:
        probe(component(folder, noun, text, **arguments))
    line = str(caught.value)
    assert "\n" not in line
    return line.partition(": ")[2].replace(f"{folder}/", "")


@pytest.mark.parametrize("noun", GOOD)
def test_code_that_can_be_trained_with_passes(tmp_path: Path, noun: str):
    facts = probe(component(tmp_path, noun, GOOD[noun]))
    assert (facts is not None) == (noun == "dataset")
    if facts:
        assert (facts.train, facts.test, facts.shape, facts.classes) == (8, 8, (3,), 2)


@pytest.mark.parametrize(
    ("noun", "text", "expected"),
    [
        ("optimizer", "def Own():\n    return keras.layers.Flatten()\n", "a Keras Optimizer; got a Flatten"),
        ("optimizer", "Own = None\n", "TypeError"),
        ("optimizer", OPTIMIZER.format(step="raise RuntimeError('no')"), "RuntimeError: no (own_"),
        ("optimizer", OPTIMIZER.format(step="self.assign(variable, variable * np.nan)"), "finite weights after a step"),
        ("loss", "def Own(targets, outputs):\n    return keras.ops.mean(outputs)\n", "a batch; got one number"),
        ("loss", "def Own(targets, outputs):\n    return outputs\n", "a loss for each of the 4 examples of a batch"),
        ("loss", "class Own:\n    pass\n", "a Keras Loss; got an Own"),
        ("loss", "def Own(targets, outputs):\n    return keras.ops.log(outputs[:, 0] * 0)\n", "finite losses"),
        ("dataset", "def Own():\n    return 1\n", "(examples, labels), (test examples, test labels); got an int"),
        ("dataset", "def Own():\n    return ([[1.0], [float('nan')]], [0, 1]), ([[1.0]], [0])\n", "finite numbers"),
        (
            "dataset",
            "def Own():\n    return ([[1.0]], [0]), ([[1.0]], [-1])\n",
            "test labels: expected only those of training examples; got label -1",
        ),
        ("architecture", "def Own():\n    return [3]\n", "a Keras Layer; got an int"),
        ("architecture", "def Own():\n    return keras.layers.Flatten()\n", "a list of Keras layers"),
        (
            "activation",
            "def Own(x):\n    return keras.ops.sum(x)\n",
            "an activation of each value, of shape (2, 3); got shape ()",
        ),
        ("initializer", "def Own():\n    return 3\n", "a Keras Initializer; got an int"),
        ("schedule", "def Own():\n    return 0.1\n", "a function of rate, updates and length; got a float"),
        ("schedule", "def Own():\n    return lambda r, u, n: [r]\n", "a learning rate for each of 3 updates"),
        ("layer", "def Own():\n    return None\n", "a Keras Layer; got nothing"),
        ("layer", "raise SystemExit('bye')\n", "SystemExit: bye"),
        ("layer", "import nothing_of_that_name\n", "No module named 'nothing_of_that_name' (own_"),
    ],
)
def test_code_that_gives_something_else_is_said_in_one_line(tmp_path: Path, noun: str, text: str, expected: str):
    assert expected in said(tmp_path, noun, text)


def test_the_line_of_the_users_file_is_named(tmp_path: Path):
    text = "def Own(n=1):\n    helper(n)\ndef helper(n):\n    raise ValueError(f'n of {n}')\n"
    line = said(tmp_path, "dataset", text, n=5)
    assert line.startswith("ValueError: n of 5 (own_")
    assert line.endswith(".py, line 6)")


def test_code_that_has_changed_since_the_plan_is_not_run(tmp_path: Path):
    planned = component(tmp_path, "loss", GOOD["loss"])
    (file,) = tmp_path.glob("own_*.py")
    file.write_text("raise SystemExit\n")
    with pytest.raises(PluginError, match="got a changed file; the same command plans it anew"):
        probe(planned)


def test_a_file_imports_its_neighbors_and_hides_no_module(tmp_path: Path):
    (tmp_path / "neighbor_of_own.py").write_text("SLOPE = 0.25\n")
    (tmp_path / "random.py").write_text("from neighbor_of_own import SLOPE\ndef Own(x):\n    return SLOPE * x\n")
    code = find("random:Own", "activation", tmp_path)
    probe({"name": "random:Own", "code": {"family": "activation", "file": code.file, "sha256": code.sha256}})
    import random

    assert random.__file__ != code.file


SMALL = "seeds: 1\ndataset: {train: 200, test: 100}\narchitecture: {name: mlp, hidden: [4]}\n"
WEIGHTED = """
def Own(targets, outputs):
    weights = keras.ops.sum(targets * keras.ops.convert_to_tensor([2.0] + [1.0] * 9), axis=-1)
    return weights * keras.losses.categorical_crossentropy(targets, outputs)
"""


def errors(folder: Path, config: str, **texts: str) -> dict[str, str | None]:
    """What is said of each plug-in of a configuration, tried with the runs of its plan."""
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(f"{HEAD}import tensorflow as tf\n{text}")
    plan = plan_of(folder, f"{SMALL}{config}")
    files = {plugin.component["code"]["file"] for plugin in plan.plugins}
    said: dict[str, str | None] = {}
    for plugin in plan.plugins:
        try:
            probe(plugin.component, plan.runs, files)
            said[plugin.component["name"]] = None
        except PluginError as error:
            said[plugin.component["name"]] = str(error).replace(f"{folder}/", "")
    return said


def test_a_loss_is_tried_with_the_classes_of_its_runs(tmp_path: Path):
    assert errors(tmp_path, "training: {loss: 'l1:Own', compile: graph}\n", l1=WEIGHTED) == {"l1:Own": None}
    text = WEIGHTED.replace("* 9", "* 2")
    said = errors(tmp_path, "training: {loss: 'l2:Own', compile: graph}\n", l2=text)["l2:Own"]
    assert said is not None
    assert "(l2.py, line 6)" in said
    assert "\n" not in said


def test_a_loss_is_tried_with_the_classes_of_a_dataset_of_ones_own(tmp_path: Path):
    dataset = "def Own():\n    x, y = np.zeros((40, 3)), np.arange(40) % 10\n    return (x, y), (x, y)\n"
    config = "grid: {dataset: ['d3:Own']}\ntraining: {loss: 'l3:Own', compile: graph}\n"
    assert errors(tmp_path, config, l3=WEIGHTED, d3=dataset) == {"l3:Own": None, "d3:Own": None}


NUMPY_STEP = "float(gradient.numpy().sum()); self.assign_sub(variable, learning_rate * gradient)"


def test_what_cannot_be_compiled_is_said_before_training_in_one_line(tmp_path: Path):
    optimizer = OPTIMIZER.format(step=NUMPY_STEP)
    config = "optimizer: 'o4:Own'\ntraining: {loss: 'l4:Own', batch_size: 50}\n"
    said = errors(tmp_path, config, o4=optimizer, l4=WEIGHTED)
    assert said["l4:Own"] is None
    assert said["o4:Own"] == (
        "o4:Own: AttributeError: 'SymbolicTensor' object has no attribute 'numpy' (o4.py, line 8)"
    )


def test_what_runs_uncompiled_may_leave_the_graph(tmp_path: Path):
    config = "optimizer: 'o5:Own'\ntraining: {compile: eager, batch_size: 50}\n"
    assert errors(tmp_path, config, o5=OPTIMIZER.format(step=NUMPY_STEP)) == {"o5:Own": None}


def test_autograph_reads_the_source_that_runs(tmp_path: Path):
    branches = "    if tf.reduce_sum(x) > 0:\n        x = 2 * x\n    return x\n"
    config = "grid: {architecture.activation: ['a6:Own']}\ntraining: {compile: graph}\n"
    text = f"@tf.function(autograph=True)\ndef Own(x):\n{branches}"
    assert errors(tmp_path, config, a6=text) == {"a6:Own": None}


def test_an_initializer_of_biases_is_tried_on_biases(tmp_path: Path):
    text = "class Own(keras.initializers.Initializer):\n    def __call__(self, shape, dtype=None):\n"
    text += "        (units,) = shape\n        return keras.ops.zeros((units,), dtype)\n"
    config = "grid: {architecture.bias_initializer: ['i7:Own']}\ntraining: {compile: graph}\n"
    assert errors(tmp_path, config, i7=text) == {"i7:Own": None}


def test_a_schedule_is_tried_with_the_length_of_its_runs(tmp_path: Path):
    text = "def Own():\n    def rates(rate, update, length):\n        assert length == 20, length\n"
    text += "        return rate + 0 * update\n    return rates\n"
    config = "training: {schedule: 's8:Own', batch_size: 50, epochs: 5, compile: graph}\n"
    assert errors(tmp_path, config, s8=text) == {"s8:Own": None}
