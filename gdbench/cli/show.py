"""gdbench show: one run in full."""

from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import Json, Results
from gdbench.cli.results_folder import results_folder


def show(
    folder: Annotated[Path, typer.Argument(metavar="RESULTS", help="A results folder, or its configuration.")],
    run_id: Annotated[str, typer.Argument(help="The id of a run, or its first characters.")],
    results: Results = Path("results"),
    as_json: Json = False,
) -> None:
    """Print one run in full, its traceback if it failed.

    gdbench show results/optimizers 3f9c
    """
    import json

    from gdbench.display.run import text
    from gdbench.ledger import find

    record = find(results_folder(folder, results), run_id)
    typer.echo(json.dumps(record.to_json(), indent=2) if as_json else text(record), nl=as_json)
