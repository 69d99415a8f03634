"""Workers import nothing from the folder that a sweep is started in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
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
from gdbench.execution.local import pool, preloading
from gdbench.execution.executor import outcomes
from tests.execution import fakes
from tests.execution.plans import a_plan
from pathlib import Path

if __name__ == "__main__":
    preloading.PRELOADED = ("gdbench.records",)
    if sys.argv[2] == "spawn":
        pool.start_method = lambda: get_context("spawn")
    with pool.Pool(2, fakes.make_where) as started:
        for _run, outcome, *_ in outcomes(started, a_plan(Path(sys.argv[1]), [0, 1]).runs):
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


# What loads the program before any worker is forked ends in different ways.
PRELOADING = """
import multiprocessing, pathlib, sys
from gdbench.errors import SweepError
from gdbench.execution import preparation
from gdbench.execution.local import pool, preloading
from gdbench.execution.executor import outcomes
from tests.execution import fakes
from tests.execution.plans import a_plan

preloading.PRELOADED = ("broken",)
try:
    if sys.argv[2] == "trial":
        preparation._trials([({"name": "own:code"}, [])])
    with pool.Pool(1, fakes.make) as started:
        list(outcomes(started, a_plan(pathlib.Path(sys.argv[1]), [0]).runs))
except SweepError as error:
    print(error)
"""


@pytest.mark.parametrize("process", ["worker", "trial"])
@pytest.mark.parametrize(
    ("source", "ending"),
    [
        ("raise RuntimeError('the library is broken')", "ended with code 1: RuntimeError: the library is broken"),
        ("import sys; sys.stderr.write('no AVX\\n'); sys.stderr.flush(); os._exit(3)", "ended with code 3: no AVX"),
        ("os.abort()", "was killed by signal 6 (SIGABRT)"),
        ("os.kill(os.getpid(), 9)", "was killed by signal 9 (SIGKILL), as by a system out of memory"),
    ],
)
def test_a_server_that_ends_while_it_loads_the_program_says_why(tmp_path: Path, process: str, source: str, ending: str):
    (tmp_path / "broken.py").write_text(f"import os\n{source}\n")
    done = subprocess.run(
        [sys.executable, "-c", PRELOADING, str(tmp_path / "plan"), process],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{tmp_path}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == f"a worker cannot start: the process that forks workers {ending}\n", done.stderr
    assert done.stderr == ""


# As if the server ended between the look at it and what follows.
ENDING = """
import os, signal
from gdbench.execution.local import fork_socket, start

start.start_server()
server = fork_socket._SERVER["_forkserver_pid"]
os.kill(server, signal.SIGKILL)
os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
look = fork_socket._is_running
fork_socket._is_running = lambda _pid: True
start.start_server()
fork_socket._is_running = look
print(fork_socket.server_ending())
start.start_server()
print(fork_socket._SERVER["_forkserver_pid"] != server)
"""


def test_a_server_that_ends_while_it_is_looked_at_is_not_replaced_unnoticed():
    done = subprocess.run(
        [sys.executable, "-c", ENDING],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.splitlines() == ["was killed by signal 9 (SIGKILL), as by a system out of memory", "True"], (
        done.stderr
    )


def test_an_import_that_fails_while_the_program_is_loaded_is_named(tmp_path: Path):
    (tmp_path / "broken.py").write_text("import no_such_library\n")
    script = PRELOADING.replace("fakes.make)", "fakes.make_broken)")
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "plan"), "worker"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{tmp_path}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == (
        "a worker cannot start: it ended with code 1: ModuleNotFoundError: No module named 'no_such_library'\n"
    ), done.stderr
