"""What `reproduce` writes into a results folder: verdicts as CSV, and a README."""

from pathlib import Path

from gdbench.comparison.results import Results
from gdbench.display.formats import csv, markdown
from gdbench.display.provenance import origin, protocols_trained
from gdbench.display.sheets.multiverse_printout import flat_multiverse, multiverse_sections
from gdbench.display.sheets.printout import Section
from gdbench.display.sheets.verdict_printout import flat_sheets, verdict_sections
from gdbench.filesystem.atomic_write import write_inside
from gdbench.text import duration

_MULTIVERSE = "Under other protocols that the source leaves open"


def write_verdicts(results: Results, folder: Path) -> None:
    """Write the verdicts on an experiment beside the tables of its sweep.

    Raises:
        SweepError: a file cannot be written.
    """
    for name, text in verdict_files(results).items():
        write_inside(folder, name, text)


def verdict_files(results: Results) -> dict[str, str]:
    """Return the text of each file by its path in the results folder."""
    verdicts = results.verdicts()
    sheets = {
        name: sheet for verdict in verdicts for name, sheet in flat_sheets(results.experiment.name, verdict).items()
    }
    # A part of them may be there by chance, since a universe can be the comparison's own protocol.
    trained = [found for found in results.multiverses() if not found.missing]
    for found in trained:
        sheets |= flat_multiverse(results.experiment.name, found)
    tables = {f"tables/{name}.csv": csv.csv_text(sheet) for name, sheet in sheets.items()}
    where = markdown.escaped(protocols_trained(results))
    multiverses = [Section((where,), title=_MULTIVERSE), *multiverse_sections(trained)] if trained else []
    sections = [_introduction(results), *verdict_sections(verdicts), *multiverses]
    return tables | {"README.md": markdown.page(sections)}


def _introduction(results: Results) -> Section:
    records = results.own_records
    seconds = sum(record.outcome.total_seconds for record in records)
    # Records of several versions are named side by side.
    versions = [
        f"{label} {' and '.join(sorted({str(record.environment.get(name, 'unknown')) for record in records}))}"
        for name, label in (("python", "Python"), ("keras", "Keras"), ("tensorflow", "TensorFlow"))
    ]
    paragraphs = (
        "Published beside measured, written from `runs.jsonl` by `gdbench reproduce`.",
        # Machines and versions are what a ledger says they are.
        markdown.escaped(f"{origin(results)}; {duration(seconds)} of one core in all; {', '.join(versions)}."),
    )
    return Section(paragraphs, title=results.experiment.title)
