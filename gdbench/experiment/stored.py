"""`experiment.yaml`: the configuration as resolved, beside the ledger, so that tables need no other file."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from gdbench import __version__
from gdbench.errors import RequestError, SweepError
from gdbench.experiment.experiment import Experiment, Plan

FILE = "experiment.yaml"
_HEAD = (
    "# Written by gdbench sweep: what was asked, with the runs of each point. Tables are made of this and runs.jsonl.\n"
)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_experiment(folder: Path, plan: Plan) -> None:
    """Write a plan's experiment into its results folder, in one step.

    Raises:
        SweepError: it cannot be written.
    """
    document = TypeAdapter(Experiment).dump_python(plan.experiment, mode="json")
    for comparison in document["comparisons"]:
        comparison["settings"] = plan.resolved[comparison["name"]]
    document = {"gdbench": __version__, **document}
    text = yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f"{FILE}.tmp"
        temporary.write_text(_HEAD + text, encoding="utf-8")
        temporary.replace(folder / FILE)
    except OSError as error:
        raise SweepError(f"{folder / FILE}: cannot be written: {error.strerror}") from None


def read_experiment(folder: Path) -> Experiment:
    """Read the experiment of a results folder.

    Raises:
        RequestError: there is none, or it is damaged.
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
        raise RequestError(f"{path}: damaged; the same gdbench sweep writes it anew") from None
