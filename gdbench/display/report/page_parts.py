"""What a report says beside its tables and charts: settings, environment, data, and a line for each run."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.entry import LOCATION
from gdbench.comparison.results import Results
from gdbench.comparison.selection import Selection, default_metrics, has_value
from gdbench.comparison.values import value
from gdbench.display.sheets.units import unit_of
from gdbench.errors import GdbenchError
from gdbench.experiment.experiment import Comparison
from gdbench.experiment.settings.run_settings import DatasetSettings
from gdbench.metrics import METRICS, Metric
from gdbench.records import Record, Settings
from gdbench.text import counted, printable, printable_lines, shortened

# Longer values are cut: they may be as long as their author likes.
MAX_VALUE, MAX_NOTE = 300, 2000
MOST_VALUES = 8
# The metrics of each run in the list of runs, those that any run has.
SHOWN = tuple(METRICS[name] for name in ("test_accuracy", "test_loss"))


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it is, as text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run as the page lists it; numbers stand beside their text so that they can be sorted by."""

    id: str
    row: str
    seed: int
    status: str
    figures: tuple[tuple[str, float | None], ...]
    epochs: float | None
    seconds: float | None
    started: str
    ending: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that failed, with its traceback."""

    id: str
    row: str
    seed: int
    traceback: str


def brief(text: str, length: int = MAX_VALUE) -> str:
    """Return a text as one printable line of bounded length."""
    return shortened(printable(text[: 4 * length]), length)


def shown_metrics(results: Results) -> tuple[Metric, ...]:
    """Return the metrics of the list of runs: accuracy and loss on test images, or what rows are compared by."""
    shown = tuple(metric for metric in SHOWN if has_value(Selection(metric, "last"), results.own_records))
    return shown or (METRICS[default_metrics(results.own_records)[0]],)


def run_lines(results: Results, metrics: Sequence[Metric]) -> list[RunLine]:
    """Return every run of the experiment, also those that are missing, in the order of the file."""
    places = _places(results)
    return [_run_line(run, places[run], results.records.get(run), metrics) for run in results.run_ids]


def failures(results: Results) -> list[Failure]:
    """Return the runs that failed."""
    places = _places(results)
    return [
        Failure(brief(record.run.id), places[record.run.id][0], record.run.seed, _traceback(record.outcome.error))
        for record in results.own_records
        if record.outcome.has_failed
    ]


def _traceback(error: str | None) -> str:
    # The end of a traceback says most.
    return printable_lines((error or "")[-20_000:])


def _places(results: Results) -> dict[str, tuple[str, int]]:
    """Return the rows of each run, and its seed."""
    several = len(results.comparisons) > 1
    rows: dict[str, list[str]] = {}
    seeds: dict[str, int] = {}
    for comparison in results.comparisons:
        for point in comparison.points:
            name = f"{comparison.name}: {point.key}" if several else point.key
            for run, seed in zip(point.runs, comparison.seeds, strict=False):
                rows.setdefault(run, []).append(name or comparison.name)
                seeds[run] = seed
    return {run: (brief("; ".join(dict.fromkeys(names))), seeds[run]) for run, names in rows.items()}


def _run_line(run: str, place: tuple[str, int], record: Record | None, metrics: Sequence[Metric]) -> RunLine:
    row, seed = place
    if record is None:
        return RunLine(brief(run), row, seed, "missing", (("-", None),) * len(metrics), None, None, "", "")
    outcome = record.outcome
    numbers = [value(record, metric, "last") for metric in metrics]
    texts = [unit_of(metric).text(number) for metric, number in zip(metrics, numbers, strict=True)]
    epochs = [epoch for epoch in outcome.history.get("epoch", ()) if epoch is not None]
    diverged = outcome.diverged
    ending = f"diverged in epoch {diverged['epoch']}, update {diverged['step']}" if diverged else ""
    return RunLine(
        id=brief(run),
        row=row,
        seed=record.run.seed,
        status="collapsed" if outcome.has_collapsed else outcome.status,
        figures=tuple(zip(texts, numbers, strict=True)),
        epochs=epochs[-1] if epochs else None,
        seconds=outcome.total_seconds if outcome.seconds else None,
        started=brief(record.started),
        ending=ending,
    )


def settings_of(results: Results, comparison: Comparison) -> list[Fact]:
    """Return each setting of the runs of a comparison, every default included, as the ledger has it."""
    runs = [results.records[run].run.settings for run in comparison.run_ids if run in results.records]
    found: dict[str, Counter[str]] = {}
    for settings in runs:
        for path, text in _flat("", settings):
            found.setdefault(path, Counter())[text] += 1
    return [Fact(brief(path), _values(texts, len(runs))) for path, texts in found.items()]


def _values(texts: Mapping[str, int], runs: int) -> str:
    if len(texts) == 1 and sum(texts.values()) == runs:
        return brief(next(iter(texts)))
    shown = [f"{brief(text, 80)} ({counted(count, 'run')})" for text, count in list(texts.items())[:MOST_VALUES]]
    return "; ".join([*shown, *([f"and {len(texts) - MOST_VALUES} more"] if len(texts) > MOST_VALUES else [])])


def _flat(path: str, setting: object) -> Iterator[tuple[str, str]]:
    if not isinstance(setting, Mapping):
        yield path, "none" if setting is None else str(setting).lower() if isinstance(setting, bool) else str(setting)
        return
    if "name" in setting:
        yield path, str(setting["name"])
    for key, child in setting.items():
        if key != "name":
            yield from _flat(f"{path}.{key}" if path else str(key), child)


def environment_of(records: Sequence[Record]) -> list[Fact]:
    """Return what the runs were trained with and when; where they differ, how many with each."""
    names = dict.fromkeys(name for record in records for name in record.environment)
    facts = []
    for name in names:
        texts = Counter(str(record.environment.get(name, "unknown")) for record in records)
        facts.append(Fact(brief(name), _values(texts, len(records))))
    if records:
        starts = sorted(record.started for record in records)
        ends = dict.fromkeys(brief(start[:19].replace("T", " ")) for start in (starts[0], starts[-1]))
        facts.append(Fact("started", f"{' to '.join(ends)} UTC"))
        facts.append(Fact("timing", _values(Counter(record.timing for record in records), len(records))))
    return facts


def data_of_runs(results: Results) -> list[Fact]:
    """Return for each dataset what was read, how many images are behind the figures, and its fingerprint if known."""
    facts: dict[str, str] = {}
    for comparison in results.comparisons:
        for point in comparison.points:
            for record in (results.records[run] for run in point.runs if run in results.records):
                dataset = record.run.dataset
                name = ", ".join(f"{key} {text}" for key, text in _flat("", {**dataset, "name": ""}) if text and key)
                counts = point.images
                images = f"{counts.train:,} training, {counts.val:,} validation, {counts.test:,} test" if counts else ""
                said = [images, record.outcome.data or "", fingerprint_of(dataset)]
                facts.setdefault(f"{dataset.get('name')}: {name}", "; ".join(filter(None, said)))
    return [Fact(brief(name), brief(text)) for name, text in facts.items()]


def fingerprint_of(dataset: Settings) -> str:
    """Return the SHA-256 of the source of a dataset of the catalog; nothing where a file would have to be read.

    A report of a folder from elsewhere must not open the files that its ledger names.
    """
    entry = DATASETS.entries.get(str(dataset.get("name")))
    if entry is None:
        return ""
    try:
        fields = DATASETS.model(str(dataset["name"])).model_fields.values()
        if any(LOCATION in field.metadata for field in fields):
            return ""
        facts = DatasetSettings(dataset).facts()
    except (GdbenchError, ValueError, LookupError, TypeError, AttributeError):
        # A damaged ledger, or one of another version.
        return ""
    return f"fingerprint {facts.fingerprint}" if facts and facts.fingerprint else ""
