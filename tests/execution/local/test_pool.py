import errno
import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gdbench.errors import SweepError
from gdbench.execution import executor
from gdbench.execution.activity import Activity
from gdbench.execution.local.pool import Pool
from tests.execution import fakes
from tests.execution.plans import a_plan, with_training

REPOSITORY = Path(__file__).parents[3]


def outcomes(folder, seeds, count=2, make=fakes.make, **options):
    """The outcome of each seed, and the processes of the pool that trained them."""
    with Pool(count, make, **options) as pool:
        ended = [(ended.run.seed, ended.outcome) for ended in executor.outcomes(pool, a_plan(folder, seeds).runs)]
        processes = [worker.process for worker in pool.workers]
    assert len(ended) == len(seeds)
    return dict(ended), processes


def statuses(ended):
    return {seed: outcome.status for seed, outcome in ended.items()}


@pytest.mark.parametrize(
    ("seed", "error"),
    [
        (fakes.RAISES, "ValueError: no such layer"),
        (fakes.EXITS, "SystemExit: 3"),
        (fakes.HARD_EXITS, "the worker ended with code 4"),
        (fakes.KILLED, "the worker was killed by signal 9 (SIGKILL), as by a system out of memory; tried twice"),
        (fakes.PRINTS_AND_EXITS, "the worker ended with code 4\nthe end of its log:\nprinted in a run"),
    ],
)
def test_a_run_that_fails_costs_itself_alone(tmp_path, seed, error):
    ended, _ = outcomes(tmp_path, [0, seed, 1, 2, 3], make=fakes.make_talkative)
    assert statuses(ended) == {0: "done", seed: "failed", 1: "done", 2: "done", 3: "done"}
    assert ended[seed].error.strip().endswith(error)
    assert "start" not in ended[seed].error


def test_an_exception_is_recorded_with_its_traceback(tmp_path):
    ended, _ = outcomes(tmp_path, [fakes.RAISES], count=1)
    assert ended[fakes.RAISES].error.startswith("Traceback (most recent call last):")
    assert "in train" in ended[fakes.RAISES].error


def outcome_of(folder, seed, run_settings, **options):
    """The outcome of the one run of a pool."""
    [run] = a_plan(folder, [seed]).runs
    with Pool(1, fakes.make, **options) as pool:
        [(_run, outcome, *_)] = executor.outcomes(pool, [with_training(run, **run_settings)])
    return outcome


@pytest.mark.parametrize(
    "seed", [fakes.KILLED, fakes.SHORT_OF_MEMORY, fakes.RESOURCE_EXHAUSTED, fakes.REAL_TIME_SIGNAL]
)
def test_a_run_that_a_signal_or_a_lack_of_memory_stopped_is_tried_once_more_in_a_fresh_worker(tmp_path, seed):
    outcome = outcome_of(tmp_path, seed, {"fails_once": str(tmp_path / "once")})
    assert outcome.status == "done"
    assert len(set((tmp_path / "once").read_text().split())) == 1


@pytest.mark.parametrize("seed", [fakes.RAISES, fakes.HARD_EXITS, fakes.EXITS])
def test_what_would_fail_again_is_not_tried_again(tmp_path, seed):
    outcome = outcome_of(tmp_path, seed, {"fails_once": str(tmp_path / "once")})
    assert outcome.status == "failed"


def test_the_activity_says_what_each_worker_is_doing(tmp_path):
    [run] = a_plan(tmp_path, [0]).runs
    run = with_training(run, waits_for=str(tmp_path / "go"))
    activity, seen = Activity(), []
    assert (activity.starting, activity.under_way()) == (0, [])

    def look() -> None:
        while not any(doing.stage for doing in seen):
            seen.extend(activity.under_way())
            time.sleep(0.01)
        (tmp_path / "go").touch()

    looking = threading.Thread(target=look, daemon=True)
    with Pool(1, fakes.make_telling, activity=activity) as pool:
        looking.start()
        [(_run, outcome, *_)] = executor.outcomes(pool, [run])
    assert outcome.status == "done"
    assert {doing.run.id for doing in seen} == {run.id}
    assert {doing.stage for doing in seen} <= {"", "compiling"}
    assert activity.under_way() == []


def test_a_stage_does_not_give_a_run_more_time(tmp_path):
    [run] = a_plan(tmp_path, [0]).runs
    run = with_training(run, waits_for=str(tmp_path / "never"))
    with Pool(1, fakes.make_telling, timeout=0.5) as pool:
        [(_run, outcome, *_)] = executor.outcomes(pool, [run])
    assert outcome.error == "not finished after the 0.5 seconds of --timeout"


def test_a_lack_of_memory_that_stays_is_the_error_of_the_run(tmp_path):
    outcome = outcome_of(tmp_path, fakes.SHORT_OF_MEMORY, {})
    assert outcome.error.strip().endswith("MemoryError: 8 GB")


def test_a_worker_that_takes_more_than_the_memory_limit_is_ended_and_its_run_tried_once_more(tmp_path):
    ended, _ = outcomes(tmp_path, [0, fakes.GROWS, 1], count=1, memory_limit=0.6)
    assert statuses(ended) == {0: "done", fakes.GROWS: "failed", 1: "done"}
    assert re.fullmatch(
        r"the worker took 0\.\d\d GB, more than the 0\.6 GB of --memory-limit; tried twice.*", ended[fakes.GROWS].error
    )


def test_a_memory_limit_below_what_a_worker_needs_to_start_stops_the_sweep(tmp_path):
    with pytest.raises(SweepError, match=r"^a worker cannot start: the worker took .* GB of --memory-limit$"):
        outcomes(tmp_path, [0], make=fakes.make_slowly, memory_limit=0.001)


def test_a_run_does_not_pay_for_the_end_of_the_server_that_forks_workers(tmp_path):
    (tmp_path / "plan").mkdir()
    [run] = a_plan(tmp_path / "plan", [0]).runs
    with Pool(1, fakes.make) as pool:
        ended = []
        training = threading.Thread(
            target=lambda: ended.extend(executor.outcomes(pool, [with_training(run, waits_for=str(tmp_path / "go"))]))
        )
        training.start()
        assert within(30, lambda: alive(tmp_path))
        [first] = alive(tmp_path)
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
        assert within(30, lambda: alive(tmp_path) not in ([], [first]))
        (tmp_path / "go").touch()
        training.join()
    assert ended[0][1].status == "done"


def test_the_only_worker_is_replaced_when_it_dies(tmp_path):
    ended, _ = outcomes(tmp_path, [fakes.KILLED, fakes.HARD_EXITS, 0], count=1)
    assert statuses(ended) == {fakes.KILLED: "failed", fakes.HARD_EXITS: "failed", 0: "done"}


def test_a_worker_that_dies_between_two_runs_costs_none(tmp_path):
    first, second = a_plan(tmp_path, seeds=[0, 1]).runs
    with Pool(1, fakes.make) as pool:
        list(executor.outcomes(pool, [first]))
        pool.workers[0].process.kill()
        pool.workers[0].process.join()
        [(_run, outcome, *_)] = executor.outcomes(pool, [second])
    assert outcome.status == "done"


def test_a_run_past_the_timeout_fails_alone_and_says_so(tmp_path):
    ended, _ = outcomes(tmp_path, [0, fakes.SLEEPS, 1, 2], count=1, timeout=2)
    assert statuses(ended) == {0: "done", fakes.SLEEPS: "failed", 1: "done", 2: "done"}
    assert ended[fakes.SLEEPS].error == "not finished after the 2 seconds of --timeout"


def test_a_worker_that_cannot_start_stops_the_sweep_with_its_last_words(tmp_path):
    with pytest.raises(SweepError) as caught:
        outcomes(tmp_path, [0], make=fakes.make_nothing)
    assert str(caught.value) == "a worker cannot start: it ended with code 1: RuntimeError: no keras here"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (EOFError(), "the process that forks workers has ended"),
        (OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)), "Resource temporarily unavailable"),
    ],
)
def test_a_worker_that_cannot_be_forked_stops_the_sweep_in_one_line(tmp_path, monkeypatch, error, reason):
    def refused(_process):
        raise error

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", refused)
    with pytest.raises(SweepError) as caught:
        outcomes(tmp_path, [0])
    assert str(caught.value) == f"a worker cannot start: {reason}"


def test_no_worker_is_left_after_the_pool(tmp_path):
    _, processes = outcomes(tmp_path, [0, 1, 2])
    assert len(processes) == 2
    assert not any(process.is_alive() for process in processes)


def test_workers_are_started_only_for_runs_that_there_are(tmp_path):
    _, processes = outcomes(tmp_path, [0], count=8)
    assert len(processes) == 1


def test_a_worker_stays_for_all_its_runs(tmp_path):
    ended, [process] = outcomes(tmp_path, range(4), count=1, make=fakes.make_witness)
    assert {outcome.history["process"][0] for outcome in ended.values()} == {process.pid}


def test_a_run_gets_a_worker_with_its_number_of_threads(tmp_path):
    runs = [with_training(run, threads=1 + run.seed % 2) for run in a_plan(tmp_path, seeds=range(4)).runs]
    with Pool(2, fakes.make_witness) as pool:
        got = {run.seed: outcome.history["threads"] for run, outcome, *_ in executor.outcomes(pool, runs)}
    assert got == {0: [1], 1: [2], 2: [1], 3: [2]}


def test_a_worker_is_replaced_before_it_has_compiled_too_many_programs(tmp_path, monkeypatch):
    monkeypatch.setattr("gdbench.execution.local.pool.PROGRAMS_PER_WORKER", 2)
    runs = a_plan(tmp_path, seeds=[0, 1], batch_sizes=[8, 16, 32, 64]).runs
    with Pool(1, fakes.make_witness) as pool:
        processes = [outcome.history["process"][0] for _run, outcome, *_ in executor.outcomes(pool, runs)]
    assert [len(set(part)) for part in (processes[:4], processes[4:], processes)] == [1, 1, 2]


def test_a_worker_takes_its_programs_in_turn_seed_by_seed(tmp_path):
    runs = a_plan(tmp_path, seeds=[0, 1], batch_sizes=[8, 16, 32]).runs
    with Pool(1, fakes.make_witness) as pool:
        ended = [(run.seed, outcome.history["process"]) for run, outcome, *_ in executor.outcomes(pool, runs)]
        assert len(pool.workers[0].compiled) == 3
    assert [seed for seed, _process in ended] == [0, 0, 0, 1, 1, 1]
    assert len({process for _seed, [process] in ended}) == 1


@pytest.fixture
def temporary():
    """A temporary folder for a process of its own."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def parent(tmp_path, temporary):
    """Starts a process with a worker for each seed, and returns it once all workers are in the middle of their runs."""
    processes = []

    def start(*seeds, waiting):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.execution.parent", str(tmp_path), *map(str, seeds)],
            cwd=REPOSITORY,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        assert within(60, lambda: len(alive(tmp_path)) == waiting)
        return process

    yield start
    (tmp_path / "go").touch()
    for process in processes:
        process.kill()
        process.communicate()


def within(seconds, condition):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def processes_of(session):
    """The processes of a session that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _parent, _group, its_session, *_ = path.read_text().rpartition(")")[2].split()
            if int(its_session) == session and state not in "ZX":
                found.append(int(path.parent.name))
    return found


def alive(folder):
    """The waiting workers that are alive: the kernel takes the lock from a process that is dead, a zombie's as well."""
    return [path for path in folder.glob("go.*") if _is_locked(path)]


def _is_locked(path):
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_nothing_is_left_2_seconds_after_a_killed_parent_even_in_the_middle_of_a_run(parent, temporary, tmp_path):
    process = parent(0, 1, 2, waiting=3)
    # The parent, three workers, the server that forks them, and the tracker of multiprocessing.
    assert len(processes_of(process.pid)) == 6
    process.kill()
    process.wait()
    assert within(2, lambda: not processes_of(process.pid))
    assert not alive(tmp_path)
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_of_a_parent_killed_while_the_server_still_loads_its_modules(tmp_path, temporary):
    process = subprocess.Popen(
        [sys.executable, "-c", LOADING, str(tmp_path)],
        cwd=REPOSITORY,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(tmp_path)},
        start_new_session=True,
    )
    assert within(30, (tmp_path / "loading").exists)
    assert len(processes_of(process.pid)) == 3
    process.kill()
    process.wait()
    assert within(2, lambda: not processes_of(process.pid))
    assert list(temporary.iterdir()) == []


# The parent of a server that takes ten minutes to load its modules.
LOADING = """
import pathlib, sys
from gdbench.execution import executor
from gdbench.execution.local import pool, preloading
from tests.execution import fakes
from tests.execution.plans import a_plan

folder = pathlib.Path(sys.argv[1])
(folder / "slow.py").write_text(f"import time; open({str(folder / 'loading')!r}, 'w'); time.sleep(600)")
preloading.PRELOADED = ("slow",)
with pool.Pool(1, fakes.make) as started:
    list(executor.outcomes(started, a_plan(folder / "plan", [0]).runs))
"""


def test_a_temporary_folder_may_have_a_long_path(tmp_path):
    long = tmp_path / ("x" * 100) / ("y" * 100)
    long.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.execution.parent", str(tmp_path), str(fakes.PRINTS)],
        cwd=REPOSITORY,
        env={**os.environ, "TMPDIR": str(long)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "done\n"
    assert list(long.iterdir()) == []


def test_ctrl_c_reaches_the_whole_group_and_ends_no_worker(parent, tmp_path):
    process = parent(0, 1, 2, waiting=3)
    os.killpg(process.pid, signal.SIGINT)
    assert process.stdout.readline() == "interrupted\n"
    (tmp_path / "go").touch()
    assert process.stdout.read() == "done\ndone\ndone\n"


def test_what_a_run_prints_does_not_reach_the_tables(parent, tmp_path):
    process = parent(0, fakes.PRINTS, waiting=1)
    (tmp_path / "go").touch()
    assert process.stdout.read() == "done\ndone\n"


def test_a_worker_looks_for_garbage_but_not_in_what_was_imported_before_it_was_forked(tmp_path):
    with Pool(1, fakes.make_searching) as pool:
        [ended] = executor.outcomes(pool, a_plan(tmp_path, [0]).runs)
    assert ended.outcome.error == "searches True, leaves out True"


def test_a_message_that_ctrl_c_cut_in_two_is_not_read_on(tmp_path, monkeypatch):
    """Its rest would be taken for the length of another, for which the sweep would wait."""
    with Pool(1, fakes.make) as pool:
        pool.submit(a_plan(tmp_path, [0]).runs)
        pool._assign_runs()
        [worker] = pool.workers
        reads = iter([KeyboardInterrupt])

        def cut():
            raise next(reads, AssertionError("the rest was read"))

        monkeypatch.setattr(worker.connection, "recv", cut)
        with pytest.raises(KeyboardInterrupt):
            pool.next_outcome()
        assert worker.connection.poll(30)
        assert [ended.outcome.status for ended in pool.left()] == ["interrupted"]
