"""What shells complete: as each of them asks, and through bash itself."""

import inspect
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from gdbench.cli import completion
from gdbench.cli.app import COMMANDS
from gdbench.comparison.pair_tests import TESTS
from gdbench.display.charts.chart_file import FORMATS
from gdbench.display.charts.kinds import KINDS
from gdbench.display.charts.look import LOOKS
from gdbench.display.exports import TOOLS
from gdbench.execution.orders import ORDERS
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.metrics import METRICS
from tests.test_imports import ARRAYS, RUN, SLOW

CONFIG = """\
seeds: 1
comparisons:
  rates: {grid: {optimizer.learning_rate: [0.1, 0.01]}}
  optimizers: {grid: {optimizer: {Plain: sgd, With momentum: {name: sgd, momentum: 0.9}}}}
"""


@pytest.fixture
def _any_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have typer take the shell that is named, not the one that runs the tests."""
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")


@pytest.fixture(autouse=True)
def _a_folder_with_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(CONFIG)
    write_experiment(Path("results/mine"), load_plan(Path("mine.yaml")))


def environment(shell: str, line: str) -> dict[str, str]:
    """What the script of a shell sets before it calls `gdbench`."""
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }
    return {**os.environ, **asked[shell], "_GDBENCH_COMPLETE": f"complete_{shell}"}


def completed(line: str, shell: str = "bash") -> subprocess.CompletedProcess[str]:
    """How a line is completed; the last word, perhaps empty, is the one that is being typed."""
    command = [sys.executable, "-m", "gdbench"]
    return subprocess.run(command, env=environment(shell, line), capture_output=True, text=True, timeout=120)


def script_of(shell: str) -> str:
    """The script that a shell reads at its start."""
    command = [sys.executable, "-m", "gdbench", "--show-completion", shell]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("gdbench sw", ["sweep"]),
        ("gdbench plan mine.yaml --se", ["--set", "--seeds"]),
        ("gdbench sweep quick", ["quickstart"]),
        ("gdbench sweep mi", ["mine.yaml"]),
        ("gdbench reproduce zei", ["zeiler2012", "zeiler2012-reasons"]),
        ("gdbench tables res", ["results/mine"]),
        ("gdbench tables results/mine --metric test_l", ["test_loss"]),
        ("gdbench tables results/mine --only ", ["0.1", "0.01", "Plain", "With\\ momentum"]),
        ("gdbench tables mine.yaml --only P", ["Plain"]),
        ("gdbench tables --by optimizer.", []),
        ("gdbench tables results/mine --by opt", ["optimizer.learning_rate", "optimizer"]),
        ("gdbench tables results/mine --at b", ["best_val"]),
        ("gdbench tables results/mine --at last,b", ["last,best_val"]),
        ("gdbench tables results/mine --only 0.1,Pl", ["0.1,Plain"]),
        ("gdbench tables results/mine --format j", ["json"]),
        ("gdbench tables results/mine --sort m", ["mean", "median", "min", "max"]),
        ("gdbench tables results/mine --test p", ["paired"]),
        ("gdbench plot results/mine --kind s", ["sensitivity", "strip"]),
        ("gdbench plot results/mine --format p", ["png", "pdf"]),
        ("gdbench plot results/mine --by ", ["epoch", "update", "seconds", "optimizer.learning_rate", "optimizer"]),
        ("gdbench plot results/mine --width s", ["single", "slide"]),
        ("gdbench export results/mine --to ", ["tensorboard", "mlflow"]),
        ("gdbench sweep mine.yaml --order ", ["seeds", "longest"]),
        ("gdbench list exc", ["exclude"]),
        ("gdbench list adam", ["adam", "adamw", "adamax"]),
        ("gdbench list reg", ["regularizer", "regularization"]),
        ("gdbench new x --from star", ["starter"]),
        ("gdbench sweep mine.yaml --set training.batch", ["training.batch_size="]),
    ],
)
def test_a_line_is_completed(line: str, offered: list[str]) -> None:
    done = completed(line)
    assert (done.returncode, done.stderr, done.stdout.split("\n")[:-1] or [""]) == (0, "", offered or [""])


def test_the_words_that_are_offered_are_all_that_an_option_takes() -> None:
    assert {
        "kind": tuple(KINDS),
        "to": tuple(TOOLS),
        "order": ORDERS,
        "test": tuple(TESTS),
        "width": tuple(LOOKS),
    } == completion.WORDS
    assert tuple(FORMATS) == completion.CHART_FORMATS


def test_every_option_that_takes_words_offers_them() -> None:
    # Else a new option would go without: what a shell cannot know is a number, a path, or free text.
    free = {
        "results",
        "out",
        "workers",
        "seeds",
        "timeout",
        "memory_limit",
        "shard",
        "cluster",
        "precision",
        "optimizer",
    }
    parameters = {name: p for command in COMMANDS for name, p in inspect.signature(command).parameters.items()}
    flags = {name for name, p in parameters.items() if get_args(p.annotation)[0] is bool}
    assert parameters.keys() - flags - completion._COMPLETERS.keys() - free == {"name"}


def test_run_ids_are_those_of_the_folder() -> None:
    ids = load_plan(Path("mine.yaml")).experiment.run_ids
    assert completed("gdbench show results/mine ").stdout.split() == list(ids)


@pytest.mark.parametrize(("shell", "offered"), [("zsh", '"With momentum"'), ("fish", "With momentum")])
def test_other_shells_quote_for_themselves(shell: str, offered: str) -> None:
    done = completed("gdbench tables results/mine --only With", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert offered in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    "line",
    [
        "gdbench tables results/nothing --only ",
        "gdbench tables results/damaged --only ",
        "gdbench tables broken.yaml --only ",
        "gdbench tables results/mine --format nothing --metric te",
        "gdbench nothing ",
        "gdbench sweep 'unfinished ",
        "gdbench sweep --nothing=",
        "gdbench show \x1b[31m ",
        "",
    ],
)
def test_what_cannot_be_completed_prints_no_error(shell: str, line: str) -> None:
    Path("results/damaged").mkdir()
    Path("results/damaged/experiment.yaml").write_text("a: [")
    Path("broken.yaml").write_text("optimizer: [")
    done = completed(line, shell)
    assert done.stderr == ""
    assert "Traceback" not in done.stdout
    assert "expected" not in done.stdout


@pytest.mark.parametrize("line", ["gdbench sweep ", "gdbench tables results/mine --only ", "gdbench list ad"])
def test_completing_loads_nothing_slow(tmp_path: Path, line: str) -> None:
    done = subprocess.run([sys.executable, "-c", RUN], env=environment("bash", line), capture_output=True, timeout=120)
    assert done.stdout
    assert set(json.loads((tmp_path / "modules.json").read_text())["modules"]) & (ARRAYS | SLOW | {"rich"}) == set()


@pytest.mark.usefixtures("_any_shell")
@pytest.mark.parametrize(
    ("shell", "sign"), [("bash", "complete -o"), ("zsh", "#compdef gdbench"), ("fish", "complete ")]
)
def test_each_shell_has_a_script_that_calls_gdbench(shell: str, sign: str) -> None:
    script = script_of(shell)
    assert sign in script
    assert f"_GDBENCH_COMPLETE=complete_{shell}" in script


def path_with_gdbench(folder: Path) -> dict[str, str]:
    """An environment whose path begins with a folder that has this gdbench as a command."""
    program = folder / "bin" / "gdbench"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gdbench "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}


@pytest.mark.usefixtures("_any_shell")
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to try it in")
def test_bash_completes_with_its_script(tmp_path: Path) -> None:
    (tmp_path / "script").write_text(script_of("bash"))
    path = path_with_gdbench(tmp_path)
    lines = [
        "source ./script",
        "COMP_WORDS=(gdbench tables results/mine --metric val_) COMP_CWORD=4",
        '_gdbench_completion gdbench; echo "${COMPREPLY[@]}"',
        "COMP_WORDS=(gdbench tables results/mine --metric = val_) COMP_CWORD=5",
        '_gdbench_completion gdbench; echo "${COMPREPLY[@]}"',
    ]
    done = subprocess.run(["bash", "--norc", "-c", "\n".join(lines)], env=path, capture_output=True, text=True)
    assert (done.stderr, done.stdout.split()) == ("", 2 * [name for name in METRICS if name.startswith("val_")])


@pytest.mark.usefixtures("_any_shell")
@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish to try it in")
def test_fish_completes_with_its_script(tmp_path: Path) -> None:
    (tmp_path / "script").write_text(script_of("fish"))
    line = "gdbench tables results/mine --metric"
    asked = f"source {tmp_path / 'script'}; complete -C '{line} val_'; complete -C '{line}=val_'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", asked], env=path_with_gdbench(tmp_path), capture_output=True, text=True
    )
    names = sorted(name for name in METRICS if name.startswith("val_"))
    assert (done.stderr, done.stdout.split()) == ("", [*names, *(f"--metric={name}" for name in names)])


# A shell that has completed these lines has called a command named gdbench with these arguments.
TYPED = {
    "sw\t": "sweep",
    "plan mi\t": "plan mine.yaml",
    "tables mine.yaml --met\ttest_l\t": "tables mine.yaml --metric test_loss",
    "tables results/mine --only With\t": "tables results/mine --only With momentum",
    "tables results/mine --at last,b\t": "tables results/mine --at last,best_val",
    "plot results/mine --kind cur\t": "plot results/mine --kind curves",
    "show results/mine RUN\t": "show results/mine ID",
    "report results/mine --out mi\t": "report results/mine --out mine.yaml",
    "tables mine.yaml --metric=val_l\t": "tables mine.yaml --metric=val_loss",
    "plan mine.yaml --set training.ep\t10": "plan mine.yaml --set training.epochs=10",
}
TERMINAL = "import pty, sys; pty.spawn(sys.argv[1:])"


@pytest.mark.long
@pytest.mark.usefixtures("_any_shell")
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_key_press_completes_a_line_as_installed(tmp_path: Path, shell: str) -> None:
    """In an interactive shell at a terminal, from the very first line."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} to try it in")
    home = tmp_path / "home"
    # Without this folder fish would begin to read all manuals.
    (home / ".local/share/fish/generated_completions").mkdir(parents=True)
    path = path_with_gdbench(tmp_path)
    own = {**path, "HOME": str(home), "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path)}
    own = {name: value for name, value in own.items() if name != "ZDOTDIR" and not name.startswith("XDG_")}
    subprocess.run(["gdbench", "--install-completion", shell], env=own, check=True, capture_output=True)
    program, log = tmp_path / "bin" / "gdbench", tmp_path / "log"
    real = program.read_text().splitlines()[1]
    program.write_text(f'#!/bin/sh\n[ -n "$_GDBENCH_COMPLETE" ] && {real}\necho "$*" >> {log}\n')
    run = next(id_ for id_ in load_plan(Path("mine.yaml")).experiment.run_ids)
    arguments = [sys.executable, "-c", TERMINAL, shell, "-i"]
    with subprocess.Popen(arguments, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        # It reads keys once this has come out; the line as typed does not contain the word.
        terminal.stdin.write(b"printf 'rea%s\\n' dy\r")
        terminal.stdin.flush()
        seen = b""
        while b"ready" not in seen:
            seen += os.read(terminal.stdout.fileno(), 1000)
        for typed in TYPED:
            terminal.stdin.write(f"gdbench {typed.replace('RUN', run[:5])}\r".encode())
        terminal.stdin.write(b"exit\r")
        terminal.stdin.flush()
        terminal.communicate(timeout=120)
    expected = [line.replace("ID", run) for line in TYPED.values()]
    assert [line.rstrip() for line in log.read_text().splitlines()] == expected


@pytest.mark.usefixtures("_any_shell")
def test_scripts_complete_from_the_first_key_press_settings_up_to_the_sign_and_values_behind_one() -> None:
    scripts = {shell: script_of(shell) for shell in ("bash", "zsh", "fish")}
    assert scripts["zsh"].rstrip().endswith('_gdbench_completion "$@"\nfi')
    assert "builtin compadd -S ''" in scripts["zsh"]
    assert "compset -P 1 '*='" in scripts["zsh"]
    assert "compopt -o nospace" in scripts["bash"]
    assert "COMP_CWORD=$place" in scripts["bash"]
    assert "string replace" in scripts["fish"]


@pytest.mark.usefixtures("_any_shell")
def test_installing_writes_to_the_home_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-m", "gdbench", "--install-completion", "bash"]
    done = subprocess.run(command, env={**os.environ, "HOME": str(home)}, capture_output=True, text=True)
    assert done.returncode == 0
    assert "gdbench" in "".join(path.read_text() for path in home.rglob("*") if path.is_file())


def test_every_command_can_be_completed() -> None:
    offered = completed("gdbench ").stdout.split()
    assert offered == [command.__name__.rstrip("_") for command in COMMANDS]
