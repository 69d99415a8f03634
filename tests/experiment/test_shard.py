"""How the runs of a plan are divided among shards: by program and expected time, from the configuration alone."""

import pytest

from gdbench.errors import RequestError
from gdbench.experiment.cost.estimate import Expectation
from gdbench.experiment.cost.program_key import program_key
from gdbench.experiment.shard import Shard, parse_shard, runs_of
from tests.configs import plan_of

# Six programs of twelve runs each; the epochs make some runs ten times as long as others.
PLAN = """\
seeds: 4
grid:
  optimizer: [sgd, adam]
  training.batch_size: [32, 64, 128]
  training.epochs: [1, 5, 10]
"""


def parts(plan, count):
    return [runs_of(plan, Shard(number, count)) for number in range(1, count + 1)]


def test_a_shard_is_read_and_named():
    shard = parse_shard("2/8")
    assert (shard, shard.part, str(shard)) == (Shard(2, 8), "2-of-8", "2/8")


@pytest.mark.parametrize("text", ["0/8", "9/8", "2", "2/", "a/b", "-1/8", "1/0", "02/8", "2 / 8", "1/10000000", "٢/٨"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(RequestError) as caught:
        parse_shard(text)
    assert str(caught.value) == f"--shard: expected I/N with I from 1 to N, such as 2/8; got '{text}'"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 72, 100])
def test_every_run_belongs_to_exactly_one_shard(tmp_path, count):
    plan = plan_of(tmp_path, PLAN)
    divided = parts(plan, count)
    assert sum(map(len, divided)) == len(plan.runs) == 72
    assert frozenset().union(*divided) == {run.id for run in plan.runs}
    # None is idle while there are runs enough.
    assert sum(not part for part in divided) == max(0, count - 72)


@pytest.mark.parametrize("count", [2, 4, 5, 9])
def test_shards_take_about_the_same_time_and_share_few_programs(tmp_path, count):
    plan = plan_of(tmp_path, PLAN)
    by_id = {run.id: run for run in plan.runs}
    expected = Expectation(plan.runs, {})
    longest = max(map(expected.seconds, plan.runs))
    divided = [[by_id[run] for run in part] for part in parts(plan, count)]
    programs = [expected.programs(part) for part in divided]
    assert sum(programs) <= len({program_key(run) for run in plan.runs}) + count - 1
    seconds = [expected.total(part, compiled) for part, compiled in zip(divided, programs, strict=True)]
    assert max(seconds) - min(seconds) <= longest + 2 * expected.compile_seconds


def test_the_longest_run_leaves_a_shard_to_each_of_the_others(tmp_path):
    plan = plan_of(tmp_path, "seeds: 1\ngrid: {training.epochs: [1, 1000, 2]}")
    assert [len(part) for part in parts(plan, 3)] == [1, 1, 1]


def test_each_look_of_sequential_seeds_is_divided_for_itself(tmp_path):
    plan = plan_of(tmp_path, "seeds: {from: 5, until: separated, at_most: 20}\ngrid: {optimizer: [adam, sgd, rmsprop]}")
    seeds = {run.id: run.seed for run in plan.runs}
    for part in parts(plan, 3):
        assert sum(seeds[run] < 5 for run in part) == 5
        assert sum(5 <= seeds[run] < 10 for run in part) == 5
        assert sum(seeds[run] >= 10 for run in part) == 10


def test_runs_whose_times_are_compared_belong_to_no_shard(tmp_path):
    text = (
        "comparisons:\n"
        "  timed: {timing: exclusive, grid: {optimizer: [sgd, adam]}}\n"
        "  others: {grid: {optimizer: [adam, rmsprop]}}\n"
    )
    plan = plan_of(tmp_path, text)
    assert len(plan.exclusive_runs) == 6
    assert frozenset().union(*parts(plan, 2)) == {run.id for run in plan.runs} - plan.exclusive_runs
