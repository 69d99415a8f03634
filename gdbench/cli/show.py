"""gdbench show: one run in full."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdbench.cli.options import Json, ResultsOption, Source
from gdbench.cli.results_folder import folder_with_results
from gdbench.errors import RequestError

if TYPE_CHECKING:
    from gdbench.records import Record


def show(
    source: Source,
    run_id: Annotated[str, typer.Argument(metavar="RUN_ID", help="The id of a run, or its first characters.")],
    results: ResultsOption = Path("results"),
    as_json: Json = False,
) -> None:
    """Print one run in full, with its traceback if it failed.

    gdbench show quickstart 3f9c
    """
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.run_sheet import RunPrintout

    # Every id begins with an empty one.
    if not run_id.strip():
        raise RequestError("RUN_ID: expected the id of a run, or its first characters; got an empty one")
    folder = folder_with_results(source, results)
    print_as("json" if as_json else "terminal", RunPrintout(_find(folder, run_id), folder))


def _find(folder: Path, prefix: str) -> "Record":
    """Return the one record whose run id starts with a prefix."""
    from gdbench.experiment.stored_experiment import no_results
    from gdbench.ledger import find, has_ledger

    if not has_ledger(folder):
        raise RequestError(no_results(folder))
    matching = find(folder, prefix)
    if not matching:
        raise RequestError(f"{folder}: no run id begins with '{prefix}'")
    if len(matching) > 1:
        ids = ", ".join(record.run.id for record in matching[:3])
        raise RequestError(
            f"{folder}: {len(matching)} run ids begin with '{prefix}' ({ids}, ...); give more characters"
        )
    return matching[0]
