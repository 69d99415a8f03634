"""What the parts of gdbench hand to one another: Run, Outcome and Record."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypedDict

from gdbench.errors import LedgerError

Settings = Mapping[str, Any]
Status = Literal["done", "diverged", "failed", "interrupted"]
Timing = Literal["shared", "exclusive"]

SCHEMA = 1
SECTIONS = ("dataset", "architecture", "optimizer", "training", "regularization")


@dataclass(frozen=True, slots=True)
class Run:
    """One fully resolved training.

    The five sections hold every argument, defaults filled in, as JSON values; a component is `{"name": ..., argument:
    value}`. `id` is the first 12 hexadecimal digits of the SHA-256 of what tells this run from any other.
    """

    id: str
    seed: int
    dataset: Settings
    architecture: Settings
    optimizer: Settings
    training: Settings
    regularization: Settings

    @property
    def settings(self) -> dict[str, Settings]:
        """The five sections by name."""
        return {section: getattr(self, section) for section in SECTIONS}


class Diverged(TypedDict):
    """Where the first value that is not finite came up: the 1-based epoch, and the update from the run's start."""

    epoch: int
    step: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one training gave.

    `metrics` are fractions and mean losses after the last epoch, None unless done. `history` maps `epoch` (1-based,
    fractional where evaluated within an epoch), `update` and each metric to lists of one length. `losses` is the
    training loss of every k-th update where asked for. `seconds` has train, evaluate, compile and data apart;
    `images` is how many training images were shown in those of train, and `clock` those of train at each moment of
    the history.
    """

    status: Status
    metrics: Mapping[str, float | bool] | None = None
    history: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    diverged: Diverged | None = None
    error: str | None = None
    losses: Sequence[float | None] | None = None
    images: int | None = None
    clock: Sequence[float] | None = None


class _Sections(TypedDict):
    dataset: dict[str, Any]
    architecture: dict[str, Any]
    optimizer: dict[str, Any]
    training: dict[str, Any]
    regularization: dict[str, Any]


class _Line(TypedDict):
    """What a line of the ledger holds, type by type."""

    __pydantic_config__ = ConfigDict(strict=True, allow_inf_nan=False)  # type: ignore[misc]

    id: str
    status: Status
    seed: int
    run: _Sections
    metrics: dict[str, bool | float] | None
    history: dict[str, list[int | float | None]]
    seconds: dict[str, float]
    timing: Timing
    diverged: Diverged | None
    error: str | None
    losses: NotRequired[list[float | None] | None]
    images: NotRequired[int | None]
    clock: NotRequired[list[float] | None]
    started: str
    environment: dict[str, Any]


_LINE = TypeAdapter(_Line)
# What an outcome of a status cannot lack.
_ENDING: Mapping[str, str] = {"done": "metrics", "diverged": "diverged", "failed": "error"}


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the ledger: a run, its outcome, and where and when it was trained."""

    run: Run
    outcome: Outcome
    started: str
    environment: Mapping[str, Any]
    timing: Timing = "shared"

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the ledger's line."""
        outcome = asdict(self.outcome)
        for name in ("losses", "images", "clock"):
            if outcome[name] is None:
                del outcome[name]
        return {
            "schema": SCHEMA,
            "id": self.run.id,
            "status": outcome.pop("status"),
            "seed": self.run.seed,
            "run": self.run.settings,
            "metrics": outcome.pop("metrics"),
            "history": outcome.pop("history"),
            "seconds": outcome.pop("seconds"),
            "timing": self.timing,
            **outcome,
            "started": self.started,
            "environment": dict(self.environment),
        }

    @classmethod
    def from_json(cls, decoded: Mapping[str, Any]) -> "Record":
        """Read a ledger line back.

        Raises:
            LedgerError: the line was written under a schema that this version does not know.
            ValueError, LookupError, TypeError: it is not what a ledger holds.
        """
        if decoded["schema"] != SCHEMA:
            raise LedgerError(f"ledger schema {decoded['schema']}; this version of gdbench reads schema {SCHEMA}")
        line = _LINE.validate_python(decoded)
        if line.get(_ENDING.get(line["status"], "id")) is None:
            raise ValueError(f"a run that is {line['status']} without {_ENDING[line['status']]}")
        if len({len(values) for values in line["history"].values()}) > 1:
            raise ValueError("a history of unequal lengths")
        run = Run(id=line["id"], seed=line["seed"], **line["run"])
        outcome = Outcome(
            status=line["status"],
            metrics=line["metrics"],
            history=line["history"],
            seconds=line["seconds"],
            diverged=line["diverged"],
            error=line["error"],
            losses=line.get("losses"),
            images=line.get("images"),
            clock=line.get("clock"),
        )
        return cls(run, outcome, line["started"], line["environment"], line["timing"])
