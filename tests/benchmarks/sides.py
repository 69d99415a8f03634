"""What people use instead of gdbench, as its documentation says: model.fit in a loop, KerasTuner and Optuna.

python -m tests.benchmarks.sides SIDE WORKLOAD trains the workload and prints the best test accuracy over the epochs of
each run, as JSON. Each side is a process of its own, so that starting counts.
"""

import json
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import keras

from gdbench.catalog.datasets.mnist import mnist
from tests.benchmarks.workloads import WORKLOADS, Workload

layers = keras.layers
HIDDEN: dict[str, Callable[[], list[Any]]] = {
    "mlp": lambda: [layers.Input((28, 28)), layers.Flatten(), layers.Dense(128, activation="relu")],
    "cnn": lambda: [
        layers.Input((28, 28, 1)),
        *(layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D()),
        *(layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D()),
        layers.Flatten(),
    ],
    "rnn": lambda: [layers.Input((28, 28)), layers.SimpleRNN(128)],
}


def model_of(workload: Workload, learning_rate: float) -> Any:
    """Return the compiled model of a run."""
    model = keras.Sequential([*HIDDEN[workload.architecture](), layers.Dense(10, activation="softmax")])
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def arguments_of(workload: Workload) -> dict[str, Any]:
    """Return what every side hands to `fit`."""
    data = mnist()
    images = data.train_images[: workload.images].astype("float32") / 255
    test = data.test_images.astype("float32") / 255
    if workload.architecture == "cnn":
        images, test = images[..., None], test[..., None]
    return {
        "x": images,
        "y": data.train_labels[: workload.images],
        "validation_data": (test, data.test_labels),
        "batch_size": workload.batch_size,
        "epochs": workload.epochs,
        "verbose": 0,
    }


def fit(workload: Workload) -> list[float]:
    """A loop around model.fit."""
    arguments = arguments_of(workload)
    found = []
    for learning_rate in workload.learning_rates:
        keras.utils.set_random_seed(0)
        history = model_of(workload, learning_rate).fit(**arguments)
        found.append(max(history.history["val_accuracy"]))
    return found


def kerastuner(workload: Workload) -> list[float]:
    """KerasTuner's GridSearch."""
    import keras_tuner

    def build(parameters: Any) -> Any:
        return model_of(workload, parameters.Choice("learning_rate", workload.learning_rates))

    with TemporaryDirectory() as folder:
        tuner = keras_tuner.GridSearch(
            build, objective="val_accuracy", max_trials=workload.runs, seed=0, directory=folder, overwrite=True
        )
        tuner.search(**arguments_of(workload))
        trials = tuner.oracle.get_best_trials(workload.runs)
    return [trial.score for trial in trials if trial.score is not None]


def optuna(workload: Workload) -> list[float]:
    """Optuna's GridSampler with model.fit."""
    import optuna

    arguments = arguments_of(workload)

    def objective(trial: Any) -> float:
        keras.utils.set_random_seed(0)
        rate = trial.suggest_float("learning_rate", 1e-4, 1e-2)
        return float(max(model_of(workload, rate).fit(**arguments).history["val_accuracy"]))

    sampler = optuna.samplers.GridSampler({"learning_rate": workload.learning_rates})
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=workload.runs)
    return [trial.value for trial in study.trials if trial.value is not None]


SIDES: dict[str, Callable[[Workload], list[float]]] = {"fit": fit, "kerastuner": kerastuner, "optuna": optuna}

if __name__ == "__main__":
    # The peers write to stdout too; the last line is the answer.
    print("\n" + json.dumps(SIDES[sys.argv[1]](WORKLOADS[sys.argv[2]])))
