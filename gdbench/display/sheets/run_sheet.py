"""One run in full."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gdbench.comparison.background import noun_of
from gdbench.comparison.class_measures import answers_at, class_labels, largest_class
from gdbench.comparison.values import value
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import NOTHING, Column, Sheet, Unit
from gdbench.execution.model_files import model_path
from gdbench.metrics import METRICS
from gdbench.records import LayerCurves, Outcome, Record
from gdbench.text import counted, printable

# What separates settings, so that a text with one of them is quoted.
_MARKS = frozenset(",{}'")


@dataclass(frozen=True, slots=True)
class RunPrintout(Printout):
    """What `show` prints: everything that the ledger has of a run, and the `folder` of the results of its model.

    People get six digits of a number; programs get all that were measured.
    """

    record: Record
    folder: Path | None = None

    def sections(self) -> list[Section]:
        """Return paragraphs, and the history as a sheet."""
        outcome = self.record.outcome
        blocks: list[Sheet | str] = ["\n".join(self._ending()), "\n".join(self._settings())]
        if outcome.metrics:
            blocks.append("\n".join(f"{printable(name)}: {_text(number)}" for name, number in outcome.metrics.items()))
        if outcome.history:
            blocks.append(_history_sheet(outcome))
        if outcome.answers:
            blocks.append("\n".join(_answers(self.record)))
        if outcome.layers:
            blocks.append(_layers_sheet(outcome.layers))
        if outcome.losses:
            blocks.append("recorded training losses: " + ", ".join(map(_text, outcome.losses)))
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
        if outcome.model and self.folder:
            path = model_path(self.folder, record.run.id)
            absent = "" if path.exists() else " (no such file)"
            yield f"model: {printable(str(path))}{absent}, after epoch {outcome.model['epoch']}"

    def _settings(self) -> Iterator[str]:
        return (f"{section}: {_flat(settings)}" for section, settings in self.record.run.settings.items())


def _history_sheet(outcome: Outcome) -> Sheet:
    # The moment of each evaluation stands beside its figures, however many tables those take.
    columns = tuple(
        Column(name, label=True) if name in ("epoch", "update") else Column(name, unit=Unit())
        for name in outcome.history
    )
    # The history is stored by column.
    rows = tuple(zip(*outcome.history.values(), strict=True))
    return Sheet("", columns, rows)


def _answers(record: Record) -> Iterator[str]:
    """Yield the measures of the answers after the last epoch, and the largest class where classes are unequal."""
    for metric in METRICS.values():
        if metric.of_answers and (number := value(record, metric, "last")) is not None:
            yield f"{metric.name}: {_text(number)}"
    answers = answers_at(record, "last")
    largest = largest_class(answers.get("confusion", [])) if answers else None
    if answers and largest:
        labels = class_labels([record], len(answers.get("confusion", [])))
        label = labels[largest[0]] if labels else largest[0]
        yield f"largest class: {label}, {100 * largest[1]:.2f} % of the test {noun_of([record])}"


def _layers_sheet(layers: LayerCurves) -> Sheet:
    """Return of each layer the first and the last number of each recorded quantity, and the updates behind them."""
    names = tuple(printable(name) for name in layers["curves"])
    count = max((len(values) for curve in layers["curves"].values() for values in curve), default=0)
    updates = (layers["every"], layers["every"] * count) if count else ()
    title = f"Recorded of each layer every {counted(layers['every'], 'update')}: the first and the last number"
    columns = (
        Column("layer", align="left", label=True),
        *(Column(f"{name} at {update}", unit=Unit()) for name in names for update in updates),
    )
    rows = tuple(
        (printable(layer), *(curve[index][place] for curve in layers["curves"].values() for place in (0, -1) if count))
        for index, layer in enumerate(layers["names"])
    )
    return Sheet(title, columns, rows)


def _flat(values: Mapping[str, object]) -> str:
    return ", ".join(f"{printable(name)} {_text(value)}" for name, value in values.items())


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + _flat(value) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if value is None:
        return NOTHING
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str) and (not value.strip() or _MARKS.intersection(value)):
        # Else a separator could not be told from the commas between settings.
        return printable(f"'{value}'")
    return str(value).lower() if isinstance(value, bool) else printable(str(value))
