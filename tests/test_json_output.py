"""The exact text of everything that a command prints as JSON, from records made by hand."""

import json
import os
import re
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from gdbench.experiment.experiment import Plan
from gdbench.experiment.plan import load_plan
from gdbench.experiment.stored_experiment import write_experiment
from gdbench.ledger import Ledger
from gdbench.records import Outcome, Record
from tests.builders import ENVIRONMENT, a_record, accuracies, an_experiment

PAPER = """\
title: A paper
seeds: 2
target: 97 %
grid:
  optimizer: [sgd, adam]
published:
  - {source: Table 1, assumed: [the batch size], tolerance: 0.5 %, values: {sgd: 0.9 +- 0.01, adam: diverged}}
  - {source: Table 2, metric: epochs_to_target, tolerance: 1, values: {sgd: 3}}
  - {source: Figure 3, compare: order, values: {sgd: 0.9, adam: 0.98}}
claims: [adam > sgd, opposed: [train_loss, test_accuracy]]
"""


def figures(n, mean, sd=None, low=None, high=None, **others):
    median, least, most = (others.get(name, mean) for name in ("median", "min", "max"))
    separation = {"group": None, "difference": None, "p": None}
    return {
        **{"n": n, "mean": mean, "sd": sd, "ci_low": low, "ci_high": high, "median": median, "min": least, "max": most},
        **separation,
    }


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def results():
    """Two rows of hand-made records: sgd is done twice, adam has diverged."""
    folder = Path("results/optimizers")
    experiment = an_experiment({"optimizer": ["sgd", "adam"]}, {("sgd",): ["a0", "a1"], ("adam",): ["b0", "b1"]})
    write_experiment(folder, Plan(experiment, (), {"optimizers": {}}))
    records = [*accuracies("a", 0.5, 0.5).values(), a_record("b0", "diverged")]
    with Ledger(folder) as ledger:
        for record in records:
            ledger.append(record)
    return folder


@pytest.fixture
def paper(monkeypatch):
    """The plan of the only published comparison; adam has diverged in one of two seeds."""
    Path("published").mkdir()
    Path("published/paper.yaml").write_text(PAPER)
    monkeypatch.setattr("gdbench.experiment.shipped_configurations.folder", Path)
    plan = load_plan(Path("published/paper.yaml"))
    with Ledger(Path("results/paper")) as ledger:
        for run in plan.runs:
            seconds = {"train": 30.0, "evaluate": 2.0}
            if run.optimizer["name"] == "adam" and run.seed == 1:
                outcome = Outcome("diverged", seconds=seconds, diverged={"epoch": 1, "step": 7})
            else:
                accuracy = 0.875 + run.seed / 16
                history = {"epoch": [1], "update": [10], "test_accuracy": [accuracy], "train_loss": [0.25]}
                metrics = {"test_accuracy": accuracy, "train_loss": 0.25, "collapsed": False}
                outcome = Outcome("done", metrics, history, seconds)
            ledger.append(Record(run, outcome, "2026-01-02T03:04:05Z", ENVIRONMENT))
    return plan


def test_tables(call, results):
    rows = [
        {
            **{"labels": ["sgd"], "runs": 2, "done": 2, "diverged": 0, "failed": 0, "collapsed": 0},
            "metrics": {"test_accuracy": figures(2, 0.5, 0.0, 0.5, 0.5)},
            "notes": [],
        },
        {
            **{"labels": ["adam"], "runs": 2, "done": 0, "diverged": 1, "failed": 0, "collapsed": 0},
            "metrics": {"test_accuracy": figures(0, None, median="diverged")},
            "notes": [],
        },
    ]
    separation = {
        **{"test": "moderated", "seeds": 2, "best": None, "baseline": None, "pairs": 0, "separated": 0},
        **{"detectable": None, "obstacle": "few_seeds"},
    }
    table = {
        **{"comparison": "optimizers", "title": "Optimizers on MNIST", "axes": ["optimizer"], "rows": rows},
        "separations": {"test_accuracy": separation},
        "stopping": None,
    }
    assert call("tables", results, "--format", "json").out == json.dumps([table], indent=2) + "\n"


def test_show(call, results):
    assert call("show", results, "b0", "--json").out == (
        json.dumps(
            {
                **{"schema": 1, "id": "b0", "status": "diverged", "seed": 0},
                "run": {
                    "dataset": {"name": "mnist"},
                    "architecture": {"name": "mlp", "hidden": [128]},
                    "optimizer": {"name": "adam", "learning_rate": 0.001},
                    "training": {"epochs": 3},
                    "regularization": {},
                },
                **{"metrics": None, "history": {}, "seconds": {}, "timing": "shared"},
                **{"diverged": {"epoch": 2, "step": 17}, "error": None, "started": "2026-01-02T03:04:05Z"},
                "environment": ENVIRONMENT,
            },
            indent=2,
        )
        + "\n"
    )


def test_plan(call, paper):
    def point(label):
        done = [run for run in paper.runs if run.optimizer["name"] == label]
        statuses = ["done", "diverged" if label == "adam" else "done"]
        return {
            "labels": [label],
            "runs": [{"id": run.id, "status": status} for run, status in zip(done, statuses, strict=True)],
        }

    comparison = {
        **{"name": "paper", "title": "A paper", "axes": ["optimizer"], "looks": []},
        "points": [point("sgd"), point("adam")],
        "multiverse": None,
    }
    described = {
        **{"experiment": "paper", "title": "A paper", "points": 2, "runs": 4, "in_ledger": 4, "to_train": 0},
        **{"to_train_at_most": 0, "programs": 0, "estimated_seconds": 0.0, "estimated_seconds_at_most": 0.0},
        **{"workers": os.cpu_count(), "estimated_wall_seconds": 0.0},
        **{"estimated_from_records": 3, "comparisons": [comparison]},
        "settings": {run.id: {"seed": run.seed, **run.settings} for run in paper.runs},
    }
    assert call("plan", "published/paper.yaml", "--json").out == json.dumps(described, indent=2) + "\n"


@pytest.mark.usefixtures("paper")
def test_verdicts(call):
    text = call("reproduce", "published/paper.yaml", "--format", "json").out
    # The quantiles of two versions of scipy differ in the last digits.
    rounded = re.sub(r"\d+\.\d{9,}", lambda number: f"{float(number[0]):.9g}", text)
    assert rounded == (Path(__file__).parent / "golden" / "verdicts.json").read_text(encoding="utf-8")


@pytest.mark.usefixtures("paper")
def test_the_list_of_published_comparisons(call):
    row = {
        **{
            "name": "paper",
            "comparison": "A paper",
            "source": "Table 1",
            "axis": "optimizer",
            "runs": 4,
            "runs_of_file": 4,
        },
        **{"in_ledger": 4, "seconds": 128.0, "verdict": "undecided", "cells": "3 cells: 3 undecided"},
        **{"claims": "3 claims: 3 undecided", "multiverse": "", "date": "2026-01-02"},
    }
    assert call("reproduce", "--format", "json").out == json.dumps([row], indent=2) + "\n"


class Tiny(BaseModel):
    """Settings of a tiny section.

    What follows is for readers of the code.
    """

    rate: Annotated[float, Field(gt=0, description="step size")] = 0.1


def test_a_section_of_the_catalog(call, monkeypatch):
    monkeypatch.setattr("gdbench.display.catalog_pages.catalog_text.SECTION_MODELS", {"training": Tiny})
    rate = {
        **{"name": "rate", "default": 0.1, "rule": "a number above 0", "description": "step size", "required": False}
    }
    tiny = {"name": "training", "summary": "settings of a tiny section", "arguments": [rate]}
    assert call("list", "training", "--json").out == json.dumps([tiny], indent=2) + "\n"
