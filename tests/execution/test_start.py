"""Workers import nothing from the folder that a sweep is started in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
# Of the standard library, of TensorFlow, and of gdbench itself.
SHADOWS = (
    "csv",
    "random",
    "pickle",
    "selectors",
    "signal",
    "socket",
    "struct",
    "tempfile",
    "threading",
    "wrapt",
    "yaml",
)
SCRIPT = """
import sys
from multiprocessing import get_context
import gdbench
from gdbench.execution import pool
from gdbench.execution.run_queue import RunQueue
from tests.execution import fakes
from tests.execution.plans import a_plan
from pathlib import Path

if __name__ == "__main__":
    pool.PRELOADED = ("gdbench.records",)
    if sys.argv[2] == "spawn":
        pool.start_method = lambda: get_context("spawn")
    with pool.Pool(2, fakes.make_where) as started:
        for _run, outcome, _begun in started.outcomes(RunQueue(a_plan(Path(sys.argv[1]), [0, 1]).runs)):
            print(outcome.error)
"""


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
@pytest.mark.parametrize("python_path", ["{root}", ":{root}", ".:{root}"])
def test_no_module_of_the_current_folder_is_imported(tmp_path: Path, method: str, python_path: str):
    here, script = tmp_path / "here", tmp_path / "elsewhere" / "script.py"
    here.mkdir()
    script.parent.mkdir()
    script.write_text(f"import sys\nsys.path = [entry for entry in sys.path if entry != {str(here)!r}]\n{SCRIPT}")
    for name in SHADOWS:
        (here / f"{name}.py").write_text(f"open({str(here / 'ran')!r}, 'a').write('{name} ')\n")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), method],
        cwd=here,
        env={**os.environ, "PYTHONPATH": python_path.format(root=REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    ran = here / "ran"
    assert not ran.exists(), ran.read_text()
    assert done.stdout.splitlines() == [f"{REPOSITORY / 'gdbench'} in {here}"] * 2


def test_workers_have_the_gdbench_that_started_them_even_where_another_is_installed(tmp_path: Path):
    other, script = tmp_path / "other", tmp_path / "elsewhere" / "script.py"
    (other / "gdbench").mkdir(parents=True)
    (other / "gdbench" / "__init__.py").write_text("raise SystemExit('another gdbench')\n")
    script.parent.mkdir()
    script.write_text(f"import sys\nsys.path.insert(0, {str(REPOSITORY)!r})\n{SCRIPT}")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "forkserver"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(other)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.splitlines() == [f"{REPOSITORY / 'gdbench'} in {REPOSITORY}"] * 2, done.stderr
