"""The text of a ledger line as a record: JSON that is checked while it is read."""

import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from gdbench.errors import LedgerError
from gdbench.records import SCHEMA, Outcome, Record, Run, Settings, Status, Timing

# The field that must not be None for a status.
_REQUIRED: Mapping[Status, str] = {"done": "metrics", "diverged": "diverged", "failed": "error"}


class _Sections(msgspec.Struct, gc=False):
    """The sections of a run as they stand in a line."""

    dataset: Settings
    architecture: Settings
    optimizer: Settings
    training: Settings
    regularization: Settings


class _Rest(msgspec.Struct, gc=False):
    """What a line has beside its outcome; of that, the fields that no line may lack."""

    schema: Literal[1]
    id: str
    seed: int
    run: _Sections
    metrics: msgspec.Raw
    history: msgspec.Raw
    seconds: msgspec.Raw
    timing: Timing
    diverged: msgspec.Raw
    error: msgspec.Raw
    started: str
    environment: Settings


class _Schema(msgspec.Struct):
    """The schema of a line of any version."""

    schema: Any


# Neither takes a text for a number, nor 1.0 or true for 1.
_REST, _OUTCOME = msgspec.json.Decoder(_Rest), msgspec.json.Decoder(Outcome)


def decoded(line: bytes) -> Record:
    """Return the record of a ledger line.

    Raises:
        LedgerError: the line was written under a schema that this version does not know.
        ValueError: it is not a line of a ledger.
    """
    try:
        rest, outcome = _REST.decode(line), _OUTCOME.decode(line)
    except (msgspec.MsgspecError, RecursionError) as error:
        _require_schema(line)
        raise ValueError(f"expected a line of a ledger; got another: {error}") from None
    required = _REQUIRED.get(outcome.status)
    if required and getattr(outcome, required) is None:
        raise ValueError(f"expected {required} of a {outcome.status} run; got none")
    _require_consistent(outcome)
    own = rest.run
    run = Run(rest.id, rest.seed, own.dataset, own.architecture, own.optimizer, own.training, own.regularization)
    return Record(run, outcome, rest.started, rest.environment, rest.timing)


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
    if len({*map(len, outcome.history.values())}) > 1:
        raise ValueError("expected a history of lists of one length; got several lengths")
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
