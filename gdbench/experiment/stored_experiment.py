"""`experiment.yaml`: the resolved experiment beside its ledger, so that tables need no other file."""

import functools
import os
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from shlex import quote
from typing import Any

import yaml
from pydantic import TypeAdapter

from gdbench.errors import RequestError
from gdbench.experiment.consistency import is_consistent
from gdbench.experiment.experiment import Experiment, Plan
from gdbench.experiment.shipped_configurations import find
from gdbench.experiment.yaml.bounded_read import read_bounded
from gdbench.experiment.yaml.generated_yaml import MAX_BYTES, load, load_file
from gdbench.filesystem.atomic_write import write_inside
from gdbench.interpreter.garbage_collection import without_collection
from gdbench.text import printable
from gdbench.version import __version__

FILE = "experiment.yaml"
_HEAD = (
    "# Written by gdbench sweep: what was asked, with the runs of each point. Tables are made of this and runs.jsonl.\n"
)
# The C emitter is ten times as fast; not every build of PyYAML has it.
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@functools.cache
def _adapter() -> TypeAdapter[Experiment]:
    """Return what checks and writes experiments; making it takes as long as reading a small one."""
    return TypeAdapter(Experiment)


@without_collection()
def write_experiment(folder: Path, plan: Plan) -> None:
    """Write a plan's experiment into its results folder, in one step; a file that holds it already stays as it is.

    Raises:
        SweepError: the file cannot be written.
    """
    document = _adapter().dump_python(plan.experiment, mode="json")
    for comparison in document["comparisons"]:
        # For people who read the file; gdbench itself takes settings from the records.
        comparison["settings"] = plan.resolved[comparison["name"]]
        for row in (comparison["tuning"] or {"rows": ()})["rows"]:
            for candidate in row["candidates"]:
                if candidate["resumes"]:
                    del candidate["resumes"]
        # Most comparisons have neither.
        for key in ("multiverse", "is_quick"):
            if not comparison[key]:
                del comparison[key]
    document = {"gdbench": __version__, "config": _relative(plan, folder), **document}
    text = yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)
    if not _holds(folder / FILE, _HEAD + text):
        write_inside(folder, FILE, _HEAD + text)


def _holds(path: Path, text: str) -> bool:
    try:
        return not path.is_symlink() and read_bounded(path, MAX_BYTES) == text.encode()
    except (OSError, RequestError):
        return False


@without_collection()
def read_experiment(folder: Path) -> Experiment:
    """Read the experiment of a results folder.

    Raises:
        RequestError: the file is missing or damaged.
    """
    path = folder / FILE
    try:
        document: Any = load_file(path)
        for comparison in document["comparisons"]:
            del comparison["settings"]
        del document["gdbench"]
        # Early versions did not write it.
        document.pop("config", None)
        experiment = _adapter().validate_python(document)
        if is_consistent(experiment):
            return experiment
    except (FileNotFoundError, NotADirectoryError):
        raise RequestError(no_results(folder)) from None
    except OSError as error:
        raise RequestError(f"{path}: cannot be read: {error.strerror}") from None
    # What is not YAML, or no experiment.
    except (ValueError, LookupError, TypeError, AttributeError):
        pass
    raise RequestError(f"{path}: damaged; running the same gdbench sweep again rewrites it")


def no_results(folder: Path, config: Path | None = None) -> str:
    """Return why a folder has nothing to show: it is not there yet, or it is a folder of something else.

    `config` is the configuration by which the folder was found, if it was.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FILE).exists():
        return f"{folder}: not a results folder: it has no {FILE}, which gdbench sweep writes"
    return f"{folder}: no results yet; run {sweep_command(folder, config)} first"


def sweep_command(folder: Path, config: Path | None = None) -> str:
    """Return the command that trains the runs of a results folder, as typed in the current folder.

    Without `config` it names the configuration that made the folder, or else the one that has the folder's name.
    """
    named = config or _configuration_of(folder)
    if named is None:
        return "gdbench sweep with the YAML file"
    option = "" if folder.parent == Path("results") else f" --results {quote(str(folder.parent))}"
    return f"gdbench sweep {quote(str(named))}{option}"


def _configuration_of(folder: Path) -> Path | None:
    """Return the configuration of a folder, by its name where that is enough; None where it is not known."""
    known = config_of(folder)
    name = known.stem if known else folder.name
    with suppress(RequestError):
        found = find(Path(name))
        if found.is_file() and (known is None or found.resolve() == known.resolve()):
            return Path(name)
    return known


def config_of(folder: Path) -> Path | None:
    """Return the configuration of a results folder, as a path from the current folder; None where it is not known."""
    stored = _stored_config(folder)
    return Path(os.path.relpath(folder.resolve() / stored)) if stored is not None else None


def refuse_other_config(plan: Plan, folder: Path) -> str | None:
    """Refuse a results folder that another configuration of the same name has, with other runs.

    A file that was moved shows some of the same runs and keeps its folder; where both files are there, a notice is
    returned.

    Raises:
        RequestError: the folder is another configuration's.
    """
    theirs = config_of(folder)
    if theirs is None or _stored_config(folder) == _relative(plan, folder):
        return None
    try:
        shown = set(read_experiment(folder).run_ids)
    except RequestError:
        # The sweep writes a damaged file anew.
        return None
    whose = f"{folder} is that of {printable(str(theirs))}"
    if shown.isdisjoint(plan.experiment.run_ids):
        source = f"{printable(str(plan.path))}: " if plan.path else ""
        raise RequestError(
            f"{source}expected a name without results of another file; got "
            f"'{plan.experiment.name}': {whose}; give one of the two a `name:` of its own"
        )
    return (
        f"{whose} as well; a `name:` of its own in one of the two files keeps their tables" if theirs.exists() else None
    )


def _relative(plan: Plan, folder: Path) -> str | None:
    """Return the path of a plan's configuration from its results folder, so that both can be moved together."""
    if plan.path is None:
        return None
    # A name on a disk need not be valid text.
    path = os.path.relpath(plan.path.resolve(), folder.resolve())
    return path.encode(errors="backslashreplace").decode()


def _stored_config(folder: Path) -> str | None:
    try:
        lines = read_bounded(folder / FILE, MAX_BYTES).decode().splitlines(keepends=True)
        # All before the experiment's name, since the runs of a large experiment take seconds to read.
        document = load("".join(takewhile(lambda line: not line.startswith("name:"), lines)))
    except (OSError, RequestError, ValueError):
        return None
    config = document.get("config") if isinstance(document, dict) else None
    return config if isinstance(config, str) else None
