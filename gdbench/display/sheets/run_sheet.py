"""One run in full."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import NOTHING, Column, Sheet
from gdbench.records import Outcome, Record
from gdbench.text import printable


@dataclass(frozen=True, slots=True)
class RunPrintout(Printout):
    """What `show` prints: everything that the ledger has of a run."""

    record: Record

    def sections(self) -> list[Section]:
        """Return paragraphs, and the history as a sheet."""
        outcome = self.record.outcome
        blocks: list[Sheet | str] = ["\n".join(self._ending()), "\n".join(self._settings())]
        if outcome.metrics:
            blocks.append("\n".join(f"{printable(name)}: {_text(value)}" for name, value in outcome.metrics.items()))
        if outcome.history:
            blocks.append(_history_sheet(outcome))
        if outcome.losses:
            blocks.append("recorded training losses: " + ", ".join(map(str, outcome.losses)))
        if outcome.error:
            blocks.append(outcome.error.rstrip())
        return [Section(tuple(blocks))]

    def model(self) -> JsonModel:
        """Return the line of the ledger."""
        return self.record.to_json()

    def _ending(self) -> Iterator[str]:
        record, outcome = self.record, self.record.outcome
        yield f"run {printable(record.run.id)}, seed {record.run.seed}: {outcome.status}"
        if outcome.diverged:
            yield f"diverged in epoch {outcome.diverged['epoch']}, update {outcome.diverged['step']}"
        yield f"started {printable(record.started)}, timing {record.timing}"
        yield f"environment: {_flat(record.environment)}"
        if outcome.seconds:
            yield f"seconds: {_flat(outcome.seconds)}"

    def _settings(self) -> Iterator[str]:
        return (f"{section}: {_flat(settings)}" for section, settings in self.record.run.settings.items())


def _history_sheet(outcome: Outcome) -> Sheet:
    # The moment of each evaluation stands beside its figures, however many tables those take.
    columns = tuple(Column(name, label=name in ("epoch", "update")) for name in outcome.history)
    # The history is stored by column.
    rows = tuple(zip(*outcome.history.values(), strict=True))
    return Sheet("", columns, rows)


def _flat(values: Mapping[str, object]) -> str:
    return ", ".join(f"{printable(name)} {_text(value)}" for name, value in values.items())


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + _flat(value) + "}"
    if value is None:
        return NOTHING
    return str(value).lower() if isinstance(value, bool) else printable(str(value))
