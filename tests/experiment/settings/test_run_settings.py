import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from gdbench.catalog.datasets.dataset import Deform, Facts
from gdbench.experiment.settings.run_settings import DatasetSettings, RunSettings, settings_of
from gdbench.experiment.settings.schema import BatchNorm, Dropout, EarlyStopping, StopAt
from tests.configs import plan_of

FACTS = Facts(train=1000, test=200, shape=(2, 2), classes=2, fingerprint="")

TEXT = """\
dataset: {validation: 0.1, deform: {images: 90000}}
architecture: {name: cnn, output: {activation: sigmoid}}
optimizer: {name: sgd, learning_rate: 0.25, clipnorm: 2}
training: {batch_size: full, early_stopping: {patience: 3}, stop_at: {metric: val_error, value: 0.1}}
regularization: {dropout: 0.5, batch_norm: true}
seeds: 2
"""


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    return settings_of(plan_of(tmp_path, TEXT).runs[1])


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({}, (1000, 1000, 0, 200)),
        ({"validation": 100}, (900, 900, 100, 200)),
        ({"validation": 0.25, "test": 50}, (750, 750, 250, 50)),
        ({"validation": 100, "train": 30}, (30, 30, 100, 200)),
        ({"train": 30, "deform": {"images": 90}}, (30, 90, 0, 200)),
    ],
)
def test_how_many_images_are_left(section: dict[str, object], expected: tuple[int, ...]):
    assert DatasetSettings(section).counts(FACTS) == expected


def test_every_part_has_its_type(settings: RunSettings):
    assert settings.seed == 1
    assert settings.dataset.options.validation == 0.1
    assert settings.dataset.deform == Deform(images=90000)
    assert settings.architecture.spec.form == "image"
    assert settings.architecture.output.activation == {"name": "sigmoid"}
    assert (settings.optimizer.learning_rate, settings.optimizer.clipping) == (0.25, {"clipnorm": 2})
    assert list(settings.training.stopping_rules.values()) == [
        *(EarlyStopping(patience=3), StopAt(metric="val_error", value=0.1))
    ]
    assert settings.regularization.dropout == Dropout(hidden=0.5)
    assert settings.regularization.batch_norm == BatchNorm()
    assert settings.loss.activation == "softmax"


def test_parts_are_built_once_and_are_frozen(settings: RunSettings):
    assert settings.training is settings.training
    assert settings.architecture.spec is settings.architecture.spec
    with pytest.raises(FrozenInstanceError):
        settings.seed = 2  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        settings.training.epochs = 2


@pytest.mark.training
def test_the_layers_of_a_plugin_are_made_once_and_only_when_asked_for(tmp_path: Path):
    code = "CALLS = []\ndef mine():\n    CALLS.append(1)\n    import keras\n    return [keras.layers.Dense(3)]\n"
    (tmp_path / "own_layers.py").write_text(code)
    script = (
        "import sys, pathlib\n"
        "from gdbench.experiment.settings.run_settings import settings_of\n"
        "from tests.configs import plan_of\n"
        "run, = plan_of(pathlib.Path(sys.argv[1]), 'architecture: own_layers:mine\\nseeds: 1\\n').runs\n"
        "architecture = settings_of(run).architecture\n"
        "assert architecture.preview is None and 'own_layers' not in sys.modules\n"
        "first, again = architecture.spec, architecture.spec\n"
        "assert first is again\n"
        "calls = [module.CALLS for module in list(sys.modules.values()) if hasattr(module, 'CALLS')]\n"
        "print(calls)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[[1]]\n"), done.stderr
