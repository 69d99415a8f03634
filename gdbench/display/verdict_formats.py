"""What `reproduce` prints and writes: verdicts in each format, and the README of a results folder."""

import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TextIO

from gdbench.comparison.tables import asked_for
from gdbench.comparison.verdicts import Verdict, verdicts
from gdbench.display.formats.markdown import markdown_table
from gdbench.display.formats.terminal import print_text_tables
from gdbench.display.provenance import origin
from gdbench.display.verdict_data import cells_csv, claims_csv, verdict_json
from gdbench.display.verdicts import sentence, verdict_tables
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Experiment
from gdbench.files import write_whole
from gdbench.records import Record
from gdbench.text import duration, printable, suggestion

FORMATS = ("terminal", "markdown", "csv", "json")

Rerun = tuple[Experiment, Mapping[str, Record]]


def check_format(name: str) -> None:
    """Refuse an unknown format.

    Raises:
        RequestError: there is no such format.
    """
    if name not in FORMATS:
        raise RequestError(f"--format: expected one of {', '.join(FORMATS)}; got '{name}'{suggestion(name, FORMATS)}")


def print_verdicts(experiments: Sequence[Rerun], name: str, stream: TextIO) -> None:
    """Print the verdicts on experiments in the format of that name."""
    if name == "json":
        found = [verdict_json(each, verdicts(each, records), origin(each, records)) for each, records in experiments]
        stream.write(json.dumps(found, indent=2, allow_nan=False) + "\n")
        return
    for number, (experiment, records) in enumerate(experiments):
        judged = verdicts(experiment, records)
        if number:
            stream.write("\n")
        if name == "terminal":
            _print_terminal(judged, stream)
        elif name == "markdown":
            stream.write(f"# {printable(experiment.title)}\n\n{_markdown(judged)}")
        else:
            stream.write("\n".join(_csv_texts(experiment, judged).values()))


def _print_terminal(judged: Sequence[Verdict], stream: TextIO) -> None:
    for number, verdict in enumerate(judged):
        if number:
            stream.write("\n")
        print_text_tables(verdict_tables(verdict), stream)
        stream.write(f"\n{printable(sentence(verdict))}\n")


def _markdown(judged: Sequence[Verdict]) -> str:
    parts = []
    for verdict in judged:
        tables = "\n".join(markdown_table(table) for table in verdict_tables(verdict))
        parts.append(f"## {printable(sentence(verdict))}\n\n{tables}")
    return "\n".join(parts)


def _csv_texts(experiment: Experiment, judged: Sequence[Verdict]) -> dict[str, str]:
    """Return the CSV of cells and of claims by file name; none for what a comparison has none of."""
    texts = {}
    for verdict in judged:
        name = verdict.comparison.name
        if any(block.cells for block in verdict.blocks):
            texts[f"{name}-verdicts.csv"] = cells_csv(experiment, verdict)
        if verdict.claims:
            texts[f"{name}-claims.csv"] = claims_csv(experiment, verdict)
    return texts


def verdict_files(experiment: Experiment, records: Mapping[str, Record]) -> dict[str, str]:
    """Return what `reproduce` writes into a results folder beside the tables of `sweep`: path -> text."""
    judged = verdicts(experiment, records)
    texts = {f"tables/{name}": text for name, text in _csv_texts(experiment, judged).items()}
    return texts | {"README.md": _readme(experiment, records, judged)}


def write_verdicts(experiment: Experiment, records: Mapping[str, Record], folder: Path) -> None:
    """Write them.

    Raises:
        SweepError: a file cannot be written.
    """
    for name, text in verdict_files(experiment, records).items():
        write_whole(folder / name, text)


def _readme(experiment: Experiment, records: Mapping[str, Record], judged: Sequence[Verdict]) -> str:
    found = asked_for(experiment, records)
    seconds = sum(sum(record.outcome.seconds.values()) for record in found)
    versions = [
        f"{label} {' and '.join(sorted({str(record.environment.get(name, 'unknown')) for record in found}))}"
        for name, label in (("python", "Python"), ("keras", "Keras"), ("tensorflow", "TensorFlow"))
    ]
    text = StringIO()
    text.write(f"# {printable(experiment.title)}\n\n")
    text.write("Published beside measured, written from `runs.jsonl` by `gdbench reproduce`.\n\n")
    text.write(f"{origin(experiment, records)}; {duration(seconds)} of one core in all; {', '.join(versions)}.\n\n")
    text.write(_markdown(judged))
    return text.getvalue()
