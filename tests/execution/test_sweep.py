import errno
import json
import os
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest

from gdbench.comparison.results import Results
from gdbench.comparison.stages_due import due_runs
from gdbench.errors import LedgerError, SweepError
from gdbench.execution.local.pool import Pool
from gdbench.execution.sweep import SweepOptions, sweep
from gdbench.ledger import Ledger, read
from tests.execution import fakes
from tests.execution.plans import a_plan, with_training


class Interrupted(Pool):
    """A pool whose user presses Ctrl-C when every worker has a run in hand."""

    def next_outcome(self):
        self._assign_runs()
        raise KeyboardInterrupt


class InterruptedLate(Pool):
    """A pool whose user presses Ctrl-C when its worker has told the outcome of the second run, which nobody heard."""

    def next_outcome(self):
        if not self.workers:
            return super().next_outcome()
        self._assign_runs()
        [worker] = self.workers
        assert worker.connection.poll(30)
        raise KeyboardInterrupt


class Sweep:
    """Sweeps into one folder; `trained` are the seeds of the last one in the order of their ends."""

    def __init__(self, folder):
        self.folder = folder / "results"
        self.said = []
        self.trained = []
        self.counts = []

    def __call__(self, plan, make=fakes.make, workers=2, pool=Pool, prepare=lambda *_: None, decide=None, **options):
        self.said, self.trained, self.counts = [], [], []

        def counted(count, *, queue):
            self.counts.append(count)
            return pool(count, make, queue=queue)

        return sweep(
            plan,
            self.folder,
            SweepOptions(workers=workers, **options),
            executor=counted,
            watch=self.watch,
            say=self.said.append,
            prepare=prepare,
            **({"find_due_runs": decide} if decide else {}),
        )

    @contextmanager
    def watch(self, _runs):
        yield lambda record: self.trained.append(record.run.seed)

    def statuses(self):
        return {record.run.seed: record.outcome.status for record in read(self.folder).values()}

    def lines(self):
        return [json.loads(line) for line in (self.folder / "runs.jsonl").read_text().splitlines()]


class StagedSweep(Sweep):
    """Sweeps whose stages and looks are those of the program; `make` makes the fake that they train with."""

    def __init__(self, folder, make):
        super().__init__(folder)
        self.make = make

    def __call__(self, plan, make=None, **options):
        return super().__call__(plan, make=make or self.make, decide=due_runs, **options)


@pytest.fixture
def swept(tmp_path):
    return Sweep(tmp_path)


def test_every_run_is_trained_once_and_never_again(tmp_path, swept):
    plan = a_plan(tmp_path)
    assert list(swept(plan).records) == list(read(swept.folder))
    assert sorted(swept.trained) == [0, 1, 2]
    assert swept.said == ["config: 3 runs, 0 in the ledger"]
    swept(plan)
    assert swept.trained == []
    assert swept.counts == []
    assert swept.said == ["config: 3 runs, 3 in the ledger"]


def test_one_more_value_in_the_grid_trains_only_its_runs(tmp_path, swept):
    swept(a_plan(tmp_path, batch_sizes=[32, 64]))
    longer = a_plan(tmp_path, batch_sizes=[32, 48, 64])
    swept(longer)
    assert sorted(swept.trained) == [0, 1, 2]
    assert [line["run"]["training"]["batch_size"] for line in swept.lines()[6:]] == [48, 48, 48]


def test_runs_that_are_no_longer_asked_for_stay_in_the_ledger(tmp_path, swept):
    swept(a_plan(tmp_path, batch_sizes=[32, 64]))
    swept(a_plan(tmp_path, batch_sizes=[64]))
    assert swept.trained == []
    assert len(read(swept.folder)) == 6


def test_a_record_has_the_run_its_environment_and_its_timing(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[0], more="training: {threads: 2}")
    [record] = swept(plan).records.values()
    assert record.run == plan.runs[0]
    assert record.environment["threads"] == 2
    assert {"python", "keras", "tensorflow", "numpy", "gdbench", "commit", "machine"} < set(record.environment)
    assert record.timing == "shared"
    assert record.started.endswith("Z")


def test_a_failed_run_is_kept_and_trained_again_only_when_asked(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[0, fakes.RAISES, fakes.KILLED])
    swept(plan)
    assert swept.statuses() == {0: "done", fakes.RAISES: "failed", fakes.KILLED: "failed"}
    swept(plan)
    assert swept.trained == []
    swept(plan, fakes.make_sound, retry_failed=True)
    assert sorted(swept.trained) == [fakes.RAISES, fakes.KILLED]
    assert set(swept.statuses().values()) == {"done"}


def test_a_sweep_whose_first_runs_all_fail_alike_stops(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[fakes.RAISES], batch_sizes=range(1, 21))
    with pytest.raises(SweepError) as caught:
        swept(plan, workers=1)
    assert len(swept.trained) == len(read(swept.folder)) == 5
    assert str(caught.value).startswith(
        "stopped with 15 runs left: all 5 runs so far, of 5 points, failed alike: ValueError: no such layer; gdbench "
    )
    assert list(read(swept.folder))[-1] in str(caught.value)
    swept(plan, fakes.make_sound)
    assert len(swept.trained) == 15
    swept(plan, fakes.make_sound, retry_failed=True)
    assert set(swept.statuses().values()) == {"done"}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_changes_during_a_sweep_stops_it_and_fails_no_run(tmp_path, swept, workers):
    plan = a_plan(tmp_path, seeds=[0, 1, fakes.STALE, 2, 3, 4])
    with pytest.raises(SweepError) as caught:
        swept(plan, workers=workers, order="longest")
    kept = swept.statuses()
    assert str(caught.value) == (
        f"stopped with {6 - len(kept)} runs left; finished ones are kept: own.py: expected the code as planned; "
        "got a changed file"
    )
    assert {0, 1} <= set(kept) <= {0, 1, 2, 3}
    assert set(kept.values()) == {"done"}
    swept(replace(plan, runs=tuple(run for run in plan.runs if run.seed != fakes.STALE)))
    assert {*kept, *swept.trained} == {0, 1, 2, 3, 4}


def test_a_run_under_way_when_a_file_changes_is_finished(tmp_path, swept):
    first, second = a_plan(tmp_path, seeds=[fakes.STALE, 0]).runs
    waiting = with_training(second, waits_for=str(tmp_path / "go"))
    plan = replace(a_plan(tmp_path, seeds=[fakes.STALE, 0]), runs=(first, waiting))
    threading.Timer(3, (tmp_path / "go").touch).start()
    with pytest.raises(SweepError, match=r"^stopped with 1 run left; finished ones are kept: "):
        swept(plan, order="longest")
    assert swept.statuses() == {0: "done"}


def test_failures_of_one_point_stop_no_other(tmp_path, swept):
    runs = a_plan(tmp_path, seeds=range(12)).runs
    failing = tuple(replace(run, seed=fakes.RAISES) for run in runs[:6])
    assert len(swept(replace(a_plan(tmp_path, seeds=range(12)), runs=(*failing, *runs[6:]))).records) == 12


@pytest.mark.parametrize("seeds", [[fakes.RAISES, 0], [fakes.RAISES, fakes.DIVERGES], [fakes.RAISES, fakes.EXITS]])
def test_a_sweep_whose_first_runs_end_in_different_ways_goes_on(tmp_path, swept, seeds):
    plan = a_plan(tmp_path, seeds=seeds, batch_sizes=range(1, 6))
    assert len(swept(plan, workers=1, order="longest").records) == 10


def test_runs_that_take_too_long_or_too_much_memory_do_not_stop_the_shorter_ones(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[fakes.SHORT_OF_MEMORY], batch_sizes=range(1, 9))
    assert len(swept(plan).records) == 8


def test_a_diverged_run_is_a_result(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[fakes.DIVERGES])
    swept(plan)
    assert swept.lines()[0]["diverged"] == {"epoch": 1, "step": 7}
    swept(plan, retry_failed=True)
    assert swept.trained == []


def test_fresh_keeps_the_old_folder_under_another_name(tmp_path, swept):
    plan = a_plan(tmp_path)
    swept(plan)
    old = swept.lines()
    swept(plan, fresh=True)
    assert sorted(swept.trained) == [0, 1, 2]
    assert swept.said[0] == f"the old results are kept in {swept.folder}.1"
    assert [json.loads(line) for line in (tmp_path / "results.1" / "runs.jsonl").read_text().splitlines()] == old


def test_runs_under_way_at_ctrl_c_are_recorded_and_trained_by_the_next_sweep(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[0, 1, 2], batch_sizes=[32])
    swept(a_plan(tmp_path, seeds=[0]))
    with pytest.raises(KeyboardInterrupt):
        swept(plan, pool=Interrupted, workers=1)
    assert swept.statuses() == {0: "done", 1: "interrupted"}
    swept(plan)
    assert sorted(swept.trained) == [1, 2]
    assert swept.statuses() == {0: "done", 1: "done", 2: "done"}


@pytest.mark.parametrize("timing", ["shared", "exclusive"])
def test_what_has_ended_at_ctrl_c_is_recorded_as_it_ended(tmp_path, swept, timing):
    plan = a_plan(tmp_path, seeds=[0, 1, 2], batch_sizes=[32], more=f"timing: {timing}")
    with pytest.raises(KeyboardInterrupt):
        swept(plan, pool=InterruptedLate, workers=1)
    assert swept.statuses() == {0: "done", 1: "done"}
    swept(plan)
    assert swept.trained == [2]


def test_training_stops_when_a_record_cannot_be_written(tmp_path, swept, monkeypatch):
    append = Ledger.append

    def full_disk(ledger, record):
        if len(read(swept.folder)) == 1:
            raise LedgerError("runs.jsonl: No space left on device")
        append(ledger, record)

    monkeypatch.setattr(Ledger, "append", full_disk)
    with pytest.raises(LedgerError, match="No space left"):
        swept(a_plan(tmp_path, seeds=range(5)), workers=1)
    assert swept.trained == [0]


def test_a_sweep_on_a_full_disk_says_how_to_go_on(tmp_path, swept, monkeypatch):
    write = os.write

    def full(descriptor, line):
        if b'"seed": 1,' in line:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, line)

    plan = a_plan(tmp_path, seeds=range(3))
    monkeypatch.setattr("gdbench.ledger.writing.os.write", full)
    with pytest.raises(LedgerError) as caught:
        swept(plan, workers=1)
    said = "runs in the ledger are kept; free some space, then run the same command again to continue"
    assert str(caught.value) == f"{swept.folder}/runs.jsonl: No space left on device; {said}"
    monkeypatch.undo()
    assert swept.statuses() == {0: "done"}


def test_a_folder_that_another_sweep_holds_is_left_alone(tmp_path, swept):
    with Ledger(swept.folder), pytest.raises(SweepError, match="is in use by process"):
        swept(a_plan(tmp_path))
    assert swept.counts == []
    assert not (swept.folder / "experiment.yaml").exists()


def test_a_torn_line_is_reported_and_its_run_trained_again(tmp_path, swept):
    plan = a_plan(tmp_path)
    swept(plan)
    ledger = swept.folder / "runs.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-20])
    swept(plan)
    assert len(swept.trained) == 1
    assert "unfinished" in swept.said[0]


def test_the_results_do_not_depend_on_the_number_of_workers_or_the_order_of_their_ends(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1, fakes.DIVERGES, fakes.RAISES], batch_sizes=[16, 32, 64])
    made = []
    for workers in (1, 3):
        records = Sweep(tmp_path / str(workers))(plan, workers=workers).records
        for ordered in (records, dict(reversed(records.items()))):
            made.append(Results(plan.experiment, ordered).tables(["test_accuracy", "test_loss"], ["last", "max"]))
        assert len(records) == 12
    assert all(each == made[0] for each in made)


def alone(plan, *seeds):
    """The plan with the runs of these seeds to be timed."""
    return replace(plan, exclusive_runs=frozenset(run.id for run in plan.runs if run.seed in seeds))


def test_timed_runs_come_last_one_by_one(tmp_path, swept):
    plan = alone(a_plan(tmp_path, seeds=range(6)), 0, 2, 4)
    swept(plan, workers=2)
    assert swept.counts == [2, 1]
    assert sorted(swept.trained[:3]) == [1, 3, 5]
    assert swept.trained[3:] == [0, 2, 4]
    assert {line["seed"]: line["timing"] for line in swept.lines()} == {
        **dict.fromkeys([0, 2, 4], "exclusive"),
        **dict.fromkeys([1, 3, 5], "shared"),
    }


def test_a_cluster_leaves_timed_runs_to_one_machine_and_says_so(tmp_path, swept):
    plan = alone(a_plan(tmp_path, seeds=range(4)), 0, 2)
    swept(plan, workers=2, cluster="tcp://127.0.0.1:8786")
    assert sorted(swept.trained) == [1, 3]
    assert swept.said[-1] == "2 runs whose times are compared wait for a sweep without --cluster"
    swept(plan, workers=2)
    assert swept.trained == [0, 2]


def test_a_run_that_was_trained_beside_others_is_trained_again_alone_and_only_once(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[0, 1, fakes.DIVERGES])
    swept(plan)
    timed = alone(plan, 0, fakes.DIVERGES)
    assert swept(timed).unequal == ()
    assert swept.trained == [0, fakes.DIVERGES]
    assert swept(timed).unequal == ()
    assert swept.trained == []


def test_other_numbers_of_a_run_trained_again_are_reported_and_both_records_kept(tmp_path, swept):
    plan = a_plan(tmp_path)
    swept(plan)
    result = swept(alone(plan, 0, 1), fakes.make_other)
    assert set(result.unequal) == alone(plan, 0, 1).exclusive_runs
    assert [line["seed"] for line in swept.lines()].count(0) == 2
    assert result.records[result.unequal[0]].timing == "exclusive"


def test_a_run_that_fails_when_trained_again_has_no_other_numbers(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[fakes.RAISES])
    swept(plan, fakes.make_sound)
    result = swept(alone(plan, fakes.RAISES))
    assert swept.statuses() == {fakes.RAISES: "failed"}
    assert result.unequal == ()


def test_a_timed_run_interrupted_keeps_the_record_that_it_has(tmp_path, swept):
    plan = a_plan(tmp_path, seeds=[0])
    swept(plan)
    with pytest.raises(KeyboardInterrupt):
        swept(alone(plan, 0), pool=Interrupted)
    assert swept.statuses() == {0: "done"}


def contents(folder):
    """The bytes of every file of a folder by name; that of the lock says who holds it."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}


def test_a_folder_is_made_only_once_all_is_prepared(tmp_path, swept):
    def prepare(records, todo):
        assert records == {}
        assert [run.seed for run in todo] == [0, 1, 2]
        assert not swept.folder.exists()
        raise LedgerError("no")

    with pytest.raises(LedgerError):
        swept(a_plan(tmp_path), prepare=prepare)
    assert not swept.folder.exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_old_results_are_neither_moved_nor_mended_nor_written_before_all_is_prepared(tmp_path, swept, fresh):
    swept(a_plan(tmp_path))
    ledger = swept.folder / "runs.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-20])
    before = contents(swept.folder)

    def prepare(records, todo):
        assert len(records) == (0 if fresh else 2)
        assert len(todo) == (4 if fresh else 2)
        raise LedgerError("no")

    with pytest.raises(LedgerError):
        swept(a_plan(tmp_path, seeds=range(4)), prepare=prepare, fresh=fresh)
    assert contents(swept.folder) == before
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["results"]


def test_the_records_kept_in_memory_are_those_of_the_ledger(tmp_path, swept):
    swept(a_plan(tmp_path, seeds=[0, fakes.RAISES]))
    result = swept(a_plan(tmp_path, seeds=[0, fakes.RAISES, fakes.DIVERGES, 1]), fakes.make_sound, retry_failed=True)
    assert result.records == read(swept.folder)
    assert list(result.records) == list(read(swept.folder))


def test_a_ledger_is_read_before_training_copied_and_read_for_the_tables_and_once_without_training(
    tmp_path, swept, ledger_readings
):
    swept(a_plan(tmp_path))
    del ledger_readings[:]
    swept(a_plan(tmp_path, seeds=range(5)))
    assert len(ledger_readings) == 3
    swept(a_plan(tmp_path, seeds=range(5)))
    assert len(ledger_readings) == 4
