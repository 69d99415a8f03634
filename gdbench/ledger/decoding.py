"""The text of a ledger line as a record: JSON that is checked while it is read."""

import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from gdbench.errors import LedgerError
from gdbench.ledger.history import Curve, StoredHistory, joined, split
from gdbench.ledger.sharing import Shared
from gdbench.records import SCHEMA, Answers, Diverged, LayerCurves, Outcome, Record, Run, Status, Timing

# The field that must not be None for a status.
_REQUIRED: Mapping[Status, str] = {"done": "metrics", "diverged": "diverged", "failed": "error"}


class _Sections(msgspec.Struct, gc=False):
    """The sections of a run as they stand in a line."""

    dataset: msgspec.Raw
    architecture: msgspec.Raw
    optimizer: msgspec.Raw
    training: msgspec.Raw
    regularization: msgspec.Raw


class _Line(msgspec.Struct, gc=False):
    """A line, in which only the fields with a default may be missing; texts that others repeat are left as they are."""

    schema: Literal[1]
    id: str
    seed: int
    run: _Sections
    status: Status
    metrics: dict[str, bool | float] | None
    history: msgspec.Raw
    seconds: dict[str, float]
    timing: Timing
    diverged: Diverged | None
    error: str | None
    started: str
    environment: msgspec.Raw
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


class _Schema(msgspec.Struct):
    """The schema of a line of any version."""

    schema: Any


# It takes neither a text for a number, nor 1.0 or true for 1.
_LINE = msgspec.json.Decoder(_Line)


def decoded(line: bytes, shared: Shared | None = None, *, is_sealed: bool = False) -> Record:
    """Return the record of a ledger line, which takes from `shared` what other lines have as well.

    The history of a line that is as its checksum says is left to those who look at it.

    Raises:
        LedgerError: the line was written under a schema that this version does not know.
        ValueError: it is not a line of a ledger.
    """
    shared = shared or Shared()
    try:
        read = _LINE.decode(line)
        run = _run(read, shared)
        environment = shared.settings(read.environment)
        text, rest = split(bytes(read.history))
        moments = shared.moments(text)
        outcome = _outcome(read, StoredHistory(moments, rest) if is_sealed else joined(moments, rest))
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        _require_schema(line)
        raise ValueError(f"expected a line of a ledger; got another: {error}") from None
    required = _REQUIRED.get(outcome.status)
    if required and getattr(outcome, required) is None:
        raise ValueError(f"expected {required} of a {outcome.status} run; got none")
    _require_consistent(outcome)
    return Record(run, outcome, read.started, environment, read.timing)


def _run(read: _Line, shared: Shared) -> Run:
    own, settings = read.run, shared.settings
    return Run(
        *(read.id, read.seed, settings(own.dataset), settings(own.architecture), settings(own.optimizer)),
        *(settings(own.training), settings(own.regularization)),
    )


def _outcome(read: _Line, history: Mapping[str, Curve]) -> Outcome:
    # Without names, which take half as long again, for each of 100,000 lines.
    return Outcome(
        *(read.status, read.metrics, history, read.seconds, read.diverged, read.error, read.losses, read.images),
        *(read.clock, read.data, read.layers, read.answers, read.trajectory, read.model, read.resumed),
        labels=read.labels,
    )


def _require_schema(line: bytes) -> None:
    """Refuse the line of a later version, whose keys may be others.

    Raises:
        LedgerError: the line has another schema.
    """
    try:
        schema = msgspec.json.decode(line, type=_Schema).schema
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return
    # To Python, true and 1.0 are 1.
    if type(schema) is not int or schema != SCHEMA:
        got = json.dumps(schema)
        raise LedgerError(f"expected ledger schema {SCHEMA}, as this version of gdbench writes; got {got}")


def _require_consistent(outcome: Outcome) -> None:
    """Refuse lists whose lengths do not fit each other.

    Raises:
        ValueError: some do not.
    """
    if len({len(values) for values in (outcome.trajectory or {}).values()}) > 1:
        raise ValueError("expected a trajectory of lists of one length; got several lengths")
    for answers in (outcome.answers or {}).values():
        confusion = answers.get("confusion", [])
        if any(len(row) != len(confusion) for row in confusion):
            raise ValueError("expected a square confusion matrix; got rows of another length")
    layers = outcome.layers
    curves = layers["curves"].values() if layers else ()
    if layers and (
        any(len(curve) != len(layers["names"]) for curve in curves)
        or len({len(values) for curve in curves for values in curve}) > 1
    ):
        raise ValueError("expected a curve for each layer, all of one length; got others")
