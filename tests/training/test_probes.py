"""Code of a user's own, tried before it is trained with: what it must give, and how it is said when it doesn't."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from gdbench.catalog.plugins import find
from gdbench.errors import PluginError
from gdbench.training.probes import probe

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
        ("loss", "def Own(targets, outputs):\n    return outputs\n", "a loss for each of the 4 images of a batch"),
        ("loss", "class Own:\n    pass\n", "a Keras Loss; got an Own"),
        ("loss", "def Own(targets, outputs):\n    return keras.ops.log(outputs[:, 0] * 0)\n", "finite losses"),
        ("dataset", "def Own():\n    return 1\n", "(examples, labels), (test examples, test labels); got an int"),
        ("dataset", "def Own():\n    return ([[1.0], [float('nan')]], [0, 1]), ([[1.0]], [0])\n", "finite numbers"),
        (
            "dataset",
            "def Own():\n    return ([[1.0]], [0]), ([[1.0]], [-1])\n",
            "test labels: expected whole numbers from 0",
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


def test_a_file_imports_its_neighbours_and_hides_no_module(tmp_path: Path):
    (tmp_path / "neighbour_of_own.py").write_text("SLOPE = 0.25\n")
    (tmp_path / "random.py").write_text("from neighbour_of_own import SLOPE\ndef Own(x):\n    return SLOPE * x\n")
    code = find("random:Own", "activation", tmp_path)
    probe({"name": "random:Own", "code": {"family": "activation", "file": code.file, "sha256": code.sha256}})
    import random

    assert random.__file__ != code.file
