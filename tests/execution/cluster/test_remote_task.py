"""A trainer host that ends for want of tasks just as one comes."""

import pytest

from gdbench.execution.cluster import remote_task
from gdbench.execution.cluster.host_process import HostProcess
from gdbench.execution.cluster.job import Job
from tests.execution import fakes
from tests.execution.plans import a_plan


class Ending:
    """A host whose process has ended, by itself or not."""

    is_alive = False

    def __init__(self, *, has_retired):
        self.has_retired = has_retired

    def train(self, _job, _is_wanted):
        raise EOFError
        yield

    def kill(self):
        pass


class Training(Ending):
    def train(self, job, _is_wanted):
        for run in job.runs:
            yield run.id, fakes.sound(run), "now"


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.setattr(remote_task, "HostProcess", lambda: Training(has_retired=False))
    monkeypatch.setattr(remote_task._HOSTS, "by_thread", {})
    return Job(a_plan(tmp_path, range(2)).runs, fakes.make)


def test_a_task_that_comes_as_its_host_retires_is_trained_by_another(job):
    trained = list(remote_task.trained(Ending(has_retired=True), job, lambda: True))
    assert [run for run, _outcome, _started in trained] == [run.id for run in job.runs]


def test_a_host_that_has_ended_in_any_other_way_is_an_error(job):
    with pytest.raises(EOFError):
        list(remote_task.trained(Ending(has_retired=False), job, lambda: True))


def test_a_host_that_waits_in_vain_has_retired_and_one_that_is_killed_has_not(monkeypatch):
    monkeypatch.setattr("gdbench.execution.cluster.host_process._MODULE", "tests.execution.cluster.idle_host")
    idle = HostProcess()
    assert idle.has_retired
    idle.kill()
    monkeypatch.undo()
    other = HostProcess()
    other.kill()
    assert not other.has_retired
