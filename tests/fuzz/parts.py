"""The kinds of input that are tried."""

from typing import Any

from tests.fuzz import configurations, data_files, ledgers
from tests.fuzz.search import Part


def _nothing(_folder: object) -> None:
    pass


PARTS: tuple[Part[Any], ...] = (
    Part("configurations", 20_000, 400, configurations.strategy(), configurations.check, configurations.prepare),
    Part("data files", 2_000, 120, data_files.strategy, data_files.check, _nothing),
    Part("ledgers", 2_000, 60, ledgers.ledger(), ledgers.check, _nothing),
    Part("experiments", 1_000, 40, ledgers.experiment(), ledgers.check, _nothing),
)
