"""What training keeps Keras from importing, and that users' code still may."""

import importlib
import subprocess
import sys

import pytest

from gdbench.interpreter.unused_packages import UNUSED, without_unused_packages

LOADS = f"""
import sys
import gdbench.training.trainer
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {set(UNUSED)!r}))
import scipy.sparse
"""


def test_packages_are_hidden_meanwhile_and_no_longer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "scipy", raising=False)
    with without_unused_packages(), pytest.raises(ModuleNotFoundError):
        importlib.import_module("scipy")
    assert importlib.import_module("scipy").__name__ == "scipy"


def test_packages_that_are_imported_stay():
    pandas = importlib.import_module("pandas")
    with without_unused_packages():
        assert importlib.import_module("pandas") is pandas
    assert sys.modules["pandas"] is pandas


@pytest.mark.training
def test_training_imports_none_of_them():
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
