"""Shards: the parts of a sweep that machines without a connection train, each into a ledger of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gdbench.errors import RequestError
from gdbench.experiment.cost.estimate import COMPILE_SECONDS, Expectation
from gdbench.experiment.cost.program_key import ProgramKeys
from gdbench.experiment.experiment import Plan
from gdbench.records import Run

_TEXT = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `count` parts of a sweep, of which the first has the number 1."""

    number: int
    count: int

    @property
    def part(self) -> str:
        """Its name in those of its files."""
        return f"{self.number}-of-{self.count}"

    def __str__(self) -> str:
        """Return it as the command line has it."""
        return f"{self.number}/{self.count}"


def parse_shard(text: str) -> Shard:
    """Read a shard from a command line.

    Raises:
        RequestError: it is none.
    """
    match = _TEXT.fullmatch(text)
    shard = Shard(int(match[1]), int(match[2])) if match else None
    if shard is None or shard.number > shard.count:
        raise RequestError(f"--shard: expected I/N with I from 1 to N, such as 2/8; got '{text}'")
    return shard


def runs_of(plan: Plan, shard: Shard) -> frozenset[str]:
    """Return the ids of the runs of a shard, which follow from the configuration and the number of shards alone.

    All shards take about the same time, and few programs are compiled by more than one of them. Runs whose times are
    compared belong to none. The runs that each look of sequential seeds adds are divided for themselves, so that every
    look keeps all shards busy.
    """
    expected = Expectation((), {})
    keys = ProgramKeys()
    own: set[str] = set()
    for runs in _by_look(plan):
        costs = _grouped([(keys.of(run), run.id, expected.seconds(run)) for run in runs])
        own.update(run for number, run in _divided(costs, shard.count) if number == shard.number)
    return frozenset(own)


def _by_look(plan: Plan) -> list[list[Run]]:
    """Return the runs by the first look that needs them."""
    first: dict[str, int] = {}
    for comparison in plan.experiment.comparisons:
        for look, seeds in enumerate(comparison.looks or (len(comparison.seeds),)):
            for run_id in comparison.with_first(seeds).run_ids:
                first[run_id] = min(look, first.get(run_id, look))
    looks: list[list[Run]] = [[] for _look in range(1 + max(first.values(), default=0))]
    for run in plan.runs:
        if run.id not in plan.exclusive_runs:
            looks[first[run.id]].append(run)
    return looks


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
