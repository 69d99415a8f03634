"""Settings outside the configuration that would change numbers under the same id."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import keras
import pytest

from gdbench.errors import PluginError
from gdbench.records import Run
from gdbench.training.trainer import Trainer

RunOf = Callable[..., Run]

CODE = """
import os, sys, json
from pathlib import Path
from gdbench.training.trainer import Trainer
from gdbench.experiment.plan import load_plan
import keras
trainer = Trainer(1)
runs = [load_plan(Path(sys.argv[1]), json.loads(overrides), 1).runs[0] for overrides in sys.argv[2:]]
print(json.dumps([trainer(run).history for run in runs]))
print(keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format(), keras.backend.backend())
print(sorted(name for name in os.environ if name.startswith(("XLA_", "TF_", "ONEDNN_", "NPY_"))))
"""
SHORT = ["training={epochs: 1, compile: auto, batch_size: 125}"]
CONVOLUTION = [*SHORT, "architecture={name: cnn, filters: [4], pool_size: 1, padding: same}"]
SET = {
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "NPY_DISABLE_CPU_FEATURES": "AVX2",
    "KERAS_BACKEND": "jax",
}


def test_neither_keras_json_nor_variables_change_numbers(trainer: Trainer, run_of: RunOf, tmp_path: Path):
    expected = [trainer(run_of(*overrides)).history for overrides in (SHORT, CONVOLUTION)]
    config = {"floatx": "float64", "epsilon": 0.1, "image_data_format": "channels_first", "backend": "torch"}
    (tmp_path / "keras.json").write_text(json.dumps(config))
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "config.yaml"), json.dumps(SHORT), json.dumps(CONVOLUTION)],
        env={**os.environ, **SET, "KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    histories, settings, variables = done.stdout.splitlines()
    assert json.loads(histories) == expected
    assert settings == "float32 1e-07 channels_last tensorflow"
    assert not any(prefix in variables for prefix in ("XLA", "ONEDNN", "NPY"))


def test_code_that_changes_the_settings_fails_its_own_run_alone(
    trainer: Trainer, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
):
    whole = trainer._prepared

    def changing(*arguments: object) -> object:
        keras.config.set_epsilon(0.5)
        return whole(*arguments)

    monkeypatch.setattr(trainer, "_prepared", changing)
    with pytest.raises(PluginError, match=r"expected code that leaves keras\.config as it is; got epsilon 0\.5"):
        trainer(run_of("training.epochs=1"))
    assert keras.config.epsilon() == 1e-7


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[]", "expected a mapping of Keras' settings; got []"),
        ('{"floatx": {"a": 1}}', "floatx: expected one of float32, float16, float64; got {a: 1}"),
        ('{"image_data_format": 3}', "image_data_format: expected one of channels_last, channels_first; got 3"),
        ('{"epsilon": "x"}', "epsilon: expected a float; got 'x'"),
    ],
)
def test_a_keras_json_that_keras_cannot_be_imported_with_is_named(tmp_path: Path, text: str, rule: str):
    (tmp_path / "keras.json").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", "import gdbench.training"],
        env={**os.environ, "KERAS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.stderr.splitlines()[-1] == f"gdbench.errors.SweepError: {tmp_path}/keras.json: {rule}"
