"""Commands whose stdout and stderr are closed, full or of few characters, and users without a home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger
from gdbench.records import Record
from tests.builders import ENVIRONMENT
from tests.execution import fakes

GDBENCH = f"{sys.executable} -m gdbench"
NOT_EVEN_A_NAME = """
import pwd, sys

def unknown(_user):
    raise KeyError("no such user")

pwd.getpwuid = unknown
sys.argv = ["gdbench", *sys.argv[1:]]
from gdbench.cli import main
main()
"""


@pytest.fixture(autouse=True)
def _results(tmp_path, monkeypatch):
    """The results of a finished sweep whose title has characters of many scripts."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("title: µ = 0,9 – 学习率\nseeds: 1\n", encoding="utf-8")
    plan = load_plan(Path("a.yaml"))
    write_experiment(Path("results/a"), plan)
    with Ledger(Path("results/a")) as ledger:
        for run in plan.runs:
            ledger.append(Record(run, fakes.sound(run), "2026-01-02T03:04:05Z", ENVIRONMENT))


def shell(command, **environment):
    return subprocess.run(
        ["bash", "-c", command], capture_output=True, env={**os.environ, **environment}, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("ascii", rb"\xb5 = 0,9 \u2013 \u5b66\u4e60\u7387"),
        ("latin-1", b"\xb5" + rb" = 0,9 \u2013 \u5b66\u4e60\u7387"),
        ("utf-8", "µ = 0,9 – 学习率".encode()),
    ],
)
def test_what_an_encoding_lacks_is_spelled_out(encoding, title):
    done = shell(f"{GDBENCH} tables results/a", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(title)
    refused = shell(f"{GDBENCH} tables résultats", PYTHONIOENCODING=encoding)
    assert refused.returncode == 2
    assert refused.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("redirection", "codes", "said"),
    [
        (">&-", (0,), b""),
        (">&- 2>&-", (0,), b""),
        ("<&- >&- 2>&-", (0,), b""),
        ("| head -c 0", (0, 1), b""),
        ("> /dev/full", (1,), b"cannot go on: No space left on device\n"),
        ("> /dev/full 2> /dev/full", (1,), b""),
    ],
)
def test_a_stdout_that_takes_nothing(redirection, codes, said):
    done = shell(f"set -o pipefail; {GDBENCH} tables results/a {redirection}")
    assert done.returncode in codes
    assert done.stderr == said


def test_a_stderr_that_takes_nothing_changes_no_exit_code():
    for redirection in ("2>&-", "2> /dev/full"):
        assert shell(f"{GDBENCH} tables nowhere {redirection}").returncode == 2
        assert shell(f"{GDBENCH} tables results/a {redirection}").returncode == 0


def test_what_typer_says_of_a_wrong_option_commands_no_terminal():
    done = shell(f"{GDBENCH} tables $'--x\\e]0;title\\a' x")
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == r"Error: No such option: --x\x1b]0;title\x07"


def test_a_user_without_home_and_without_a_name():
    without = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CONFIG_HOME")}
    for arguments in (["list", "dataset"], ["tables", "results/a"], ["plan", "a.yaml"]):
        done = subprocess.run(
            [sys.executable, "-c", NOT_EVEN_A_NAME, *arguments], capture_output=True, env=without, check=False
        )
        assert (done.returncode, done.stderr) == (0, b""), arguments
