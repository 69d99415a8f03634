"""Results for other tools: each writes what it reads itself."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gdbench.display.exports import mlflow_store, tensorboard_logs
from gdbench.display.exports.exported_run import ExportedRun

TOOLS: Mapping[str, Callable[[str, Sequence[ExportedRun], Path], str]] = {
    "tensorboard": tensorboard_logs.write,
    "mlflow": mlflow_store.write,
}
"""Each tool, and what writes the runs of an experiment of some name into a folder and says how to look at them."""
