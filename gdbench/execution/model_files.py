"""The Keras models that runs with `training.save` leave in the folder of their results."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from gdbench.experiment.shard import Shard
from gdbench.filesystem.atomic_write import write_inside
from gdbench.records import Outcome, Run

MODELS = "models"
# What a process that was killed while it wrote a model leaves behind.
_UNFINISHED = re.compile(r"\.[0-9a-f]{12}\.keras\.[0-9a-f]{16}")


def model_path(folder: Path, run: str) -> Path:
    """Return where the model of a run is, in a folder of results."""
    return folder / MODELS / f"{run}.keras"


def is_whole(model: Path) -> bool:
    """Whether a model's file is a whole archive, as Keras writes it: every part is as its checksum says."""
    try:
        with ZipFile(model) as archive:
            return archive.testzip() is None
    # What the archive's reader raises for files that are damaged or none.
    except (BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error):
        return False


def without_file(outcome: Outcome, run: Run, folder: Path) -> Outcome:
    """Write the model that an outcome brings along, whole or not at all, and return the rest of the outcome.

    Raises:
        SweepError: the file cannot be written.
    """
    if outcome.model_file is None:
        return outcome
    write_inside(folder, str(model_path(Path(), run.id)), outcome.model_file)
    return replace(outcome, model_file=None)


def removed_unfinished(folder: Path, shard: Shard | None) -> Iterator[str]:
    """Remove what sweeps that were killed left of models, unless those of other shards may be writing now; yield it."""
    models = folder / MODELS
    if shard is None and models.is_dir() and not models.is_symlink():
        for path in models.iterdir():
            if _UNFINISHED.fullmatch(path.name):
                path.unlink(missing_ok=True)
                yield f"removed, since it was never finished: {path}"
