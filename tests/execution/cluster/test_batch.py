import pytest

from gdbench.execution.cluster.batch import BATCH_SECONDS, next_batch
from gdbench.execution.run_queue import RunQueue
from gdbench.records import Outcome
from tests.execution.plans import a_plan


def queue_of(folder, seconds, seeds=range(40), batch_sizes=(32,), order="seeds"):
    queue = RunQueue((), lambda _run: seconds, order)
    queue.add(a_plan(folder, seeds, batch_sizes).runs)
    return queue


def test_a_batch_takes_about_a_minute(tmp_path):
    queue = queue_of(tmp_path, BATCH_SECONDS / 6)
    assert [len(next_batch(queue, 1).left) for _ in range(3)] == [6, 6, 6]


def test_a_run_of_more_than_a_minute_is_a_batch_by_itself(tmp_path):
    assert len(next_batch(queue_of(tmp_path, 10 * BATCH_SECONDS), 1).left) == 1


def test_short_runs_are_shared_among_all_slots_and_the_last_batches_are_short(tmp_path):
    queue, sizes = queue_of(tmp_path, 0.5), []
    while queue:
        sizes.append(len(next_batch(queue, 5).left))
    assert sizes[0] == 4
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1
    assert sum(sizes) == 40


def test_a_batch_has_runs_of_one_program_and_the_earliest_seeds_come_first(tmp_path):
    queue = queue_of(tmp_path, BATCH_SECONDS / 2, seeds=range(8), batch_sizes=(32, 64))
    batches = [list(next_batch(queue, 1).left.values()) for _ in range(4)]
    assert [{run.training["batch_size"] for run in batch} for batch in batches] == [{32}, {64}, {32}, {64}]
    assert [[run.seed for run in batch] for batch in batches] == [[0, 1], [0, 1], [2, 3], [2, 3]]


def test_measured_times_count_once_there_are_some(tmp_path):
    queue = queue_of(tmp_path, 0.001)
    first = next_batch(queue, 1)
    queue.finished(first.program, Outcome("done", seconds={"compile": 5.0, "train": BATCH_SECONDS / 2}))
    assert len(next_batch(queue, 1).left) == 2


def test_as_long_as_there_are_no_workers_a_batch_is_a_single_run(tmp_path):
    assert len(next_batch(queue_of(tmp_path, 0.5), 0).left) == 1


def test_an_empty_queue_has_no_batch():
    with pytest.raises(LookupError):
        RunQueue().batch(1.0, 1)
