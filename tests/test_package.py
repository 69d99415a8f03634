"""What a release uploads: a source archive and a wheel, which say the same and are taken by the index."""

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from gdbench.execution.findings import NEWEST_PYTHON
from gdbench.version import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_classifiers_name_the_versions_of_python_that_were_tried() -> None:
    assert PROJECT["requires-python"] == ">=3.11"
    named = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith("Programming Language")]
    assert named == ["3", "3.11", "3.12", "3.13"]
    assert tuple(map(int, named[-1].split("."))) == NEWEST_PYTHON


def run(*arguments: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def built(source: Path, folder: Path, kind: str) -> Path:
    # Without a fresh environment, which would be downloaded each time.
    run("build", "--no-isolation", f"--{kind}", "--outdir", str(folder), ".", folder=source)
    [made] = folder.iterdir()
    return made


def contents(wheel: Path) -> dict[str, int]:
    """Each file of a wheel with its checksum; the list of the files differs in its order alone."""
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist() if not entry.filename.endswith("RECORD")}


@pytest.mark.long
def test_the_source_archive_builds_the_same_wheel_and_the_index_would_take_both(tmp_path: Path) -> None:
    for package in ("build", "twine", "hatchling"):
        pytest.importorskip(package)
    clone, unpacked = tmp_path / "clone", tmp_path / "unpacked"
    ignored = shutil.ignore_patterns(".git", "results", ".venv", "__pycache__", ".*_cache", "dist")
    shutil.copytree(ROOT, clone, ignore=ignored)
    archive = built(clone, tmp_path / "sdist", "sdist")
    with tarfile.open(archive) as tar:
        tar.extractall(unpacked, filter="data")
    [source] = unpacked.iterdir()
    direct, indirect = built(clone, tmp_path / "a", "wheel"), built(source, tmp_path / "b", "wheel")
    assert contents(direct) == contents(indirect)
    assert f"gdbench-{__version__}-py3-none-any.whl" == direct.name == indirect.name
    assert {"gdbench/configs/quickstart.yaml", "gdbench/data/mnist.npz", "gdbench/py.typed"} <= contents(direct).keys()
    run("twine", "check", "--strict", str(archive), str(direct), folder=tmp_path)
