"""Shards: the parts of a sweep that machines without a connection train, each into a ledger of its own."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from gdbench.errors import RequestError
from gdbench.experiment.cost.estimate import COMPILE_SECONDS, Expectation
from gdbench.experiment.cost.program_key import ProgramKeys
from gdbench.experiment.experiment import Comparison, Plan
from gdbench.records import Run

_TEXT = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `count` parts of a sweep, numbered from 1."""

    number: int
    count: int

    @property
    def part(self) -> str:
        """The part of its files' names that tells them from those of other shards."""
        return f"{self.number}-of-{self.count}"

    def __str__(self) -> str:
        """Return the shard as the command line spells it."""
        return f"{self.number}/{self.count}"


def parse_shard(text: str) -> Shard:
    """Read a shard from a command line.

    Raises:
        RequestError: the text is not a shard.
    """
    match = _TEXT.fullmatch(text)
    shard = Shard(int(match[1]), int(match[2])) if match else None
    if shard is None or shard.number > shard.count:
        raise RequestError(f"--shard: expected I/N with I from 1 to N, such as 2/8; got '{text}'")
    return shard


def runs_of(plan: Plan, shard: Shard) -> frozenset[str]:
    """Return the ids of the runs of a shard, which follow from the configuration and the number of shards alone.

    All shards take about the same time, and few programs are compiled by more than one of them. Runs whose times are
    compared belong to none. The runs that each look of sequential seeds or stage of tuning adds are divided for
    themselves, so that every stage keeps all shards busy.
    """
    expected = Expectation((), {})
    keys = ProgramKeys()
    own: set[str] = set()
    alike = _alike(plan)
    for runs in _by_stage(plan, alike):
        costs = _grouped([(keys.of(run), run.id, expected.seconds(run)) for run in runs])
        own.update(run for number, run in _divided(costs, shard.count) if number == shard.number)
    return frozenset(own | {run for run, first in alike.items() if first in own})


def _alike(plan: Plan) -> dict[str, str]:
    """Map the final runs of all but the first candidate of a tuned row to those of the first one at the same seed.

    One candidate is chosen, so that their shards are as busy as if only the first were trained.
    """
    rows = [row for comparison in plan.experiment.comparisons if comparison.tuning for row in comparison.tuning.rows]
    first = {run for row in rows for run in row.candidates[0].runs}
    defaults = set(chain.from_iterable(comparison.run_ids for comparison in plan.experiment.comparisons))
    return {
        run: stand_in
        for row in rows
        for candidate in row.candidates[1:]
        for run, stand_in in zip(candidate.runs, row.candidates[0].runs, strict=True)
        if run not in first | defaults | plan.exclusive_runs
    }


def _by_stage(plan: Plan, alike: Container[str]) -> list[list[Run]]:
    """Return the runs by the first look or stage that needs them, without those that another run stands for."""
    first: dict[str, int] = {}
    for comparison in plan.experiment.comparisons:
        for stage, runs in enumerate(_stages(comparison)):
            for run_id in runs:
                first[run_id] = min(stage, first.get(run_id, stage))
    stages: list[list[Run]] = [[] for _stage in range(1 + max(first.values(), default=0))]
    for run in plan.runs:
        if run.id not in plan.exclusive_runs and run.id not in alike:
            stages[first[run.id]].append(run)
    return stages


def _stages(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield the runs of each stage: those of the looks, or of the rungs of trials and then everything."""
    if comparison.tuning:
        candidates = [candidate for row in comparison.tuning.rows for candidate in row.candidates]
        for rung in range(len(comparison.tuning.epochs)):
            yield tuple(run for candidate in candidates for run in candidate.trials[rung])
        yield comparison.all_run_ids
    else:
        for seeds in comparison.looks or (len(comparison.seeds),):
            yield comparison.with_first(seeds).run_ids


def _grouped(costs: Sequence[tuple[str, str, float]]) -> list[tuple[str, str, float]]:
    """Return (program, run, seconds) program by program, each where its first run stood."""
    groups: dict[str, list[tuple[str, str, float]]] = {}
    for cost in costs:
        groups.setdefault(cost[0], []).append(cost)
    return [cost for group in groups.values() for cost in group]


def _divided(costs: Sequence[tuple[str, str, float]], count: int) -> Iterator[tuple[int, str]]:
    """Cut a row of runs into as many pieces of about the same time; yield the number of its piece with each run."""
    left = sum(seconds for _program, _run, seconds in costs) + COMPILE_SECONDS * len({cost[0] for cost in costs})
    number, load, current = 1, 0.0, ""
    target = left / count
    for index, (program, run, seconds) in enumerate(costs):
        cost = seconds + (COMPILE_SECONDS if program != current else 0.0)
        # Every piece has a run, as long as there are enough of them.
        must_cut = len(costs) - index <= count - number
        if load and number < count and (must_cut or load + cost / 2 > target):
            left += COMPILE_SECONDS if program == current else 0.0
            number, load, cost = number + 1, 0.0, seconds + COMPILE_SECONDS
            target = left / (count - number + 1)
        yield number, run
        load, left, current = load + cost, left - cost, program
