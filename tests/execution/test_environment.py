import json
import subprocess
import sys
from importlib.metadata import version

import pytest

import gdbench
from gdbench.execution.environment import environment, processor_of


def test_versions_and_machine():
    found = environment()
    for package in ("keras", "tensorflow", "numpy"):
        assert found[package] == version(package)
    assert found["gdbench"] == gdbench.__version__
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert "cores" in found["machine"]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel\t: 18\n",
            "AMD EPYC (family 25, model 17)",
        ),
        ("processor : 0\nmodel name : ARMv8: rev 1 (v8l)\n", "ARMv8: rev 1 (v8l)"),
    ],
    ids=["x86", "without numbers"],
)
def test_processors_of_one_name_are_told_apart(text, name):
    assert processor_of(text) == name


def test_the_libraries_it_names_are_not_imported():
    code = "import sys; from gdbench.execution.environment import environment; environment(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"keras", "tensorflow", "numpy"} & set(done.stdout.split())


def test_the_commit_is_that_of_the_clone_the_package_runs_from(tmp_path, monkeypatch):
    monkeypatch.setattr("gdbench.execution.environment.ROOT", str(tmp_path))
    assert environment()["commit"] is None
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "--quiet"], [*identity, "commit", "--quiet", "--allow-empty", "--message", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert environment()["commit"] == head.stdout.strip()
    monkeypatch.setenv("PATH", "")
    assert environment()["commit"] is None
