"""A saved model is loaded by Keras alone, and has the accuracy that the ledger has."""

import re
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

import gdbench
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Data
from gdbench.errors import ArchitectureError
from gdbench.records import Outcome, Run
from gdbench.training.trainer import Trainer
from tests.configs import plan_of
from tests.training.conftest import SMALL

ROOT = Path(__file__).parents[2]
RunOf = Callable[..., Run]
MNIST: Data = DATASETS.build({"name": "mnist"})
HELD_OUT = "dataset={validation: 300}"
GUIDE = re.findall(r"```python\n(.*?)```", (ROOT / "configs" / "README.md").read_text(encoding="utf-8"), re.DOTALL)[0]
MODELS = {
    "mlp": ("training.save=last",),
    "scaled, own activation": (
        "training.save=last",
        "dataset.scale=standard",
        "architecture.activation={name: leaky_relu, negative_slope: 0.1}",
        "regularization={dropout: 0.2, gaussian_noise: 0.1, l2: 0.001}",
        "training={loss: squared_error}",
    ),
    "cnn": (
        "training={save: last, epochs: 1}",
        "architecture={name: cnn, filters: [4]}",
        "regularization.batch_norm={momentum: 0.5}",
        "dataset.train=300",
    ),
    "rnn, averaged": (
        "training={save: last, epochs: 1}",
        "architecture={name: rnn, hidden: [8]}",
        "optimizer={name: adam, use_ema: true}",
        "dataset.train=300",
    ),
    "random search": ("training={save: last, epochs: 3}", "optimizer=random_search"),
    "chain": (
        "training.save=last",
        "optimizer={name: chain, stages: [{optimizer: adam, epochs: 1}, {optimizer: lbfgs, epochs: 2}]}",
    ),
    "restarts": ("training={save: last, epochs: 2}", "optimizer={name: restarts, optimizer: adam, count: 2}"),
    # The accuracy on so few images goes up and down.
    "best": ("training={save: best, epochs: 6}", HELD_OUT, "optimizer={name: adam, learning_rate: 0.05}"),
}


@pytest.fixture(scope="module")
def trained(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Outcome]:
    """Trains a model once."""
    outcomes: dict[str, Outcome] = {}

    def train(name: str) -> Outcome:
        if name not in outcomes:
            folder = tmp_path_factory.mktemp("run")
            outcomes[name] = trainer(plan_of(folder, SMALL, *MODELS[name], seeds=1).runs[0])
        return outcomes[name]

    return train


def loaded(outcome: Outcome, folder: Path) -> keras.Model:
    assert outcome.model_file is not None
    path = folder / "model.keras"
    path.write_bytes(outcome.model_file)
    return keras.saving.load_model(path)


def accuracy(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> float:
    outputs = model.predict(images.reshape(len(images), *model.input_shape[1:]), verbose=0)
    return float((outputs.argmax(axis=-1) == labels).mean())


@pytest.mark.parametrize("name", MODELS)
def test_a_saved_model_has_the_recorded_accuracy(name: str, trained: Callable[[str], Outcome], tmp_path: Path):
    outcome = trained(name)
    assert outcome.model is not None
    epochs, recorded = outcome.history["epoch"], outcome.history["test_accuracy"]
    of_epoch = recorded[epochs.index(outcome.model["epoch"])]
    model = loaded(outcome, tmp_path)
    assert accuracy(model, MNIST.test_images[:500], MNIST.test_labels[:500]) == pytest.approx(of_epoch, abs=1e-6)
    if name != "best":
        assert outcome.model["epoch"] == epochs[-1]


def test_a_sweep_keeps_models_and_the_guide_loads_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    small = {"dataset": {"train": 200, "test": 300}, "architecture": {"hidden": [8]}, "training": {"compile": "graph"}}
    results = gdbench.sweep({"name": "mine", "seeds": 1, **small}, set={"training.save": "last"}, quiet=True)
    found: dict[str, object] = {}
    exec(GUIDE, found)
    recorded = results.runs.loc[found["run"], "test_accuracy"]
    assert accuracy(found["model"], MNIST.test_images[:300], MNIST.test_labels[:300]) == pytest.approx(recorded)


def test_the_best_epoch_is_the_first_with_the_highest_accuracy_on_validation_images(
    trained: Callable[[str], Outcome], tmp_path: Path
):
    outcome = trained("best")
    validation = [value or 0.0 for value in outcome.history["val_accuracy"]]
    assert outcome.model == {"epoch": outcome.history["epoch"][int(np.argmax(validation))]}
    # Else this would be the test of `last`.
    assert outcome.model["epoch"] < outcome.history["epoch"][-1]
    model = loaded(outcome, tmp_path)
    assert accuracy(model, MNIST.train_images[-300:], MNIST.train_labels[-300:]) == pytest.approx(max(validation))


def test_saving_changes_no_number(trainer: Trainer, run_of: RunOf, trained: Callable[[str], Outcome]):
    name = "scaled, own activation"
    without = trainer(run_of(*MODELS[name], "training.save=off"))
    assert without.model is None
    assert without.model_file is None
    assert without.history == trained(name).history


def test_a_saved_model_is_one_of_keras_own_layers(trained: Callable[[str], Outcome], tmp_path: Path):
    model = loaded(trained("scaled, own activation"), tmp_path)
    assert [layer.name for layer in model.layers] == [
        "images",
        "scale",
        "input_gaussian_noise",
        "hidden_1",
        "hidden_1_activation",
        "hidden_1_dropout",
        "output",
        "output_activation",
    ]
    assert model.get_layer("hidden_1_dropout").rate == 0.2
    assert model.get_layer("input_gaussian_noise").stddev == 0.1
    outputs = model.predict(MNIST.test_images[:5].reshape(5, 784), verbose=0)
    assert ((outputs > 0) & (outputs < 1)).all()


def test_what_keras_cannot_save_is_refused_before_training(trainer: Trainer, run_of: RunOf):
    layer = "{name: Dense, units: 4, activation: {name: leaky_relu, negative_slope: 0.3}}"
    run = run_of("training.save=last", f"architecture={{layers: [{layer}]}}")
    with pytest.raises(ArchitectureError, match=r"^training\.save: expected layers that Keras can save; got: .+"):
        trainer(run)


def test_a_run_that_diverges_saves_nothing(trainer: Trainer, run_of: RunOf):
    outcome = trainer(run_of("training={save: last}", "optimizer={name: sgd, learning_rate: 1e+30}"))
    assert outcome.has_diverged
    assert outcome.model_file is None
