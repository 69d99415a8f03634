"""What is simulated; a part is a module with a title and the rates over a number of tables."""

from collections.abc import Iterator
from typing import Protocol

from tests.simulations import claims, looks, tables, tuning
from tests.simulations.rate import Rate


class Part(Protocol):
    """One topic."""

    TITLE: str

    def rates(self, tables: int, /) -> Iterator[Rate]: ...


PARTS: dict[str, Part] = {"tables": tables, "looks": looks, "claims": claims, "tuning": tuning}
TABLES = 2000
