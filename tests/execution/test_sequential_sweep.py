"""Sweeps of comparisons with sequential seeds, whose fake numbers separate at the second look."""

import pytest

from gdbench.comparison.results import Results
from gdbench.comparison.sequential import Stopping
from gdbench.errors import LedgerError
from gdbench.execution.local.pool import Pool
from gdbench.experiment.stored_experiment import read_experiment
from gdbench.ledger import Ledger, read
from tests.configs import plan_of
from tests.execution import fakes
from tests.execution.test_sweep import Interrupted, StagedSweep, alone

SEEDS = "seeds: {from: 5, until: separated, at_most: 20}\n"
ONE = f"{SEEDS}grid: {{optimizer: [adam, sgd, rmsprop]}}\n"
# Rows that differ only in the batch size never separate.
TWO = f"""\
{SEEDS}
comparisons:
  optimizers: {{grid: {{optimizer: [adam, sgd, rmsprop]}}}}
  batch_sizes: {{grid: {{training.batch_size: [32, 64]}}, seeds: {{at_most: 8}}}}
"""


@pytest.fixture
def swept(tmp_path):
    return StagedSweep(tmp_path, fakes.make_separating)


def stoppings(plan, folder):
    """Where each comparison stands, by what the results folder holds."""
    results = Results.load(folder)
    assert results.experiment == plan.experiment
    return dict(zip((each.name for each in plan.experiment.comparisons), results.stoppings, strict=True))


def test_it_stops_once_the_best_row_is_separated(tmp_path, swept):
    plan = plan_of(tmp_path, ONE)
    swept(plan)
    assert sorted(swept.trained) == sorted([*range(10)] * 3)
    assert swept.said == [
        "config: 15 to 60 runs, 0 in the ledger",
        "config: the best row is not separated from all others with 5; on to 10 of at most 20 seeds",
    ]
    assert stoppings(plan, swept.folder) == {"config": Stopping(10, 20, 3, "separated")}
    assert swept.counts == [2]
    swept(plan)
    assert swept.trained == []
    assert swept.said == ["config: 30 runs, 30 in the ledger"]


def test_no_run_of_a_later_look_is_trained_before_the_look_is_over(tmp_path, swept):
    swept(plan_of(tmp_path, ONE), workers=3)
    assert sorted(swept.trained[:15]) == sorted([*range(5)] * 3)


def test_two_comparisons_stop_each_for_itself_and_share_their_runs(tmp_path, swept):
    plan = plan_of(tmp_path, TWO)
    swept(plan)
    # Of the ten seeds of adam the other comparison takes eight, and eight more at its second batch size.
    assert len(swept.trained) == len(read(swept.folder)) == 30 + 8
    assert stoppings(plan, swept.folder) == {
        "optimizers": Stopping(10, 20, 3, "separated"),
        "batch_sizes": Stopping(8, 8, 2, "not_separated"),
    }


@pytest.mark.parametrize("order", ["seeds", "longest"])
def test_the_outcome_does_not_depend_on_workers_or_order(tmp_path, order):
    plan = plan_of(tmp_path, TWO)
    made = {}
    for workers in (1, 3):
        one = StagedSweep(tmp_path / str(workers), fakes.make_separating)
        records = one(plan, workers=workers, order=order).records
        made[workers] = {run: record.outcome.metrics for run, record in records.items()}
    assert made[1] == made[3]


class InterruptedAfter(Pool):
    """A pool whose user presses Ctrl-C after so many runs."""

    runs = 0
    handed_out = 0

    def next_outcome(self):
        ended = super().next_outcome()
        if self.handed_out == self.runs:
            raise KeyboardInterrupt
        self.handed_out += 1
        return ended


@pytest.mark.parametrize("runs", [0, 7, 14, 15, 16, 22])
def test_after_ctrl_c_it_goes_on_at_the_same_look(tmp_path, swept, monkeypatch, runs):
    plan = plan_of(tmp_path, ONE)
    monkeypatch.setattr(InterruptedAfter, "runs", runs)
    with pytest.raises(KeyboardInterrupt):
        swept(plan, pool=InterruptedAfter)
    done = sum(line["status"] == "done" for line in swept.lines())
    # What the other worker has told by then counts as well.
    assert runs <= done <= runs + 1
    swept(plan)
    assert len(swept.trained) == 30 - done
    assert stoppings(plan, swept.folder) == {"config": Stopping(10, 20, 3, "separated")}
    assert [line["status"] for line in swept.lines()].count("done") == 30


def test_ctrl_c_leaves_a_whole_table_of_the_seeds_before(tmp_path, swept, monkeypatch):
    plan = plan_of(tmp_path, ONE)
    monkeypatch.setattr(InterruptedAfter, "runs", 22)
    with pytest.raises(KeyboardInterrupt):
        swept(plan, pool=InterruptedAfter)
    [table] = Results.load(swept.folder).tables(["test_accuracy"], ["last"])
    assert [(row.runs, row.done) for row in table.rows] == [(5, 5)] * 3
    assert table.stopping == Stopping(5, 20, 3, next=10)


def test_a_sweep_that_was_killed_between_two_looks_takes_the_second(tmp_path, swept, monkeypatch):
    plan = plan_of(tmp_path, ONE)
    append = Ledger.append

    def killed(ledger, record):
        if len(read(swept.folder)) == 15:
            raise LedgerError("killed")
        append(ledger, record)

    monkeypatch.setattr(Ledger, "append", killed)
    with pytest.raises(LedgerError):
        swept(plan, workers=1)
    monkeypatch.undo()
    swept(plan)
    assert swept.said[0] == "config: 30 to 60 runs, 15 in the ledger"
    assert sorted(swept.trained) == sorted([*range(5, 10)] * 3)


def test_what_earlier_sweeps_have_trained_beyond_the_end_is_kept_and_not_counted(tmp_path, swept):
    swept(plan_of(tmp_path, ONE, seeds=12))
    plan = plan_of(tmp_path, ONE)
    swept(plan)
    assert swept.trained == []
    assert len(read(swept.folder)) == 36
    assert stoppings(plan, swept.folder) == {"config": Stopping(10, 20, 3, "separated")}
    assert len(Results.load(swept.folder).own_records) == 30


def fails_first(run):
    """One run of the best row fails, which leaves the two others to be separated."""
    if (run.optimizer["name"], run.seed) == ("adam", 1):
        raise ValueError("no")
    return fakes.separating(run)


def make_failing(_threads):
    return fails_first


def test_a_failed_run_takes_its_row_out_until_it_is_tried_again(tmp_path, swept):
    plan = plan_of(tmp_path, ONE)
    swept(plan, make_failing)
    assert stoppings(plan, swept.folder) == {"config": Stopping(5, 20, 3, "separated")}
    assert len(swept.trained) == 15
    swept(plan, retry_failed=True)
    assert len(swept.trained) == 1 + 15
    assert stoppings(plan, swept.folder) == {"config": Stopping(10, 20, 3, "separated")}


def test_fresh_begins_with_the_first_look(tmp_path, swept):
    plan = plan_of(tmp_path, ONE)
    swept(plan)
    swept(plan, fresh=True)
    assert len(swept.trained) == 30
    assert "config: 15 to 60 runs, 0 in the ledger" in swept.said


def test_timed_runs_are_trained_alone_look_by_look(tmp_path, swept):
    plan = plan_of(tmp_path, f"timing: exclusive\n{ONE}")
    assert plan.exclusive_runs == {run.id for run in plan.runs}
    swept(plan)
    assert swept.counts == [1]
    assert {line["timing"] for line in swept.lines()} == {"exclusive"}
    assert len(swept.trained) == 30


def test_looks_at_timed_runs_may_ask_for_others(tmp_path, swept):
    plan = plan_of(tmp_path, ONE)
    # Only the first look is timed, so that the shared queue is empty until it is over.
    swept(alone(plan, *range(5)))
    assert swept.counts == [1, 2]
    assert len(swept.trained) == 30


def test_all_that_may_be_trained_is_prepared_before_the_first_run(tmp_path, swept):
    prepared = []
    swept(plan_of(tmp_path, ONE), prepare=lambda _records, runs: prepared.extend(runs))
    assert len(prepared) == 60


def test_the_progress_counts_the_runs_of_a_further_look(tmp_path, swept):
    totals = []

    def watch(runs):
        totals.append(runs)
        return StagedSweep.watch(swept, runs)

    swept.watch = watch
    swept(plan_of(tmp_path, ONE))
    assert len(totals[0]) == 30


def test_an_interrupted_first_look_is_no_look(tmp_path, swept):
    plan = plan_of(tmp_path, ONE)
    with pytest.raises(KeyboardInterrupt):
        swept(plan, pool=Interrupted, workers=1)
    assert stoppings(plan, swept.folder) == {"config": Stopping(5, 20, 3, next=5)}
    assert read_experiment(swept.folder) == plan.experiment
