"""One outcome of several starts: the best by training loss, at the cost of all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Literal

from gdbench.records import Answers, Outcome
from gdbench.training.decimals import shortest_decimal

Row = Mapping[str, float | None]


def best_of(starts: Sequence[Outcome]) -> Outcome:
    """Return the start with the lowest training loss at its end, with the epochs, updates and seconds of all.

    At each evaluation the history has the start under way, or the best of those that have ended if its loss is lower. A
    start that diverges loses; where all do, the run has diverged as the first one did.
    """
    done = [start for start in starts if start.is_done]
    seconds = {name: shortest_decimal(sum(each.seconds[name] for each in starts)) for name in starts[0].seconds}
    images = None if starts[0].images is None else sum(start.images or 0 for start in starts)
    if not done:
        return replace(starts[0], seconds=seconds, images=images)
    best = min(done, key=_final_loss)
    history = _joined(starts)
    return replace(
        best,
        history=history,
        seconds=seconds,
        images=images,
        clock=_clock(starts),
        answers=_answers(best, history),
        # The weights are those of the best start, which stay those of the whole run.
        model={"epoch": history["epoch"][-1] or 0} if best.model else None,
        trajectory=_trajectory(starts),
    )


def _final_loss(start: Outcome) -> float:
    return float((start.metrics or {})["train_loss"])


def _spent(start: Outcome) -> tuple[float, int]:
    """Return the epochs and updates of a start; of one that diverged, the epoch in which it did counts as a whole."""
    if start.diverged:
        return start.diverged["epoch"], start.diverged["step"]
    return start.history["epoch"][-1] or 0, int(start.history["update"][-1] or 0)


def _before(starts: Sequence[Outcome]) -> list[tuple[float, int]]:
    """Return what had been spent before each start."""
    spent = list(map(_spent, starts))
    epochs = accumulate((each[0] for each in spent), initial=0.0)
    updates = accumulate((each[1] for each in spent), initial=0)
    return list(zip(epochs, updates, strict=True))[:-1]


def _joined(starts: Sequence[Outcome]) -> dict[str, list[int | float | None]]:
    history: dict[str, list[int | float | None]] = {}
    best: Row | None = None
    for start, (epochs, updates) in zip(starts, _before(starts), strict=True):
        row: Row = {}
        for values in zip(*start.history.values(), strict=True):
            row = dict(zip(start.history, values, strict=True))
            shown = row if best is None or (start.is_done and _loss(row) < _loss(best)) else best
            total = round(epochs + (row["epoch"] or 0), 6)
            moment = {"epoch": int(total) if total.is_integer() else total, "update": updates + int(row["update"] or 0)}
            for name, value in {**shown, **moment}.items():
                history.setdefault(name, []).append(value)
        if start.is_done and (best is None or _loss(row) < _loss(best)):
            best = row
    return history


def _loss(row: Row) -> float:
    return row["train_loss"] or 0.0


def _clock(starts: Sequence[Outcome]) -> list[int | float]:
    before = accumulate((start.seconds["train"] for start in starts), initial=0.0)
    pairs = zip(starts, before, strict=False)
    return [shortest_decimal(seconds + moment) for start, seconds in pairs for moment in start.clock or ()]


def _answers(
    best: Outcome, history: Mapping[str, Sequence[float | None]]
) -> dict[Literal["last", "best_val"], Answers] | None:
    """Return the answers of the best start at its end, unless those of another evaluation would be needed as well."""
    last = (best.answers or {}).get("last")
    validation = [value or 0.0 for value in history.get("val_accuracy", [])]
    if last is None or (validation and max(validation) > validation[-1]):
        return None
    return {"last": {**last, "epoch": history["epoch"][-1] or 0}}


def _trajectory(starts: Sequence[Outcome]) -> dict[str, list[int | float]] | None:
    """Return the paths of all starts one after the other, with the number of the start of each point."""
    if starts[0].trajectory is None:
        return None
    joined: dict[str, list[int | float]] = {}
    for number, (start, (epochs, _updates)) in enumerate(zip(starts, _before(starts), strict=True)):
        path = start.trajectory or {}
        joined.setdefault("epoch", []).extend(epochs + epoch for epoch in path["epoch"])
        joined.setdefault("start", []).extend([number] * len(path["epoch"]))
        for axis in ("x", "y"):
            joined.setdefault(axis, []).extend(path[axis])
    return joined
