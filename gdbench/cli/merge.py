"""gdbench merge: folds the ledgers of shards into one."""

from collections.abc import Iterator, Sequence
from filecmp import cmp
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdbench.cli.options import ResultsOption, say
from gdbench.cli.results_folder import results_folder
from gdbench.errors import RequestError

if TYPE_CHECKING:
    from gdbench.ledger import Merged

Folders = Annotated[
    list[Path],
    typer.Argument(
        metavar="RESULTS_OR_CONFIG",
        help="Results folders, their YAML files, or the names of either; all go into the first.",
        show_default=False,
    ),
]


def merge(folders: Folders, results: ResultsOption = Path("results")) -> None:
    """Merge the ledgers of shards into that of the first folder.

    \b
    gdbench merge results/optimizers
    gdbench merge results/optimizers from/host1/optimizers from/host2/optimizers

    Shards in the first folder are removed once they are merged; the other folders stay as they are. If a run was
    recorded twice, the better record counts, and if their numbers differ the exit code is 1. Keras models are copied.
    """  # noqa: D301
    from gdbench.comparison.stages_due import counts_due
    from gdbench.experiment.stored_experiment import read_experiment, sweep_command
    from gdbench.ledger import merge as merge_ledgers

    first, *others = dict.fromkeys(results_folder(folder, results) for folder in folders)
    others = [folder for folder in others if not _is_same(folder, first)]
    source = _source_of_experiment(first, others)
    merged = merge_ledgers(first, others)
    if source is not None:
        _copy_experiment(source, first)
    for line in (*merged.lines, *_copy_models(merged, first), *merged.unequal):
        say(line)
    ended, due = counts_due(read_experiment(first).comparisons, merged.records)
    rest = "" if ended == due else f"; to train the rest, run {sweep_command(first)}, with the same options"
    say(f"{first}: {ended:,} of {due:,} runs are in the ledger{rest}")
    if merged.unequal:
        say("both records of these runs are in the ledger; the better counts")
        raise typer.Exit(1)


def _source_of_experiment(first: Path, others: Sequence[Path]) -> Path | None:
    """Refuse results of another experiment; return the folder that one without an experiment takes its own from."""
    from gdbench.experiment.stored_experiment import FILE, read_experiment

    experiments = {folder: read_experiment(folder) for folder in others}
    source = next(iter(others), None) if not (first / FILE).exists() else None
    experiment = experiments[source] if source is not None else read_experiment(first)
    for folder, other in experiments.items():
        if set(other.run_ids).isdisjoint(experiment.run_ids):
            whose = other.name if other.name != experiment.name else "another configuration"
            raise RequestError(
                f"{folder}: expected results of {experiment.name}, as in {source or first}; "
                f"got those of {whose}, with no run in common"
            )
    return source


def _copy_models(merged: "Merged", folder: Path) -> Iterator[str]:
    """Copy the Keras models of the records that count; say which are damaged, and how many are in none of the folders.

    The model of a record with other numbers does not stay in their place.
    """
    from gdbench.execution.model_files import is_whole, model_path
    from gdbench.filesystem.atomic_write import write_inside
    from gdbench.text import counted

    lacking = 0
    for run, places in merged.models.items():
        # The other folders first: a merge that was killed has written the record, but not its model.
        ordered = [model_path(place, run) for place in sorted(places, key=lambda place: place == folder)]
        paths, own = [path for path in ordered if path.is_file()], model_path(folder, run)
        damaged = list(takewhile(lambda path: not is_whole(path), paths))
        found = next(iter(paths[len(damaged) :]), None)
        lacking += found is None
        for path in damaged:
            yield f"{path}: damaged, no whole Keras model" + ("; not copied" if path != own else "")
        if found is None and own.is_file() and own not in damaged:
            aside = own.replace(own.with_name(f"{own.name}.other"))
            yield f"{own}: belongs to a record that no longer counts; moved to {aside.name}"
        elif found is not None and found != own and not (own.is_file() and cmp(found, own, shallow=False)):
            write_inside(folder, str(model_path(Path(), run)), found.read_bytes())
    if lacking:
        yield (
            f"{folder}: {counted(lacking, 'Keras model')} missing or damaged in all of these folders; a run whose "
            "line is deleted from the ledger is trained again by the same sweep"
        )


def _copy_experiment(source: Path, folder: Path) -> None:
    from gdbench.experiment.stored_experiment import FILE
    from gdbench.filesystem.atomic_write import write_inside

    write_inside(folder, FILE, (source / FILE).read_bytes())


def _is_same(folder: Path, first: Path) -> bool:
    return first.exists() and folder.exists() and folder.samefile(first)
