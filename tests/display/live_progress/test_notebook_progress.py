"""The bar of a notebook says what the workers are doing, also before any run has ended."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from gdbench.display.live_progress.notebook_progress import NotebookBar
from gdbench.display.live_progress.sweep_state import SweepState
from gdbench.display.run_text import run_names
from gdbench.execution.activity import Activity, Doing
from gdbench.stages import COMPILING, LOADING
from tests.builders import a_record
from tests.configs import plan_of


def test_the_bar_says_what_workers_do_and_how_runs_ended(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "seeds: 1\ngrid: {optimizer: ['sgd', {name: adam, label: <b>}]}")
    sgd, adam = plan.runs
    doing: list[Doing] = []
    activity = SimpleNamespace(workers=(), starting=0, cluster="", under_way=lambda: doing)
    bar = NotebookBar(SweepState(run_names(plan.experiment), plan.runs, cast(Activity, activity)))
    assert bar.lines() == ["0 of 2 runs; elapsed 0:00, left -", "starting workers"]
    doing[:] = [Doing(sgd, "p", LOADING), Doing(adam, "q", COMPILING)]
    assert bar.lines()[1:] == ["sgd, seed 0: loading data", "<b>, seed 0: compiling program 1 of 2"]
    assert "<br>&lt;b&gt;, seed 0: compiling" in bar.formats()["text/html"]
    bar.add(replace(a_record(sgd.id), run=sgd))
    assert bar.lines()[0].startswith("1 of 2 runs (1 done); sgd, seed ")
    bar.is_over = True
    assert len(bar.lines()) == 1


def test_however_many_runs_are_under_way_the_workers_of_a_cluster_are_told(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "seeds: 12")
    doing = [Doing(run, "p", LOADING) for run in plan.runs]
    activity = SimpleNamespace(workers=(), starting=0, cluster="cluster: 12 workers", under_way=lambda: doing)
    bar = NotebookBar(SweepState(run_names(plan.experiment), plan.runs, cast(Activity, activity)))
    assert bar.lines()[-2:] == ["and 4 more runs under way", "cluster: 12 workers"]
    assert len(bar.lines()) == 1 + 8 + 2
