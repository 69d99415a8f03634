"""What sweep and reproduce share: the runs of a plan that its folder lacks are trained, Ctrl-C and all."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdbench.cli.options import say
from gdbench.errors import InterruptionError

if TYPE_CHECKING:
    from gdbench.execution.sweep import SweepResult
    from gdbench.experiment.experiment import Plan


def train(
    plan: "Plan",
    folder: Path,
    *,
    workers: int | None,
    timeout: float | None,
    fresh: bool,
    retry_failed: bool,
    trust: bool,
    quiet: bool,
) -> "SweepResult":
    """Train what is missing, with the user's leave for code of their own.

    Raises:
        RequestError: the user's own code may not run.
        InterruptionError: Ctrl-C.
        SweepError: the sweep could not be carried out.
    """
    from gdbench.cli.trust import ask_for_trust
    from gdbench.display.progress import silent, watch
    from gdbench.execution.pool import Pool, cores
    from gdbench.execution.preparation import prepare
    from gdbench.execution.sweep import sweep
    from gdbench.execution.worker import make_trainer

    ask_for_trust(plan.plugins, trust)
    try:
        return sweep(
            plan,
            folder,
            partial(Pool, make=make_trainer, timeout=timeout),
            workers or cores(),
            silent if quiet else partial(watch, plan.experiment),
            say,
            prepare=lambda runs: prepare(runs, plan.plugins, say),
            fresh=fresh,
            retry_failed=retry_failed,
        )
    except KeyboardInterrupt:
        raise InterruptionError("interrupted; finished runs are kept, and the same command goes on") from None


def name_unequal(swept: "SweepResult") -> bool:
    """Say a line for each run that gave other numbers when trained again, alone; return whether there are any."""
    for run in swept.unequal:
        say(f"{run}: trained again, alone, it gave other numbers; both records are in the ledger")
    return bool(swept.unequal)
