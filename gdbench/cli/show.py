"""gdbench show: one run in full."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import Json, ResultsOption
from gdbench.cli.results_folder import results_folder


def show(
    folder: Annotated[Path, typer.Argument(metavar="RESULTS", help="A results folder, or its configuration.")],
    run_id: Annotated[str, typer.Argument(help="The id of a run, or its first characters.")],
    results: ResultsOption = Path("results"),
    as_json: Json = False,
) -> None:
    """Print one run in full, with its traceback if it failed.

    gdbench show results/optimizers 3f9c
    """
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.run_sheet import RunPrintout
    from gdbench.ledger import find

    record = find(results_folder(folder, results), run_id)
    print_as("json" if as_json else "terminal", RunPrintout(record))
