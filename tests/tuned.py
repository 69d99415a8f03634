"""Results of tuned comparisons without any training: numbers with a known best, stage by stage."""

from pathlib import Path

from gdbench.comparison.results import Results
from gdbench.comparison.stages_due import due_runs
from gdbench.execution.agenda import Agenda
from gdbench.records import Record
from tests.builders import ENVIRONMENT
from tests.configs import plan_of
from tests.execution.fakes import with_known_best

TWO = """\
title: Two data sets
dataset: {validation: 100}
seeds: 3
comparisons:
  plain:
    target: 89 %
    grid: {optimizer: [sgd, adam, rmsprop]}
    tune: {over: {optimizer.learning_rate: {from: 1e-4, to: 1, per_decade: 1}}}
  noisy:
    target: 89 %
    dataset: {label_noise: 0.1}
    grid: {optimizer: [sgd, adam, rmsprop]}
    tune: {over: {optimizer.learning_rate: {from: 1e-3, to: 10, per_decade: 1}}}
"""


def tuned_results(folder: Path, text: str = TWO, runs: int | None = None) -> Results:
    """The results of a text after so many runs, or all of them."""
    plan = plan_of(folder, text)
    records: dict[str, Record] = {}
    agenda = Agenda(plan, {}, due_runs)
    queue = list(agenda.due)
    while queue and (runs is None or len(records) < runs):
        run = queue.pop(0)
        records[run.id] = Record(run, with_known_best(run), "2026-01-02T03:04:05Z", ENVIRONMENT, "shared")
        queue += agenda.ended(run.id, records, lambda _text: None)
    return Results(plan.experiment, records)
