"""A line of YAML for everything that a configuration can name, valid as it stands."""

from collections.abc import Mapping

from gdbench.catalog import FAMILIES
from gdbench.display.catalog_pages.argument_text import yaml_text
from gdbench.display.catalog_pages.file_keys import FILE
from gdbench.text import article

# Arguments without a default, and values that show an argument better than its default does.
_ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "npz": {"path": "digits.npz"},
    "idx": {"path": "digits"},
    "csv": {"path": "table.csv"},
    "Dense": {"units": "64", "activation": "relu"},
    "Reshape": {"target_shape": "[14, 56]"},
    "Permute": {"dims": "[2, 1]"},
    "RepeatVector": {"n": "4"},
    "exponential": {"rate": "0.5", "every": "1000"},
    "step": {"rate": "0.5", "every": "1000"},
    "threshold": {"threshold": "0.5", "default_value": "0.0"},
    "restarts": {"optimizer": "adam", "count": "5"},
    "layers": {"layers": "[{name: Dense, units: 64, activation: relu}]"},
}
_REQUIRED: Mapping[str, str] = {
    "units": "64",
    "filters": "16",
    "kernel_size": "3",
    "pool_size": "2",
    "output_size": "4",
    "rate": "0.25",
    "stddev": "0.1",
    "activation": "relu",
}
# Where a component of a family stands in a file.
_PLACES: Mapping[str, str] = {
    "dataset": "dataset: {}",
    "architecture": "architecture: {}",
    "optimizer": "optimizer: {}",
    "loss": "training: {{loss: {}}}",
    "schedule": "training: {{schedule: {}}}",
    "activation": "architecture: {{name: mlp, activation: {}}}",
    "initializer": "architecture: {{name: mlp, kernel_initializer: {}}}",
    "regularizer": "architecture:\n  layers:\n  - name: Dense\n    units: 64\n    kernel_regularizer: {}",
    "constraint": "architecture:\n  layers:\n  - name: Dense\n    units: 64\n    kernel_constraint: {}",
    "layer": "architecture: {{layers: [{}]}}",
}
# The same over several lines, for components that are long.
_LONG_PLACES: Mapping[str, str] = {
    "layer": "architecture:\n  layers:\n  - {}",
    "activation": "architecture:\n  name: mlp\n  activation: {}",
    "initializer": "architecture:\n  name: mlp\n  kernel_initializer: {}",
}
# What is too long for a line.
_BLOCKS: Mapping[str, str] = {
    "chain": "optimizer:\n  name: chain\n  stages:\n"
    "  - {optimizer: adam, epochs: 3}\n  - {optimizer: lbfgs, epochs: 20}",
}
# What stands only beside something else.
_BESIDE: Mapping[str, str] = {"zero_one": "optimizer: particle_swarm"}
# What fits a terminal of 80 columns.
_WIDTH = 76
_KEYS: Mapping[str, Mapping[str, str]] = {
    "training": {
        "epochs": "20",
        "steps": "1000",
        "batch_size": "128",
        "drop_remainder": "true",
        "loss": "{name: cross_entropy, label_smoothing: 0.1}",
        "schedule": "{name: cosine, warm_up: 100}",
        "evaluate_every": "0.5",
        "evaluate_train": "true",
        "evaluate_test": "false",
        "record_every": "10",
        # It needs the other key beside it.
        "record": "[gradient_norm], record_every: 10",
        "save": "best",
        "class_weight": "balanced",
        "early_stopping": "{metric: train_loss, patience: 3}",
        "stop_at": "{metric: train_accuracy, value: 0.97}",
        "threads": "2",
        "compile": "graph",
    },
    "regularization": {
        "l1": "0.00001",
        "l2": "0.0001",
        "dropout": "{input: 0.2, hidden: 0.5}",
        "gaussian_noise": "{input: 0.3}",
        "batch_norm": "{momentum: 0.9}",
        "max_norm": "3.0",
    },
}
# What a key needs in other sections.
_NEEDED = dict.fromkeys(("evaluate_test", "save"), "dataset: {validation: 10000}\n")


def example_of_entry(noun: str, name: str) -> str:
    """Return lines in which a file names an entry of a family, with an argument or two."""
    family = FAMILIES[noun]
    fields = family.model(name).model_fields
    arguments = {
        key: _REQUIRED[key] for key, field in fields.items() if field.is_required() and key in _REQUIRED
    } | dict(_ARGUMENTS.get(name, {}) if set(_ARGUMENTS.get(name, {})) <= set(fields) else {})
    # Without a required argument the first one shows how any is written.
    if not arguments and noun in ("optimizer", "loss", "architecture", "initializer", "regularizer", "constraint"):
        own = [key for key in fields if key not in family.options.model_fields and fields[key].default is not None]
        arguments = {key: yaml_text(fields[key].default) for key in own[:1]}
    if name in _BLOCKS:
        return _BLOCKS[name]
    # The short form of the one entry that has one.
    if name == "layers":
        return f"architecture: {{layers: {arguments['layers']}}}"
    given = "".join(f", {key}: {value}" for key, value in arguments.items())
    component = f"{{name: {name}{given}}}" if given else name
    line = _PLACES[noun].format(component)
    if name in _BESIDE:
        line = f"{_BESIDE[name]}\n{line}"
    return line if len(line) <= _WIDTH or "\n" in line else _LONG_PLACES[noun].format(component)


def example_of_key(section: str, key: str) -> str:
    """Return lines in which a file sets a key of `training` or `regularization`, with what else it needs."""
    return f"{_NEEDED.get(key, '')}{section}: {{{key}: {_KEYS[section][key]}}}"


def example_of_metric(name: str) -> str:
    """Return a command that shows a metric."""
    return f"gdbench tables results/NAME --metric {name}"


def in_words(noun: str) -> str:
    """Return what an entry is, for a heading: `an optimizer`, `a key of training`."""
    if noun == FILE:
        return "a key of a configuration"
    return f"a key of {noun}" if noun in _KEYS else article(noun)
