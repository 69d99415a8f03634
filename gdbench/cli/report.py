"""gdbench report: finished runs as one page to read and to send."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from gdbench.cli.options import ResultsOption, Source, say
from gdbench.cli.results_folder import folder_with_results

FILE = "report.html"


def report(
    source: Source,
    results: ResultsOption = Path("results"),
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=f"Where to write; by default {FILE} in the results folder.", show_default=False
        ),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Write one HTML page with all tables, charts and runs.

    \b
    gdbench report quickstart --open
    gdbench report quickstart --out quickstart.html

    The page is a single file that needs no network: tables and verdicts; learning curves with 95 % bands by epoch,
    update and second; every seed; sensitivity; published beside measured; settings; and each run's curve on a click.
    """  # noqa: D301
    from gdbench.cli.output_file import check_output
    from gdbench.comparison.results import Results
    from gdbench.display.report.report_page import report_page
    from gdbench.filesystem.atomic_write import write_inside, write_whole

    target = check_output(out, (".html", ".htm")) if out else None
    folder = folder_with_results(source, results)
    page = report_page(Results.load(folder))
    written = write_inside(folder, FILE, page) if target is None else write_whole(target, page)
    say(f"written: {written}")
    if open_ and not webbrowser.open(written.resolve().as_uri()):
        say("no browser found; open the file yourself")
