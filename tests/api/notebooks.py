"""Runs notebooks as Jupyter does, each in a kernel of its own that writes nothing into anyone's home."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]


def notebook_of(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def executed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, notebook: nbformat.NotebookNode, *, may_fail: bool = False
) -> list[nbformat.NotebookNode]:
    """The cells of a notebook after they were executed in a folder; one that fails is an error unless it `may_fail`."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources, allow_errors=may_fail).execute()
    return list(notebook.cells)
