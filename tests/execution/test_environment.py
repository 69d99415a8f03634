import json
import subprocess
import sys
from importlib.metadata import version

import gdbench
from gdbench.execution.environment import environment


def test_versions_and_machine():
    found = environment()
    for package in ("keras", "tensorflow", "numpy"):
        assert found[package] == version(package)
    assert found["gdbench"] == gdbench.__version__
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert "cores" in found["machine"]
    assert json.loads(json.dumps(found)) == found


def test_the_libraries_it_names_are_not_imported():
    code = "import sys; from gdbench.execution.environment import environment; environment(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"keras", "tensorflow", "numpy"} & set(done.stdout.split())


def test_the_commit_is_that_of_the_clone_the_package_runs_from(tmp_path, monkeypatch):
    monkeypatch.setattr(gdbench, "__file__", str(tmp_path / "gdbench" / "__init__.py"))
    assert environment()["commit"] is None
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "--quiet"], [*identity, "commit", "--quiet", "--allow-empty", "--message", "first"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert environment()["commit"] == head.stdout.strip()
    monkeypatch.setenv("PATH", "")
    assert environment()["commit"] is None
