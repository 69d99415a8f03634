from gdbench.execution.run_queue import RunQueue
from gdbench.experiment.cost.program_key import program_key
from gdbench.records import Outcome
from tests.configs import plan_of
from tests.execution.plans import a_plan


def taken(queue, program=None, owned=()):
    """The batch size and seed of the next run of a worker, None if it rests."""
    found = queue.next(program, owned)
    return found and (found[1].training["batch_size"], found[1].seed)


def programs(plan):
    """The program of each batch size."""
    return {run.training["batch_size"]: program_key(run) for run in plan.runs}


def test_runs_of_one_program_go_together(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1], batch_sizes=[32, 64])
    key = programs(plan)
    queue = RunQueue(sorted(plan.runs, key=lambda run: run.seed))
    order = [taken(queue), taken(queue, key[32]), taken(queue, key[32]), taken(queue, key[64])]
    assert order == [(32, 0), (32, 1), (64, 0), (64, 1)]
    assert taken(queue, key[64]) is None


def test_another_worker_begins_a_program_that_nobody_has(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1], batch_sizes=[32, 64])
    key = programs(plan)
    queue = RunQueue(plan.runs)
    assert taken(queue, None, [None, None]) == (32, 0)
    assert taken(queue, None, [key[32], None]) == (64, 0)
    assert taken(queue, key[32], [key[32], key[64]]) == (32, 1)


def test_the_program_of_a_worker_that_died_is_free_again(tmp_path):
    plan = a_plan(tmp_path, seeds=[0, 1, 2], batch_sizes=[32])
    key = programs(plan)[32]
    queue = RunQueue(plan.runs)
    assert taken(queue, None, [None]) == (32, 0)
    queue.finished(key, Outcome("done", seconds={"compile": 100.0, "train": 1.0}))
    assert taken(queue, None, [key, None]) is None
    assert taken(queue, None, [None, None]) == (32, 1)


def test_a_free_worker_helps_where_most_runs_are_left(tmp_path):
    plan = a_plan(tmp_path, seeds=range(3), batch_sizes=[32, 64])
    key = programs(plan)
    queue = RunQueue(plan.runs)
    owned = [key[32], key[64], None]
    assert [taken(queue, key[32], owned), taken(queue, key[32], owned)] == [(32, 0), (32, 1)]
    assert taken(queue, None, owned) == (64, 0)


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
    assert taken(slow_to_compile, None, [key, None]) is None
    assert taken(quick_to_compile, None, [key, None]) == (32, 2)


def test_a_free_worker_takes_even_the_last_run_if_it_is_long(tmp_path):
    plan = a_plan(tmp_path, seeds=range(3))
    key = programs(plan)[32]
    queue = RunQueue(plan.runs)
    taken(queue)
    queue.finished(key, Outcome("done", seconds={"compile": 2.0, "train": 600.0}))
    taken(queue, key)
    assert taken(queue, None, [key, None]) == (32, 2)


def test_nothing_is_lost_and_nothing_comes_twice(tmp_path):
    plan = a_plan(tmp_path, seeds=range(5), batch_sizes=[16, 32, 64])
    queue = RunQueue(plan.runs)
    workers = [None, None]
    handed = []
    while len(queue):
        for index, program in enumerate(workers):
            found = queue.next(program, workers)
            if found is not None:
                workers[index] = found[0]
                handed.append(found[1].id)
    assert sorted(handed) == sorted(run.id for run in plan.runs)
    assert queue.next(None, workers) is None


def test_failed_runs_say_nothing_of_how_long_the_others_take(tmp_path):
    plan = a_plan(tmp_path)
    queue = RunQueue(plan.runs)
    program, _ = queue.next(None, [])
    queue.finished(program, Outcome("failed", error="killed"))
    assert queue.next(None, [program]) is not None


def test_the_longest_runs_begin_first(tmp_path):
    grid = "grid: {architecture: [perceptron, cnn, mlp]}"
    runs = plan_of(tmp_path, f"seeds: 2\n{grid}").runs
    order = [run.architecture["name"] for run in handed(RunQueue(runs))]
    assert order == ["cnn", "cnn", "mlp", "mlp", "perceptron", "perceptron"]


def test_of_one_program_the_longest_run_begins_first_and_equal_ones_keep_their_order(tmp_path):
    runs = plan_of(tmp_path, "seeds: 2\ngrid: {training.epochs: [1, 40, 5]}").runs
    assert [(run.training["epochs"], run.seed) for run in handed(RunQueue(runs))] == [
        (epochs, seed) for epochs in (40, 5, 1) for seed in (0, 1)
    ]


def test_what_is_expected_decides_and_not_the_estimate(tmp_path):
    plan = a_plan(tmp_path, seeds=[0], batch_sizes=[16, 32, 64])
    order = handed(RunQueue(plan.runs, lambda run: {16: 1.0, 32: 3.0, 64: 2.0}[run.training["batch_size"]]))
    assert [run.training["batch_size"] for run in order] == [32, 64, 16]


def handed(queue):
    """The runs in the order in which one worker gets them."""
    runs, program = [], None
    while (found := queue.next(program, [])) is not None:
        program, run = found
        runs.append(run)
    return runs
