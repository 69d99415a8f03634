"""What is there when the first worker is forked."""

import importlib
import sys
import threading
from types import ModuleType

import numpy as np
import pytest

from gdbench.catalog.datasets import mnist


def test_the_embedded_data_are_read_and_no_thread_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mnist, "_READ", {})
    expected = mnist.mnist()
    threads = threading.active_count()
    # Loaded by another test only where it has TensorFlow.
    monkeypatch.setitem(sys.modules, "gdbench.training.trainer", ModuleType("gdbench.training.trainer"))
    monkeypatch.delitem(sys.modules, "gdbench.execution.local.preloaded", raising=False)
    importlib.import_module("gdbench.execution.local.preloaded")
    assert threading.active_count() == threads
    monkeypatch.setattr(mnist, "_published", lambda: pytest.fail("read twice"))
    found = mnist.mnist()
    assert np.array_equal(found.train_images, expected.train_images)
    assert not found.train_images.flags.writeable


def test_a_damaged_file_is_left_to_the_run_that_needs_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mnist, "_READ", {})
    monkeypatch.setitem(mnist.MNIST_SUMS, "y_test", "0" * 64)
    mnist.read_ahead()
    assert mnist._READ == {}
