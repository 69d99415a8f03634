"""Reading many lines of a ledger, most of which repeat the settings and the environment of others."""

import re

from gdbench.ledger.lines import parse
from gdbench.records import Record, Run, Settings

# What stands before the settings of a run, and after them, in a line as this program writes it.
_BEFORE_SETTINGS = re.compile(rb'\{"schema": 1, "id": "\w+", "status": "\w+", "seed": -?\d+, "run": (?=\{)')
# Read in place of settings that are known, which are a third of a line; the brace that ends both follows.
_NO_SETTINGS = b'{"dataset": {}, "architecture": {}, "optimizer": {}, "training": {}, "regularization": {}'
_AFTER_SETTINGS = b'}, "metrics": '
_ENVIRONMENT = b', "environment": {'
_AFTER_ENVIRONMENT = b', "sum": "'
# When a run was evaluated, which most runs of a plan have in common.
_MOMENTS = re.compile(rb'"history": \{"epoch": (\[[^\]]*\]), "update": (\[[^\]]*\])')
# Where none repeats, keeping their texts would take more memory than it saves.
_MOST = 20_000


class SharingParser:
    """Parses lines so that settings with the same text are one object, which takes half of the memory of a plan's."""

    def __init__(self) -> None:
        """Start without settings."""
        self._runs: dict[bytes, Run] = {}
        self._environments: dict[bytes, Settings] = {}
        self._moments: dict[bytes, list[int | float | None]] = {}

    def parse(self, line: bytes, where: str) -> Record:
        """Do what the function of that name does.

        Raises:
            LedgerError: the line is damaged, was changed after it was written, or has another schema.
        """
        start = _BEFORE_SETTINGS.match(line)
        # Arguments may have these names too: what is compared may be longer than what is shared, and never shorter.
        end = line.rfind(_AFTER_SETTINGS)
        place = line.find(_ENVIRONMENT, end)
        if start is None or end < 0 or place < 0 or len(self._runs) + len(self._environments) > _MOST:
            return parse(line, where)
        # By its text and not by its value, since 1, 1.0 and true are equal.
        settings = line[start.end() : end]
        is_known = settings in self._runs and line.find(_AFTER_SETTINGS, start.end()) == end
        record = parse(line, where, line[: start.end()] + _NO_SETTINGS + line[end:] if is_known else None)
        run = self._runs.setdefault(settings, record.run)
        environment = self._environments.setdefault(line[place : line.rfind(_AFTER_ENVIRONMENT)], record.environment)
        if (moments := _MOMENTS.search(line, end)) is not None and len(self._moments) < _MOST:
            history = record.outcome.history
            for name, text in zip(("epoch", "update"), moments.groups(), strict=True):
                history[name] = self._moments.setdefault(text, history[name])
        # Spelled out, since copies by `dataclasses.replace` take twice the time, which counts for 100,000 of them.
        shared = Run(
            *(record.run.id, record.run.seed),
            *(run.dataset, run.architecture, run.optimizer, run.training, run.regularization),
        )
        return Record(shared, record.outcome, record.started, environment, record.timing)
