"""What a command loads: a fresh interpreter runs it and names its modules. No stopwatch: names don't vary."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.configs import EXAMPLE

RUN = """
import json, runpy, sys
sys.argv[0] = "gdbench"
code = 0
try:
    runpy.run_module("gdbench", run_name="__main__", alter_sys=True)
except SystemExit as error:
    code = error.code
with open("modules.json", "w") as file:
    json.dump({"code": code, "modules": sorted(sys.modules)}, file)
"""
SLOW = {"keras", "tensorflow", "distributed"}
QUICKSTART = Path(__file__).parents[1] / "results" / "reference" / "quickstart"
ARRAYS = {"numpy", "pandas", "scipy"}
CHARTS = {"altair", "vl_convert", "jinja2"}


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that `gdbench ARGUMENTS` leaves loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert (folder / "modules.json").exists(), done.stderr
    found = json.loads((folder / "modules.json").read_text())
    assert found["code"] in (0, None), done.stderr
    return set(found["modules"])


def left_by(code: str, *modules: str) -> list[str]:
    """Which of these modules a program leaves loaded."""
    found = f"import sys; {code}; print(*sorted(set({modules!r}) & set(sys.modules)))"
    return subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True).stdout.split()


def test_the_package_loads_nothing_before_it_is_called():
    assert left_by("import gdbench", *ARRAYS, *SLOW, "pydantic", "typer", "rich", "yaml") == []
    assert left_by("import gdbench; gdbench.load", *ARRAYS) == []


def test_the_process_that_forks_workers_is_started_before_anything_slow_is_imported():
    begin = "import gdbench.cli.app, gdbench.execution.orders, gdbench.execution.local.start_ahead"
    assert left_by(begin, *ARRAYS, *SLOW, "pydantic", "yaml") == []


def test_the_embedded_data_are_read_ahead_without_numpy_whose_variables_are_not_unset_yet():
    read = "from gdbench.catalog.datasets import mnist; mnist.read_ahead(); assert mnist._READ"
    assert left_by(read, *ARRAYS, *SLOW) == []


def test_loading_and_planning_load_no_keras(tmp_path: Path):
    (tmp_path / "example.yaml").write_text(EXAMPLE)
    plan = f"import gdbench; repr(gdbench.plan({str(tmp_path / 'example.yaml')!r}))"
    assert left_by(plan, *SLOW, "pandas", "IPython") == []
    load = f"import gdbench; str(gdbench.load({str(QUICKSTART)!r}))"
    assert left_by(load, *SLOW, "scipy.stats", "IPython") == []


@pytest.mark.parametrize(
    "arguments", [["--help"], ["plan", "--help"], ["sweep", "--help"], ["plot", "--help"], ["report", "--help"]]
)
def test_help_loads_nothing_slow(tmp_path: Path, arguments: list[str]):
    assert loaded(tmp_path, *arguments) & (ARRAYS | SLOW | CHARTS) == set()


@pytest.mark.parametrize("arguments", [["plan", "example.yaml"], ["list"], ["list", "optimizer"]])
def test_plan_and_list_load_no_keras(tmp_path: Path, arguments: list[str]):
    (tmp_path / "example.yaml").write_text(EXAMPLE)
    assert loaded(tmp_path, *arguments) & (SLOW | {"scipy.stats"}) == set()


def test_tables_are_tested_without_the_slow_part_of_scipy(tmp_path: Path):
    quickstart = str(Path(__file__).parents[1] / "results" / "reference" / "quickstart")
    seen = loaded(tmp_path, "tables", quickstart)
    assert "scipy.special" in seen
    assert seen & (SLOW | {"scipy.stats"}) == set()


@pytest.mark.parametrize(
    "module", ["gdbench.experiment.plan", "gdbench.experiment.stored_experiment", "gdbench.catalog", "gdbench.ledger"]
)
def test_what_plans_and_lists_needs_no_arrays(module: str):
    code = f"import sys, {module}; print(sorted({ARRAYS | SLOW!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tables_load_no_charts(tmp_path: Path):
    quickstart = Path(__file__).parents[1] / "results" / "reference" / "quickstart"
    assert loaded(tmp_path, "tables", str(quickstart)) & (SLOW | CHARTS) == set()


def test_charts_load_no_keras(tmp_path: Path):
    quickstart = Path(__file__).parents[1] / "results" / "reference" / "quickstart"
    assert loaded(tmp_path, "plot", str(quickstart), "--out", "x.svg") & (SLOW | {"scipy.stats"}) == set()


def test_what_the_tables_need_is_loaded_while_the_workers_get_ready(tmp_path: Path):
    code = f"""
import sys
from gdbench.cli import main
from gdbench.execution import preparation
from gdbench.execution.local import start_ahead

start_ahead.start_ahead = lambda: None
preparation.prepare = lambda *_: sys.exit("pandas" in sys.modules and "loaded")
sys.argv = ["gdbench", "sweep", "quickstart", "--results", {str(tmp_path)!r}]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.endswith("loaded\n")
