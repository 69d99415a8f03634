"""Searches for cases that end otherwise than they should."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.command import Failure

T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """One kind of input: how it is made, and what is wrong with how the commands take it."""

    name: str
    full_count: int
    short_count: int
    strategy: st.SearchStrategy[T]
    check: Callable[[T, Path], Iterator[Failure]]
    prepare: Callable[[Path], None]


@dataclass
class Found(Generic[T]):
    """One kind of failure: how many cases have it, and the shortest of them."""

    case: T
    details: str
    count: int = 1


@dataclass
class Report(Generic[T]):
    """How many cases were tried, and the kinds of failure among them."""

    tried: int = 0
    kinds: dict[str, Found[T]] = field(default_factory=dict)

    def add(self, failure: Failure, case: T) -> None:
        """Count a failure, and keep its case if it is the shortest of its kind."""
        found = self.kinds.get(failure.kind)
        if found is None:
            self.kinds[failure.kind] = Found(case, failure.details)
            return
        found.count += 1
        if len(repr(case)) < len(repr(found.case)):
            found.case, found.details = case, failure.details


def search(
    part: Part[T],
    count: int,
    watch: Callable[[Report[T]], None] = lambda _report: None,
    fresh: int | None = None,
) -> Report[T]:
    """Try so many cases and report every kind of failure; `watch` sees each case counted.

    The cases are the same ones every time, or with `fresh` those of this seed.
    """
    report: Report[T] = Report()
    with TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        part.prepare(folder)

        @settings(
            max_examples=count,
            derandomize=fresh is None,
            database=None,
            deadline=None,
            # No shrinking: the search goes on after a failure, and keeps the shortest case of each kind.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(part.strategy)
        def attempt(case: T) -> None:
            report.tried += 1
            for failure in part.check(case, folder):
                report.add(failure, case)
            watch(report)

        (attempt if fresh is None else seed(fresh)(attempt))()
    return report
