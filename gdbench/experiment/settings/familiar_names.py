"""Names that users of Keras, PyTorch and scikit-learn write out of habit, and keys without their full path."""

from collections.abc import Collection, Mapping
from functools import cache

from gdbench.catalog import FAMILIES
from gdbench.experiment.settings.schema import SECTION_MODELS
from gdbench.records import SECTIONS
from gdbench.text import listing, suggestion

# Names of keys elsewhere, with the full paths of what they are called here.
_PATHS: Mapping[str, str] = {
    "lr": "optimizer.learning_rate",
    "learning_rate_init": "optimizer.learning_rate",
    "wd": "optimizer.weight_decay",
    "eps": "optimizer.epsilon",
    "betas": "optimizer.beta_1",
    "max_iter": "training.epochs",
    "max_epochs": "training.epochs",
    "n_epochs": "training.epochs",
    "num_epochs": "training.epochs",
    "nb_epoch": "training.epochs",
    "max_steps": "training.steps",
    "bs": "training.batch_size",
    "mini_batch_size": "training.batch_size",
    "criterion": "training.loss",
    "lr_scheduler": "training.schedule",
    "scheduler": "training.schedule",
    "lr_schedule": "training.schedule",
    "validation_split": "dataset.validation",
    "validation_fraction": "dataset.validation",
    "hidden_layer_sizes": "architecture.hidden",
    "hidden_units": "architecture.hidden",
    "units": "architecture.hidden",
    "model": "architecture",
    "network": "architecture",
    "data": "dataset",
    "alpha": "regularization.l2",
}
# The same beside the sections of a file and of its comparisons.
_PLAIN_KEYS: Mapping[str, str] = {
    "repeats": "seeds",
    "repetitions": "seeds",
    "repeat": "seeds",
    "runs": "seeds",
    "trials": "seeds",
    "n_seeds": "seeds",
    "num_seeds": "seeds",
    "seed": "seeds",
    "random_state": "seeds",
    "random_seed": "seeds",
    "base": "extends",
    "experiments": "comparisons",
    "description": "title",
}
# Names of entries elsewhere, which gdbench spells otherwise.
_ENTRIES: Mapping[str, str] = {
    "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy",
    "crossentropyloss": "cross_entropy",
    "bce": "binary_cross_entropy",
    "bceloss": "binary_cross_entropy",
    "mse": "squared_error",
    "mseloss": "squared_error",
    "mean_squared_error": "squared_error",
    "focalloss": "focal",
    "cosineannealinglr": "cosine",
    "cosine_decay": "cosine",
    "exponentiallr": "exponential",
    "exponential_decay": "exponential",
    "steplr": "step",
    "onecyclelr": "one_cycle",
    "l-bfgs": "lbfgs",
    "xavier_uniform": "glorot_uniform",
    "xavier_normal": "glorot_normal",
    "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal",
    "dense": "mlp",
    "linear_model": "perceptron",
    "logistic_regression": "perceptron",
    "convnet": "cnn",
}
# Optimizers elsewhere, which are arguments of one here.
_COMPONENTS: Mapping[str, str] = {
    "momentum": "{name: sgd, momentum: 0.9}",
    "nesterov": "{name: sgd, momentum: 0.9, nesterov: true}",
    "nag": "{name: sgd, momentum: 0.9, nesterov: true}",
}
_MOST_OWNERS = 4


def meant_path(key: str) -> str | None:
    """Return the full path that a key without one, such as `lr` or `epochs`, must mean; None if there are several."""
    key = key.strip().casefold()
    if key in _PATHS:
        return _PATHS[key]
    paths = [path for path in _paths() if path.rpartition(".")[2] == key]
    return paths[0] if len(paths) == 1 else None


def path_hint(path: str) -> str:
    """Return `; did you mean 'x'?` for a path that starts with no section."""
    section = path.partition(".")[0]
    return _meant(meant_path(path)) or suggestion(section, SECTIONS) or suggestion(path, _paths())


def key_hint(key: str, path: str, choices: Collection[str]) -> str:
    """Return `; did you mean 'x'?` for an unknown key at a path whose mapping has the keys `choices`."""
    whole, depth = meant_path(key), path.count(".")
    if depth == 0 and (plain := _PLAIN_KEYS.get(key.casefold())) in choices:
        return _meant(plain)
    section, _, name = (whole or "").partition(".")
    if name in choices:
        return _meant(name)
    # Arguments of layers and other nested components have names of their own.
    if whole is None or depth > 1:
        return suggestion(key, choices)
    if section != path.partition(".")[0]:
        return _meant(whole)
    owners = [entry for entry, arguments in _arguments(section).items() if name in arguments]
    return f"; it is an argument of {listing(owners[:_MOST_OWNERS])}"


def missing_blank(value: object, keys: Collection[str]) -> str:
    """Return `; write 'epochs: 3', with a space after the colon` for a text such as `epochs:3`, of one of the keys."""
    key, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    return f"; write '{key}: {rest}', with a space after the colon" if colon and key in keys else ""


def entry_hint(name: object, entries: Collection[str]) -> str:
    """Return `; did you mean 'x'?` for an unknown name of an entry."""
    folded = name.casefold() if isinstance(name, str) else ""
    if folded in _COMPONENTS and "sgd" in entries:
        return f"; write {_COMPONENTS[folded]}"
    known = _ENTRIES.get(folded)
    return _meant(known) if known in entries else suggestion(name, entries)


def _meant(name: str | None) -> str:
    return f"; did you mean '{name}'?" if name else ""


@cache
def _paths() -> tuple[str, ...]:
    """Return `section.key` for each key of the sections and each argument of the entries that they can name."""
    keys = ((section, key) for section in SECTIONS for keys in _arguments(section).values() for key in keys)
    return tuple(dict.fromkeys(f"{section}.{key}" for section, key in keys))


@cache
def _arguments(section: str) -> Mapping[str, Collection[str]]:
    """Return the arguments of each entry that a section can name, or the keys of the section itself."""
    if section in SECTION_MODELS:
        return {section: SECTION_MODELS[section].model_fields}
    return {name: FAMILIES[section].model(name).model_fields for name in FAMILIES[section].entries}
