"""What a plan says about saved models and other runs in the ledger, after its counts and times."""

from collections.abc import Mapping, Sequence

from gdbench.experiment.cost.model_size import model_bytes
from gdbench.experiment.experiment import Plan
from gdbench.records import Record, Run
from gdbench.text import counted


def models_text(runs: Sequence[Run]) -> str:
    """Return how many models the runs save and how much disk space these take; nothing where they save none."""
    keeping = [run for run in runs if run.training["save"] != "off"]
    if not keeping:
        return ""
    # Runs share the sections that they do not vary.
    by_sections: dict[tuple[int, int], int | None] = {}
    sizes = []
    for run in keeping:
        key = (id(run.architecture), id(run.dataset))
        if key not in by_sections:
            by_sections[key] = model_bytes(run)
        sizes.append(by_sections[key])
    known = [size for size in sizes if size is not None]
    size = f", about {_megabytes(sum(known))}" if len(known) == len(sizes) else ""
    return f"; {counted(len(keeping), 'Keras model')} to save{size}"


def others_text(plan: Plan, records: Mapping[str, Record]) -> str:
    """Return how many runs with other settings stay in the ledger; nothing where there are none."""
    own = {run.id for run in (*plan.runs, *plan.universe_runs)}
    others = sum(run not in own for run in records)
    if not others:
        return ""
    because = " under --set" if plan.experiment.overrides else ""
    verb = "stays" if others == 1 else "stay"
    return f"; {counted(others, 'run')} with other settings {verb} in the ledger but not in the tables{because}"


def alone_text(plan: Plan, runs: Sequence[Run]) -> str:
    """Return how many of the runs are trained one at a time, since their times are compared; nothing where none is."""
    alone = sum(run.id in plan.exclusive_runs for run in runs)
    if not alone:
        return ""
    return f"; {counted(alone, 'run')} trained one at a time, for times that can be compared"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 10e6 else f"{size / 1e6:,.0f} MB"
