import pytest

from gdbench.execution.run_queue import RunQueue
from gdbench.experiment.cost.program_key import program_key
from gdbench.records import Outcome
from tests.configs import plan_of
from tests.execution.plans import a_plan


def taken(queue, *held, owned=(), has_room=True):
    """The batch size and seed of the next run of a worker that holds some programs, None if it rests."""
    found = queue.next(held, {*held, *owned}, has_room=has_room)
    return found and (found[1].training["batch_size"], found[1].seed)


def programs(plan):
    """The program of each batch size."""
    return {run.training["batch_size"]: program_key(run) for run in plan.runs}


def test_runs_of_one_program_go_together(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1], batch_sizes=[32, 64])
    key = programs(plan)
    queue = RunQueue(sorted(plan.runs, key=lambda run: run.seed), order="longest")
    order = [taken(queue), taken(queue, key[32]), taken(queue, key[32]), taken(queue, key[64])]
    assert order == [(32, 0), (32, 1), (64, 0), (64, 1)]
    assert taken(queue, key[64]) is None


def test_another_worker_begins_a_program_that_nobody_has(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1], batch_sizes=[32, 64])
    key = programs(plan)
    queue = RunQueue(plan.runs)
    assert taken(queue) == (32, 0)
    assert taken(queue, owned=[key[32]]) == (64, 0)
    assert taken(queue, key[32], owned=[key[64]]) == (32, 1)


def test_the_program_of_a_worker_that_died_is_free_again(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1, 2], batch_sizes=[32])
    key = programs(plan)[32]
    queue = RunQueue(plan.runs)
    assert taken(queue) == (32, 0)
    queue.finished(key, Outcome("done", seconds={"compile": 100.0, "train": 1.0}))
    assert taken(queue, owned=[key]) is None
    assert taken(queue) == (32, 1)


def test_a_free_worker_helps_where_most_runs_are_left(tmp_path):
    plan = a_plan(tmp_path, seeds=range(3), batch_sizes=[32, 64])
    key = programs(plan)
    queue = RunQueue(plan.runs)
    owned = key.values()
    assert [taken(queue, key[32], owned=owned) for _ in range(2)] == [(32, 0), (32, 1)]
    assert taken(queue, owned=owned) == (64, 0)


def test_a_free_worker_helps_only_if_the_owner_would_need_longer_than_it_takes_to_compile(tmp_path):
    plan = a_plan(tmp_path, seeds=range(4))
    key = programs(plan)[32]
    slow_to_compile, quick_to_compile = RunQueue(plan.runs), RunQueue(plan.runs)
    for queue, seconds in ((slow_to_compile, 10.0), (quick_to_compile, 1.0)):
        taken(queue)
        queue.finished(key, Outcome("done", seconds={"compile": seconds, "train": 1.5, "evaluate": 0.5}))
        # Runs that compile nothing do not make compiling look quick.
        taken(queue, key)
        queue.finished(key, Outcome("done", seconds={"compile": 0.0, "train": 1.5, "evaluate": 0.5}))
    assert taken(slow_to_compile, owned=[key]) is None
    assert taken(quick_to_compile, owned=[key]) == (32, 2)


def test_a_free_worker_takes_even_the_last_run_if_it_is_long(tmp_path):
    plan = a_plan(tmp_path, seeds=range(3))
    key = programs(plan)[32]
    queue = RunQueue(plan.runs)
    taken(queue)
    queue.finished(key, Outcome("done", seconds={"compile": 2.0, "train": 600.0}))
    taken(queue, key)
    assert taken(queue, owned=[key]) == (32, 2)


def test_nothing_is_lost_and_nothing_comes_twice(tmp_path):
    plan = a_plan(tmp_path, seeds=range(5), batch_sizes=[16, 32, 64])
    queue = RunQueue(plan.runs)
    workers = [[], []]
    handed = []
    while len(queue):
        for held in workers:
            found = queue.next(held, {program for each in workers for program in each})
            if found is not None:
                held.append(found[0])
                handed.append(found[1].id)
    assert sorted(handed) == sorted(run.id for run in plan.runs)
    assert queue.next([], set()) is None


def test_failed_runs_say_nothing_of_how_long_the_others_take(tmp_path):
    plan = a_plan(tmp_path)
    queue = RunQueue(plan.runs)
    program, _ = queue.next([], set())
    queue.finished(program, Outcome("failed", error="killed"))
    assert queue.next([], {program}) is not None


def test_a_resumed_run_counts_without_the_seconds_of_the_shorter_one(tmp_path):
    plan = a_plan(tmp_path, seeds=range(5))
    queue = RunQueue(plan.runs)
    program, _ = queue.next([], set())
    seconds = {"compile": 2.0, "train": 80.0, "evaluate": 20.0}
    queue.finished(program, Outcome("done", {}, {"update": [100]}, seconds, resumed=90))
    assert queue.seconds_left(1000.0) == pytest.approx(4 * 10.0)


def test_in_the_order_longest_the_longest_runs_begin_first(tmp_path):
    grid = "grid: {architecture: [perceptron, cnn, mlp]}"
    runs = plan_of(tmp_path, f"seeds: 2\n{grid}").runs
    order = [run.architecture["name"] for run in handed(RunQueue(runs, order="longest"))]
    assert order == ["cnn", "cnn", "mlp", "mlp", "perceptron", "perceptron"]


def test_of_one_program_the_longest_run_begins_first_and_equal_ones_keep_their_order(tmp_path):
    runs = plan_of(tmp_path, "seeds: 2\ngrid: {training.epochs: [1, 40, 5]}").runs
    assert [(run.training["epochs"], run.seed) for run in handed(RunQueue(runs, order="longest"))] == [
        (epochs, seed) for epochs in (40, 5, 1) for seed in (0, 1)
    ]


def test_what_is_expected_decides_and_not_the_estimate(tmp_path):
    plan = a_plan(tmp_path, seeds=[0], batch_sizes=[16, 32, 64])
    order = handed(RunQueue(plan.runs, lambda run: {16: 1.0, 32: 3.0, 64: 2.0}[run.training["batch_size"]]))
    assert [run.training["batch_size"] for run in order] == [32, 64, 16]


def test_seed_by_seed_is_the_default_within_a_program_and_across_programs(tmp_path):
    runs = plan_of(tmp_path, "seeds: [3, 1]\ngrid: {architecture: [perceptron, cnn], training.epochs: [1, 4]}").runs
    order = [(run.seed, run.architecture["name"], run.training["epochs"]) for run in handed(RunQueue(runs))]
    assert order == [
        (seed, architecture, epochs) for seed in (1, 3) for architecture in ("cnn", "perceptron") for epochs in (4, 1)
    ]


def test_workers_that_take_turns_leave_whole_tables_and_compile_every_program_once(tmp_path):
    plan = a_plan(tmp_path, seeds=range(4), batch_sizes=[8, 16, 32, 64])
    queue = RunQueue(plan.runs)
    workers = [[], []]
    seeds, compiled = [], []
    while len(queue):
        for held in workers:
            program, run = queue.next(held, {program for each in workers for program in each})
            if program not in held:
                held.append(program)
                compiled.append(program)
            seeds.append(run.seed)
    assert seeds == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4
    assert len(compiled) == len(set(compiled)) == 4


def test_a_worker_without_room_finishes_its_programs_before_it_begins_another(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1], batch_sizes=[32, 64])
    key = programs(plan)
    queue = RunQueue(plan.runs)
    assert taken(queue) == (32, 0)
    assert taken(queue, key[32], has_room=False) == (32, 1)
    assert taken(queue, key[32], has_room=False) == (64, 0)


def test_programs_with_more_data_than_a_worker_keeps_are_trained_one_after_the_other(tmp_path):
    small = plan_of(tmp_path, "seeds: 2\ngrid: {dataset.train: [1000, 2000]}").runs
    large = plan_of(tmp_path, "seeds: 2\ngrid: {dataset.deform: [{images: 100000}, {images: 300000}]}").runs
    assert [run.seed for run in handed(RunQueue(small))] == [0, 0, 1, 1]
    assert [run.seed for run in handed(RunQueue(large))] == [0, 1, 0, 1]


def test_programs_of_workers_with_other_threads_are_trained_one_after_the_other(tmp_path):
    runs = plan_of(tmp_path, "seeds: 2\ngrid: {training.threads: [1, 2]}").runs
    assert [(run.training["threads"], run.seed) for run in handed(RunQueue(runs))] == [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_runs_that_are_added_take_their_place_among_those_that_are_left(tmp_path):
    plan = a_plan(tmp_path, seeds=range(4), batch_sizes=[32, 64])
    queue = RunQueue(run for run in plan.runs if run.seed in (0, 3))
    first = [taken(queue), taken(queue)]
    queue.add(run for run in plan.runs if run.seed in (1, 2))
    assert first == [(32, 0), (64, 0)]
    assert [run.seed for run in handed(queue)] == [1, 1, 2, 2, 3, 3]


def handed(queue):
    """The runs in the order in which one worker gets them."""
    runs, held = [], []
    while (found := queue.next(held, set(held))) is not None:
        program, run = found
        held.append(program)
        runs.append(run)
    return runs
