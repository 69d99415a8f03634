"""gdbench trains every combination that a YAML file describes and compares the results honestly.

From Python: `load` reads results as pandas frames, `plan` says what a configuration or a dictionary would train, and
`sweep` trains it. Whatever a user can mend is raised as a `GdbenchError`.
"""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING

from gdbench.errors import ConfigError, GdbenchError, InterruptionError, LedgerError, RequestError, SweepError
from gdbench.version import __version__

if TYPE_CHECKING:
    from gdbench.api.experiment_plan import ExperimentPlan as Plan
    from gdbench.api.experiment_results import ExperimentResults as Results

__all__ = [
    "ConfigError",
    "GdbenchError",
    "InterruptionError",
    "LedgerError",
    "Plan",
    "RequestError",
    "Results",
    "SweepError",
    "__version__",
    "load",
    "plan",
    "sweep",
]


def load(source: str | PathLike[str], *, results: str | PathLike[str] = "results") -> "Results":
    """Return the results of a sweep, as tables and tidy pandas frames.

    `source` is a results folder, its configuration's file, or the name of either: a path that exists comes first, then
    the folder of that name in `results`, then the configuration of that name.

    Raises:
        RequestError: there are no such results, or they are those of another configuration.
        ConfigError: the configuration has mistakes.
        LedgerError: the ledger is damaged.
    """
    from gdbench.api.requests import loaded

    return loaded(source, results)


def plan(
    source: str | PathLike[str] | Mapping[str, object],
    *,
    results: str | PathLike[str] = "results",
    set: Mapping[str, object] | None = None,  # noqa: A002  # as the option of the command
    seeds: int | None = None,
) -> "Plan":
    """Return what a configuration would train, and how much of that is in the ledger.

    `source` is a file, a name, a results folder, or a dictionary with the keys of a file and a `name`; paths in it are
    relative to the current folder. `set` changes settings by path, as `{"training.epochs": 10}`; `seeds` means 0 to
    seeds - 1 in every comparison.

    Raises:
        RequestError: there is no such configuration.
        ConfigError: it has mistakes, each a line of `mistakes`.
    """
    from gdbench.api.requests import planned_for

    return planned_for(source, results, set, seeds)


def sweep(
    source: str | PathLike[str] | Mapping[str, object],
    *,
    results: str | PathLike[str] = "results",
    set: Mapping[str, object] | None = None,  # noqa: A002  # as the option of the command
    seeds: int | None = None,
    workers: int | None = None,
    timeout: float | None = None,
    memory_limit: float | None = None,
    fresh: bool = False,
    retry_failed: bool = False,
    trust: bool = False,
    yes: bool = False,
    quiet: bool = False,
    cache: bool = True,
    order: str = "seeds",
    shard: str | None = None,
    cluster: str | None = None,
) -> "Results":
    """Train what the ledger lacks, write the tables, and return the results; a run that fails is a row of them.

    `source`, `results`, `set` and `seeds` are those of `plan`, the others the options of `gdbench sweep`: `workers`
    processes (one per core), at most `timeout` seconds a run and `memory_limit` gigabytes a worker, `fresh` sets old
    results aside, `retry_failed` trains failed runs again, `trust` runs code that the configuration names, `yes` allows
    more than 10,000 runs, `cache` loads programs that earlier sweeps compiled. `order` is `seeds` or `longest`; `shard`
    such as `2/8` trains that part into a ledger of its own, and writes no tables; `cluster` is the address of a Dask
    scheduler, or `local:N`. A notebook and a terminal show the progress unless `quiet`.

    Raises:
        RequestError: there is no such configuration, its code is not trusted, or its folder is another one's.
        ConfigError: it has mistakes.
        SweepError: the sweep could not be carried out, such as with a full disk.
        InterruptionError: Ctrl-C; finished runs are kept, and the same call goes on.
    """
    from gdbench.api.training_request import train
    from gdbench.execution.sweep import SweepOptions

    options = SweepOptions(
        workers=workers,
        timeout=timeout,
        memory_limit=memory_limit,
        fresh=fresh,
        retry_failed=retry_failed,
        trust=trust,
        quiet=quiet,
        cache=cache,
        cluster=cluster,
    )
    return train(source, results, set, seeds, options, order=order, shard=shard, yes=yes)


def __getattr__(name: str) -> type:
    # Lazily, since the frames need pandas.
    if name == "Results":
        from gdbench.api.experiment_results import ExperimentResults

        return ExperimentResults
    if name == "Plan":
        from gdbench.api.experiment_plan import ExperimentPlan

        return ExperimentPlan
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
