"""A configuration that trains every entry of the catalog for one short epoch, made from the catalog itself.

python -m tests.whole_catalog > catalog.yaml
gdbench sweep catalog.yaml
"""

import sys
from collections.abc import Callable

import yaml

from gdbench.catalog import FAMILIES
from gdbench.catalog.optimizers import METHODS
from gdbench.experiment.settings.schema import Regularization

Component = dict[str, object]

# Values for arguments without a default.
REQUIRED: Component = {
    **{"units": 4, "filters": 2, "kernel_size": 3, "pool_size": 2, "output_size": 2, "rate": 0.5, "stddev": 0.5},
    **{"activation": "relu", "target_shape": [28, -1], "dims": [2, 1], "n": 2},
    **{"stages": [{"optimizer": "sgd", "epochs": 1}, {"optimizer": "adam", "epochs": 1}], "optimizer": "adam"},
    **{"every": 30, "threshold": 0.1, "default_value": 0, "layers": ["Flatten", {"name": "Dense", "units": 32}]},
}
# Networks smaller than the defaults, and as many groups as there are channels to divide.
SMALLER: dict[str, Component] = {
    **{name: {"hidden": [32]} for name in ("mlp", "rnn", "lstm", "gru")},
    **{"cnn": {"filters": [8, 16]}, "resnet": {"widths": [8, 16]}, "GroupNormalization": {"groups": 4}},
}
REGULARIZATION: Component = {
    **{"l1": 1e-5, "l2": 1e-4, "max_norm": 2, "batch_norm": True, "gaussian_noise": 0.2},
    "dropout": {"input": 0.1, "hidden": 0.3},
}


def component(noun: str, name: str) -> Component:
    """An entry with the arguments that it needs."""
    fields = FAMILIES[noun].model(name).model_fields
    required = {argument: REQUIRED[argument] for argument, field in fields.items() if field.is_required()}
    # Enough passes of a method in a short epoch.
    few = {"images": 50} if name in METHODS else {}
    return {"name": name, **required, **few, **SMALLER.get(name, {}), **FAMILIES[noun].entries[name].gentle}


def dense(**arguments: object) -> Component:
    return {"name": "Dense", "units": 16, "activation": "relu", **arguments}


# Where each family is varied, and how an entry stands there. Datasets, most of them files or downloads, are left out.
VARIED: dict[str, tuple[str, Callable[[Component], Component]]] = {
    "optimizer": ("optimizer", lambda entry: entry),
    "architecture": ("architecture", lambda entry: entry),
    "loss": ("training.loss", lambda entry: entry),
    "schedule": ("training.schedule", lambda entry: entry),
    "activation": ("architecture.activation", lambda entry: entry),
    "initializer": ("architecture.kernel_initializer", lambda entry: entry),
    "layer": ("architecture", lambda entry: {"layers": [entry, "Flatten", dense()]}),
    "regularizer": ("architecture", lambda entry: {"layers": ["Flatten", dense(kernel_regularizer=entry)]}),
    "constraint": ("architecture", lambda entry: {"layers": ["Flatten", dense(kernel_constraint=entry)]}),
}


# FTRL forgets the initial weights in its first update, and from zero only a network without hidden layers learns.
# Sparsemax leaves most units at zero, so that it learns slowly.
SETTINGS: dict[str, Component] = {
    "optimizer": {"architecture": "perceptron"},
    "activation": {"optimizer": {"learning_rate": 0.01}},
}


# What some entries need beside them: a method for a loss without a gradient, and lengths that stages and starts share.
BESIDE: dict[str, Component] = {
    "zero_one": {"optimizer": {"name": "cma_es", "images": 50}},
    "chain": {"training.epochs": 2},
    "restarts": {"training.epochs": 5},
}


def configuration() -> dict[str, object]:
    """A comparison for each family, and one for the section `regularization`."""
    comparisons: dict[str, object] = {}
    for noun, (path, place) in VARIED.items():
        entries = {name: place(component(noun, name)) for name in FAMILIES[noun].entries}
        grid: Component = {path: [entry | {"label": name} for name, entry in entries.items()]}
        if entries.keys() & BESIDE.keys():
            grid = {"variants": {name: {path: entry, **BESIDE.get(name, {})} for name, entry in entries.items()}}
        comparisons[noun] = {**SETTINGS.get(noun, {}), "grid": grid}
    settings = {name: {name: REGULARIZATION[name]} for name in Regularization.model_fields}
    comparisons["regularization"] = {"grid": {"regularization": {"no": {}, **settings}}}
    return {
        "title": "Every entry of the catalog, one short epoch",
        "dataset": {"name": "mnist", "train": 2000, "test": 1000},
        "architecture": {"name": "mlp", "hidden": [32]},
        "optimizer": {"name": "adam", "learning_rate": 0.003},
        "training": {"epochs": 1, "batch_size": 32, "evaluate_every": 0.5},
        "seeds": 1,
        "comparisons": comparisons,
    }


class Dumper(yaml.SafeDumper):
    """Writes every value out, since a configuration takes no aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def text() -> str:
    return yaml.dump(configuration(), Dumper=Dumper, sort_keys=False, width=120)


if __name__ == "__main__":
    sys.stdout.write(text())
