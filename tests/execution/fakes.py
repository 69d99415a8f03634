"""Trainers without keras, for workers to import by name: what a run does is chosen by its seed."""

import fcntl
import gc
import math
import os
import signal
import sys
import time
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import gdbench
from gdbench.errors import StalePlanError
from gdbench.records import Outcome, Run
from gdbench.stages import tell_stage

RAISES, EXITS, HARD_EXITS, KILLED, SLEEPS, DIVERGES, PRINTS, PRINTS_AND_EXITS = range(101, 109)
SHORT_OF_MEMORY, RESOURCE_EXHAUSTED, REAL_TIME_SIGNAL, GROWS, STALE = range(109, 114)


def sound(run: Run) -> Outcome:
    """A run that is done, with numbers that are a function of the run alone."""
    accuracy = 0.5 + int(run.id, 16) % 1000 / 10_000
    history = {"epoch": [1, 2], "update": [10, 20]}
    measured = {"train_loss": 1 - accuracy, "train_accuracy": accuracy, "test_loss": 1.0, "test_accuracy": accuracy}
    history |= {name: [value / 2, value] for name, value in measured.items()}
    seconds = {"train": 0.25, "evaluate": 0.125, "compile": 0.0, "data": 0.0}
    return Outcome("done", {**measured, "collapsed": False}, history, seconds)


def with_model(run: Run) -> Outcome:
    """A run that keeps its model, where it is to."""
    if run.training["save"] == "off":
        return sound(run)
    return replace(sound(run), model={"epoch": 2}, model_file=model_file(f"model of {run.id}"))


def model_file(text: str) -> bytes:
    """A whole archive, as a model's file is; the same of the same text."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr(ZipInfo("config.json"), text)
    return content.getvalue()


def make_with_model(_threads: int):
    return with_model


class ResourceExhaustedError(Exception):
    """As TensorFlow's, whose message has lines of its own after the first."""


def train(run: Run) -> Outcome:
    if "fails_once" in run.training and has_tried(Path(run.training["fails_once"])):
        return sound(run)
    match run.seed:
        case _ if "waits_for" in run.training:
            wait_for(Path(run.training["waits_for"]))
        case seed if seed == SHORT_OF_MEMORY:
            raise MemoryError("8 GB")
        case seed if seed == RESOURCE_EXHAUSTED:
            raise ResourceExhaustedError("Graph execution error:\n\nOOM when allocating\n [Op:x]")
        case seed if seed == REAL_TIME_SIGNAL:
            os.kill(os.getpid(), signal.SIGRTMIN + 3)
        case seed if seed == GROWS:
            kept = []
            while True:
                kept.append(b"x" * 20_000_000)
                time.sleep(0.01)
        case seed if seed == STALE:
            raise StalePlanError("own.py: expected the code as planned; got a changed file")
        case seed if seed == RAISES:
            raise ValueError("no such layer")
        case seed if seed == EXITS:
            sys.exit(3)
        case seed if seed == HARD_EXITS:
            os._exit(4)
        case seed if seed == KILLED:
            os.kill(os.getpid(), signal.SIGKILL)
        case seed if seed == SLEEPS:
            time.sleep(600)
        case seed if seed == DIVERGES:
            return Outcome("diverged", history={"epoch": []}, diverged={"epoch": 1, "step": 7})
        case seed if seed == PRINTS:
            print("printed in a run", flush=True)  # noqa: T201
        case seed if seed == PRINTS_AND_EXITS:
            print("printed in a run", flush=True)  # noqa: T201
            os._exit(4)
    return sound(run)


def has_tried(path: Path) -> bool:
    """Whether a run was tried before; the file then holds the process that did."""
    if path.exists():
        return True
    path.write_text(str(os.getpid()))
    return False


def wait_for(path: Path) -> None:
    """Wait until a file exists; a lock on `<path>.<pid>` says meanwhile that this process is alive."""
    with path.with_name(f"{path.name}.{os.getpid()}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        while not path.exists():
            time.sleep(0.01)


def make(_threads: int):
    return train


def make_talkative(_threads: int):
    """A trainer that starts with noise."""
    print("said at the start", file=sys.stderr)  # noqa: T201
    return train


def make_sound(_threads: int):
    return sound


def make_other(_threads: int):
    """A trainer whose numbers are not those of the others."""
    return lambda run: sound(run.__class__(**{**run.settings, "id": f"{int(run.id, 16) + 1:012x}", "seed": run.seed}))


def make_witness(threads: int):
    """A trainer whose outcomes say which process made them, made for how many threads."""
    return lambda _run: Outcome("done", history={"threads": [threads], "process": [os.getpid()]})


def make_telling(_threads: int):
    """A trainer that says what it does, and goes on only once a file exists."""

    def telling(run: Run) -> Outcome:
        tell_stage("compiling")
        tell_stage("left out, since it comes at once", often=True)
        wait_for(Path(run.training["waits_for"]))
        return sound(run)

    return telling


def make_slowly(_threads: int):
    time.sleep(600)


def make_nothing(_threads: int):
    raise RuntimeError("no keras here")


def make_broken(_threads: int):
    import_module("broken")


def make_where(_threads: int):
    """A trainer whose outcomes say which gdbench its process has, and in which folder it works."""
    return lambda _run: Outcome("failed", error=f"{Path(gdbench.__file__).parent} in {Path.cwd()}")


def make_searching(_threads: int):
    """A trainer whose outcomes say whether its process looks for garbage, and whether what was imported is left out."""
    return lambda _run: Outcome("failed", error=f"searches {gc.isenabled()}, leaves out {gc.get_freeze_count() > 1000}")


# Test accuracies by optimizer: five seeds cannot tell the first two apart, ten can.
LEVELS = {"adam": 0.96, "sgd": 0.95, "rmsprop": 0.90}
EARLY = {
    "adam": (0.9, -0.9, 0.5, -0.8, 0.3),
    "sgd": (-0.8, 0.9, 0.6, -0.9, 0.2),
    "rmsprop": (0.7, 0.5, -0.9, 0.8, -1.1),
}


def separating(run: Run) -> Outcome:
    """A run whose row is apart from the others once there are ten seeds; rows of one optimizer never are."""
    early = EARLY[run.optimizer["name"]]
    noise = 0.01 * early[run.seed] if run.seed < len(early) else 0.0001 * (run.seed % 3)
    # Less than an image, so that no two rows are equal.
    detail = int(run.id, 16) % 97 * 1e-6
    outcome = sound(run)
    accuracy = LEVELS[run.optimizer["name"]] + noise + detail
    return replace(outcome, metrics={**(outcome.metrics or {}), "test_accuracy": accuracy})


def make_separating(_threads: int):
    return separating


# Where the validation loss of each optimizer is lowest, along the learning rate.
BEST_RATES = {"sgd": 0.1, "adam": 0.001, "rmsprop": 10.0}


def with_known_best(run: Run) -> Outcome:
    """A run whose losses are lowest at the best rate of its optimizer, to which seeds add nearly nothing.

    A rate of 1 or more diverges under adam; a run without test images has no test metric.
    """
    name, rate = run.optimizer["name"], run.optimizer["learning_rate"]
    if name == "adam" and rate >= 1:
        return Outcome("diverged", history={"epoch": []}, diverged={"epoch": 1, "step": 7})
    decades = math.log10(rate / BEST_RATES[name])
    loss = 0.1 + 0.01 * decades**2 + 1e-5 * (int(run.id, 16) % 97)
    splits = ("train", "val", "test") if run.training["evaluate_test"] else ("train", "val")
    metrics = {f"{split}_loss": loss for split in splits} | {f"{split}_accuracy": 1 - loss for split in splits}
    seconds = {"train": 0.25, "evaluate": 0.125, "compile": 0.0, "data": 0.0}
    history = {"epoch": [1], "update": [10], **{metric: [number] for metric, number in metrics.items()}}
    return Outcome("done", {**metrics, "collapsed": False}, history, seconds)


def make_with_known_best(_threads: int):
    return with_known_best
