"""Faults of a real scheduler and real workers, with trainers that need no Keras."""

import pickle
import re
import threading
from contextlib import closing, contextmanager
from types import SimpleNamespace

from distributed import Client

from gdbench.errors import StalePlanError, SweepError
from gdbench.execution.activity import Activity
from gdbench.execution.cluster.dask_executor import DaskExecutor
from gdbench.execution.cluster.job import Begun, Reported
from gdbench.execution.environment import environment
from gdbench.execution.executor import outcomes
from gdbench.execution.run_queue import RunQueue
from gdbench.source_digest import source_digest
from gdbench.version import __version__
from tests.execution import fakes
from tests.execution.local.test_pool import alive, within
from tests.execution.plans import a_plan, with_training


class Training:
    """An executor that trains runs in a thread of its own, so that the test can disturb it meanwhile."""

    def __init__(self, cluster, runs, make=fakes.make, **options):
        self.said, self.ended, self.error = [], {}, None
        self.activity = Activity()
        # Each run takes so long that it is a batch by itself.
        queue = RunQueue((), options.pop("expected", lambda _run: 60.0))
        self.executor = DaskExecutor(
            0, make, address=cluster.address, activity=self.activity, say=self.said.append, queue=queue, **options
        )
        self.thread = threading.Thread(target=self._train, args=(runs,), daemon=True)
        self.thread.start()

    def _train(self, runs):
        try:
            for ended in outcomes(self.executor, runs):
                assert ended.run.seed not in self.ended
                self.ended[ended.run.seed] = ended
        except (SweepError, StalePlanError) as error:
            self.error = str(error)

    def seeds_under_way(self):
        return [doing.run.seed for doing in self.activity.under_way()]

    def statuses(self):
        self.thread.join(120)
        assert not self.thread.is_alive()
        return {seed: ended.outcome.status for seed, ended in sorted(self.ended.items())}


@contextmanager
def training(cluster, runs, **options):
    begun = Training(cluster, runs, **options)
    with closing(begun.executor):
        yield begun


def waiting(folder, seeds, *, until="go"):
    """Runs that wait for a file, each with a lock that tells whether its process is alive."""
    return [with_training(run, waits_for=str(folder / until)) for run in a_plan(folder / "plan", seeds).runs]


def test_a_late_worker_a_killed_one_and_all_of_them_replaced(cluster, tmp_path):
    with training(cluster, waiting(tmp_path, range(4))) as begun:
        assert within(30, lambda: "waiting for one" in begun.activity.cluster)
        first = cluster.add_worker()
        assert within(60, lambda: alive(tmp_path))
        second = cluster.add_worker()
        assert within(60, lambda: len(alive(tmp_path)) == 2)
        # The sweep hears of tasks, and counts workers, a little later.
        assert within(10, lambda: "2 workers" in begun.activity.cluster and len(begun.activity.under_way()) == 2)
        first.kill()
        # What it trained ends with it, and is trained by the other once that has time.
        assert within(30, lambda: len(alive(tmp_path)) == 1)
        second.kill()
        assert within(30, lambda: not alive(tmp_path))
        cluster.add_worker()
        (tmp_path / "go").touch()
        assert begun.statuses() == dict.fromkeys(range(4), "done")
        assert all(ended.outcome == fakes.sound(ended.run) for ended in begun.ended.values())
    # Workers that join at nearly the same time are told in one line; the last may join as the sweep ends.
    told = " ".join(begun.said)
    assert sum(map(int, re.findall(r"(\d+) joined", told))) in (2, 3)
    assert re.search(r"\d left", told)


def test_a_run_whose_workers_are_lost_twice_fails_and_no_other_is_blamed(cluster, tmp_path):
    bad, *good = waiting(tmp_path, range(3))
    sound = [with_training(run, waits_for=str(tmp_path / "exists")) for run in good]
    (tmp_path / "exists").touch()
    cluster.add_worker()
    with training(cluster, [bad, *sound], expected=lambda _run: 0.01) as begun:
        for _ in range(2):
            # One of the others may be under way first.
            assert within(90, lambda: begun.seeds_under_way() == [bad.seed] and alive(tmp_path))
            cluster.kill_workers()
            assert within(30, lambda: not alive(tmp_path))
            cluster.add_worker()
        assert begun.statuses() == {0: "failed", 1: "done", 2: "done"}
        error = begun.ended[0].outcome.error
        assert error.startswith("worker tcp://127.0.0.1:")
        assert "was lost; tried twice" in error


def test_the_scheduler_drops_what_was_heard(cluster, tmp_path, monkeypatch):
    cluster.add_worker()
    runs = a_plan(tmp_path / "plan", range(3)).runs
    with Client(cluster.address, set_as_default=False) as onlooker:
        with training(cluster, runs) as begun:
            assert begun.statuses() == dict.fromkeys(range(3), "done")
            topic = begun.executor._scheduler.topic
            assert len(onlooker.get_events(topic)) == 6
        assert onlooker.get_events(topic) == ()
        monkeypatch.setattr("gdbench.execution.cluster.scheduler.MOST_HEARD_BYTES", 0)
        with training(cluster, runs) as begun:
            assert begun.statuses() == dict.fromkeys(range(3), "done")
            # The last outcome ends the sweep once it has been heard, and dropped.
            assert onlooker.get_events(begun.executor._scheduler.topic) == ()


def test_a_killed_scheduler_ends_the_sweep_in_one_line_and_its_tasks(cluster, tmp_path):
    cluster.add_worker()
    sound, _other = a_plan(tmp_path / "plan", range(2)).runs
    with training(cluster, [sound, *waiting(tmp_path, [1])]) as begun:
        assert within(90, lambda: alive(tmp_path) and begun.ended)
        cluster.scheduler.kill()
        assert begun.statuses() == {0: "done"}
    left = "finished runs are kept; run the same command again to continue"
    assert begun.error == f"{cluster.address}: the connection to the scheduler is lost; {left}"


def test_workers_stop_when_the_sweep_is_gone(cluster, tmp_path):
    cluster.add_worker()
    with training(cluster, waiting(tmp_path, [0])) as begun:
        assert within(90, lambda: alive(tmp_path))
        left = list(begun.executor.left())
        assert [(ended.run.seed, ended.outcome.status) for ended in left] == [(0, "interrupted")]
    assert within(10, lambda: not alive(tmp_path))


def test_other_versions_and_stale_files_are_refused_by_name(cluster, tmp_path, monkeypatch):
    cluster.add_worker()
    [run] = a_plan(tmp_path / "plan", [fakes.STALE]).runs
    with training(cluster, [run]) as begun:
        assert begun.statuses() == {}
    assert begun.error.startswith("worker tcp://127.0.0.1:")
    assert begun.error.endswith(": own.py: expected the code as planned; got a changed file")
    monkeypatch.setattr("gdbench.execution.cluster.remote_task.source_digest", lambda: "0ther")
    with training(cluster, [run]) as begun:
        assert begun.statuses() == {}
    wanted = f"expected gdbench {__version__} (source 0ther), as in the sweep; got gdbench {__version__} (source "
    assert f"{wanted}{source_digest()})" in begun.error


def test_a_file_that_changes_meanwhile_stops_the_sweep_once_what_is_under_way_has_ended(cluster, tmp_path, monkeypatch):
    def sources(runs):
        if any(run.seed == 2 for run in runs):
            raise StalePlanError("own.py: expected the code as planned; got a changed file")
        return {}

    monkeypatch.setattr("gdbench.execution.cluster.dask_executor.sources_of", sources)
    cluster.add_worker()
    with training(cluster, a_plan(tmp_path / "plan", range(4)).runs) as begun:
        assert begun.statuses() == {0: "done", 1: "done"}
    assert begun.error == "own.py: expected the code as planned; got a changed file"


def test_a_batch_reports_each_run_and_failures_are_those_of_a_local_sweep(cluster, tmp_path):
    cluster.add_worker(threads=2)
    seeds = [0, fakes.RAISES, fakes.KILLED, fakes.DIVERGES, 1, fakes.SLEEPS]
    runs = a_plan(tmp_path / "plan", seeds).runs
    with training(cluster, runs, expected=lambda _run: 0.01, timeout=2) as begun:
        begun.statuses()
    errors = {seed: (ended.outcome.error or "").strip().rpartition("\n")[2] for seed, ended in begun.ended.items()}
    assert errors == {
        0: "",
        1: "",
        fakes.RAISES: "ValueError: no such layer",
        fakes.KILLED: "the worker was killed by signal 9 (SIGKILL), as by a system out of memory; tried twice",
        fakes.DIVERGES: "",
        fakes.SLEEPS: "not finished after the 2 seconds of --timeout",
    }
    assert {ended.environment["machine"] for ended in begun.ended.values()} == {environment()["machine"]}


def test_what_was_told_when_the_sweep_ends_is_handed_out_as_it_was(cluster, tmp_path):
    cluster.add_worker()
    runs = [a_plan(tmp_path / "plan", [0]).runs[0], *waiting(tmp_path, [1])]
    executor = DaskExecutor(0, fakes.make, address=cluster.address, queue=RunQueue((), lambda _run: 0.01))
    with closing(executor):
        executor.submit(runs)
        executor._look_at_workers()
        executor._submit_batches()
        left = {}

        def told_of_both():
            left.update({ended.run.seed: ended.outcome for ended in executor.left()})
            return len(left) == 2

        # Nobody listens before; the second run may be under way before this is told.
        assert within(90, lambda: alive(tmp_path) and told_of_both())
    assert {seed: outcome.status for seed, outcome in left.items()} == {0: "done", 1: "interrupted"}
    assert left[0] == fakes.sound(runs[0])


def test_what_a_task_has_told_may_arrive_after_its_end(tmp_path, monkeypatch):
    runs = a_plan(tmp_path, [0, 1]).runs
    submitted = []

    def submit(*_arguments, key, **_options):
        submitted.append(key)
        return SimpleNamespace(release=lambda: None, add_done_callback=lambda _call: None)

    client = SimpleNamespace(submit=submit, subscribe_topic=lambda *_arguments: None)
    scheduler = SimpleNamespace(
        client=client, topic="reports", is_connected=True, slots=lambda: {"tcp://a:1": 1}, heard=lambda _size: None
    )
    monkeypatch.setattr("gdbench.execution.cluster.dask_executor.Scheduler", lambda *_arguments: scheduler)
    # All runs are one batch, which a second slot would divide.
    monkeypatch.setattr("gdbench.execution.cluster.batch.PER_SLOT", 1)
    executor = DaskExecutor(0, fakes.make, address="tcp://a:2", queue=RunQueue((), lambda _run: 0.01))
    executor.submit(runs)
    executor._look_at_workers()
    executor._submit_batches()
    [key] = submitted
    executor._inbox.put(("done", (key, "finished")))
    for message in (Begun(key, "tcp://a:1", {}), *(Reported(key, run.id, fakes.sound(run), "") for run in runs)):
        executor._inbox.put((scheduler.topic, pickle.dumps(message)))
    ended = list(iter(executor.next_outcome, None))
    assert [(each.run.seed, each.outcome) for each in ended] == [(run.seed, fakes.sound(run)) for run in runs]
    assert submitted == [key]
