"""gdbench doctor: whether this machine and installation are fit to train."""

from typing import TYPE_CHECKING, Annotated

import typer

from gdbench.cli.options import Json

if TYPE_CHECKING:
    from gdbench.execution.findings import Finding


def doctor(
    speed: Annotated[
        bool, typer.Option("--speed/--no-speed", help="Measure speed by a few seconds of training.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Check that this machine and installation are fit to train.

    gdbench doctor

    Versions, cores, memory, folders, data, Keras' settings, environment variables, and the speed of a short run. Exit
    code 1 if something must be fixed.
    """
    from gdbench.display.formats import print_as
    from gdbench.display.sheets.checkup_printout import CheckupPrintout
    from gdbench.execution.findings import findings

    found = list(findings())
    # Training with versions that are too old, or data that is damaged, would only fail again.
    if speed and all(finding.state != "mend" for finding in found):
        found.append(_speed())
    printout = CheckupPrintout(found)
    print_as("json" if as_json else "terminal", printout)
    if not printout.is_well:
        raise typer.Exit(1)


def _speed() -> "Finding":
    """Train one short run and say how fast that was."""
    from gdbench.errors import SweepError
    from gdbench.execution.findings import Finding
    from gdbench.execution.local.worker import make_trainer
    from gdbench.execution.speed_check import speed_check

    remedy = "gdbench cannot train before this is mended"
    try:
        measured = speed_check(make_trainer)
    except SweepError as error:
        return Finding("speed", str(error), "mend", remedy)
    if measured.images_per_second is None:
        return Finding("speed", f"a short run failed: {measured.error}", "mend", remedy)
    rate = f"{measured.images_per_second:,.0f} training images a second in one worker"
    times = f"compiled in {measured.compile_seconds:.1f} s, in all {measured.total_seconds:.1f} s"
    return Finding("speed", f"{rate} (mlp of 128 units, batches of 128); {times}")
