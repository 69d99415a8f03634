"""Run, Outcome and Record: what the parts of gdbench pass to one another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal, NotRequired

import msgspec
from typing_extensions import TypedDict

# One section of a run, or one component: the JSON values of its arguments.
Settings = Mapping[str, Any]
Status = Literal["done", "diverged", "failed", "interrupted"]
Timing = Literal["shared", "exclusive"]

Count = Annotated[int, msgspec.Meta(ge=0)]

SCHEMA = 1
SECTIONS = ("dataset", "architecture", "optimizer", "training", "regularization")


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a run finds the states of shorter runs that begin as it does, and leaves its own for longer ones.

    `folder` is an absolute path, `beginnings` are the ids of these runs, the longest first; `kept` says whether its own
    state is of use.
    """

    folder: str
    beginnings: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One fully resolved training.

    The five sections hold every argument as JSON values, including defaults; a component is `{"name": ..., argument:
    value}`. `id` is the first 12 hexadecimal digits of the SHA-256 of what distinguishes this run from any other;
    `fingerprint` is that of its data, for those who read it (empty where only training knows it, and in a ledger);
    `checkpoints` are there where a sweep has it trained in parts.
    """

    id: str
    seed: int
    dataset: Settings
    architecture: Settings
    optimizer: Settings
    training: Settings
    regularization: Settings
    fingerprint: str = field(default="", compare=False)
    checkpoints: Checkpoints | None = field(default=None, compare=False)

    @property
    def settings(self) -> dict[str, Settings]:
        """The five sections by name."""
        return {section: getattr(self, section) for section in SECTIONS}


class Diverged(TypedDict):
    """Where the first value that is not finite appeared: the 1-based epoch, and the update from the run's start."""

    epoch: int
    step: int


class LayerCurves(TypedDict):
    """What was recorded of each layer that is trained, at the updates `every`, 2 * `every` and so on of the run.

    `names` are the layers, the first one first; `curves` maps each quantity to a list a layer of a number an update,
    None where it is not finite. `gradient_norm` is the Euclidean norm, over all trained weights of the layer, of the
    gradient of what is minimized, penalties included, before any clipping; `weight_norm` that of the weights before
    the update; `update_ratio` that of the change of the weights by the update, over `weight_norm`.
    """

    every: int
    names: list[str]
    curves: dict[str, list[list[float | None]]]


class Answers(TypedDict):
    """What a model answered to the test images at one evaluation.

    `confusion` (classes, classes) counts images: rows are the right class, columns the predicted one; absent above
    MOST_CLASSES. `ranks[i]` counts the images with i classes above the right one, the last item those with TOP or more.
    """

    epoch: int | float
    confusion: NotRequired[list[list[Count]]]
    ranks: list[Count]


# Beyond it, a confusion matrix would make up most of a ledger.
MOST_CLASSES = 100
TOP = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one training.

    `metrics` are fractions and mean losses after the last epoch, None unless done. `history` maps `epoch` (1-based,
    fractional where evaluated within an epoch), `update` and each metric to lists of one length. `losses` is the
    training loss of every k-th update where the run records it. `seconds` are those of train, evaluate, compile and
    data; `images` is how many training images train has processed, and `clock` the seconds of train up to each
    evaluation in the history. `data` says how the numbers of a file were taken. `layers` is what the run records of
    its layers; `answers` are those at the `last` evaluation of a run that is done, and at the one of the highest
    val_accuracy (`best_val`) where that is another. `trajectory` is the path over a test function: the points `x`, `y`
    at the start (epoch 0) and at the evaluations of the history; of many every k-th and the last. `model` is the
    `epoch` of the model that was kept, if any; `model_file` is its file on the way to the disk, never in a ledger.
    `resumed` is how many of its updates a shorter run had trained, with whose numbers and seconds it goes on. `labels`
    are those of the classes as the data have them, unless they are 0, 1, ...
    """

    status: Status
    metrics: dict[str, bool | float] | None = None
    history: Mapping[str, Sequence[int | float | None]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    diverged: Diverged | None = None
    error: str | None = None
    losses: list[float | None] | None = None
    images: int | None = None
    clock: list[float] | None = None
    data: str | None = None
    layers: LayerCurves | None = None
    answers: dict[Literal["last", "best_val"], Answers] | None = None
    trajectory: dict[str, list[int | float]] | None = None
    model: dict[Literal["epoch"], int | float] | None = None
    resumed: int | None = None
    labels: list[str] | None = None
    model_file: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def is_done(self) -> bool:
        """Whether the run reached its last update, or stopped early by a rule of its own."""
        return self.status == "done"

    @property
    def has_diverged(self) -> bool:
        """Whether a loss or weight became infinite or NaN."""
        return self.status == "diverged"

    @property
    def has_failed(self) -> bool:
        """Whether the training raised an error, or its worker died."""
        return self.status == "failed"

    @property
    def was_interrupted(self) -> bool:
        """Whether the sweep was stopped before the run had ended."""
        return self.status == "interrupted"

    @property
    def was_measured(self) -> bool:
        """Whether the run says something about its settings: it is done or has diverged."""
        return self.is_done or self.has_diverged

    @property
    def has_collapsed(self) -> bool:
        """Whether the trained model predicts one class for nearly all test images."""
        return self.metrics is not None and self.metrics.get("collapsed") is True

    def agrees_with(self, other: "Outcome") -> bool:
        """Whether two outcomes of one run have the same numbers; without numbers on both sides nothing differs."""
        if not (self.was_measured and other.was_measured):
            return True
        return (self.metrics, self.history, self.diverged) == (other.metrics, other.history, other.diverged)

    @property
    def total_seconds(self) -> float:
        """The seconds of all parts together."""
        return sum(self.seconds.values())

    @property
    def own_seconds(self) -> float:
        """The seconds that this run took itself: without its share of what a shorter one had trained and evaluated."""
        if not self.resumed:
            return self.total_seconds
        updates = self.diverged["step"] if self.diverged else self.history["update"][-1]
        before = sum(self.seconds.get(part, 0.0) for part in ("train", "evaluate"))
        return self.total_seconds - before * self.resumed / max(self.resumed, updates or 0)


# Fields added after the first lines were written: a line may lack them, and does if they are None.
_OPTIONAL = ("losses", "images", "clock", "data", "layers", "answers", "trajectory", "model", "resumed", "labels")
_NAMES = tuple(field.name for field in fields(Outcome) if field.name != "model_file")
# All keys of a line as this version writes it.
KEYS = frozenset({"schema", "id", "seed", "run", *_NAMES, "timing", "started", "environment"})


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the ledger: a run, its outcome, and where and when it was trained."""

    run: Run
    outcome: Outcome
    started: str
    environment: Settings
    timing: Timing = "shared"

    def to_json(self) -> Settings:
        """Return the JSON object of the ledger's line."""
        # The keys in the order of the first lines ever written, so that ledgers can be compared as text.
        line: dict[str, Any] = {"schema": SCHEMA, "id": self.run.id, "status": self.outcome.status}
        line |= {"seed": self.run.seed, "run": self.run.settings}
        for name in _NAMES:
            value = getattr(self.outcome, name)
            if value is not None or name not in _OPTIONAL:
                # That of a ledger is read from its text as it is needed.
                line[name] = dict(value) if name == "history" else value
            if name == "seconds":
                line["timing"] = self.timing
        return line | {"started": self.started, "environment": dict(self.environment)}


def finished_records(records: Mapping[str, Record], runs: Iterable[str]) -> list[Record]:
    """Return the records of the runs that came to an end, even a bad one; an interrupted run counts as missing."""
    found = (records.get(run) for run in runs)
    return [record for record in found if record is not None and not record.outcome.was_interrupted]
