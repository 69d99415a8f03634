"""`experiment.yaml`: the resolved experiment beside its ledger, so that tables need no other file."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from gdbench import __version__
from gdbench.atomic_write import write_inside
from gdbench.errors import RequestError
from gdbench.experiment.experiment import Experiment, Plan

FILE = "experiment.yaml"
_HEAD = (
    "# Written by gdbench sweep: what was asked, with the runs of each point. Tables are made of this and runs.jsonl.\n"
)
# The C parser and emitter are ten times as fast; not every build of PyYAML has them.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_experiment(folder: Path, plan: Plan) -> None:
    """Write a plan's experiment into its results folder, in one step.

    Raises:
        SweepError: the file cannot be written.
    """
    document = TypeAdapter(Experiment).dump_python(plan.experiment, mode="json")
    for comparison in document["comparisons"]:
        # For people who read the file; gdbench itself takes settings from the records.
        comparison["settings"] = plan.resolved[comparison["name"]]
    document = {"gdbench": __version__, **document}
    text = yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)
    write_inside(folder, FILE, _HEAD + text)


def read_experiment(folder: Path) -> Experiment:
    """Read the experiment of a results folder.

    Raises:
        RequestError: the file is missing or damaged.
    """
    path = folder / FILE
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
        for comparison in document["comparisons"]:
            del comparison["settings"]
        del document["gdbench"]
        return TypeAdapter(Experiment).validate_python(document)
    except OSError:
        raise RequestError(f"{folder}: no results here: {FILE} is missing; run gdbench sweep first") from None
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError, ValidationError):
        raise RequestError(f"{path}: damaged; running the same gdbench sweep again rewrites it") from None
