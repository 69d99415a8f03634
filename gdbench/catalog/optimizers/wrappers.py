"""Optimizers made of several ordinary trainings: one after the other, or from several starts."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import Component, Count, Entry, OfFamily, Options, Whole
from gdbench.records import Settings

BatchSize = Count | Literal["full"]


class ChainStage(Options):
    """A stage of a chain."""

    optimizer: Annotated[Component, OfFamily("optimizer"), Field(description="what trains the stage")]
    epochs: Annotated[Count, Field(description="passes over the training examples")]
    batch_size: Annotated[BatchSize | None, Field(description="in place of training.batch_size")] = None


def optimizers_in(optimizer: Settings) -> list[Settings]:
    """Return the resolved optimizers that a wrapper is made of, in order; any other optimizer alone."""
    match optimizer.get("name"):
        case "chain":
            return [stage["optimizer"] for stage in optimizer["stages"]]
        case "restarts":
            return [optimizer["optimizer"]]
    return [optimizer]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the trainings: its optimizer and its length, or None for an equal share of the run's length."""

    optimizer: Settings
    epochs: int | None = None
    batch_size: int | str | None = None


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Trainings that make up one run: each `continues` from the weights of the one before, or starts anew."""

    parts: tuple[Part, ...]
    continues: bool


def chain(
    stages: Annotated[
        list[ChainStage], Field(description="the trainings, each of which goes on from the weights before")
    ],
) -> Wrapper:
    """Several optimizers one after the other, each starting from the weights where the previous one ended.

    Its length is the sum of the stages' epochs. An optimizer's own state and the schedule begin anew with each stage;
    the order of the images goes on. A stopping rule that is met ends the run, in whichever stage it is.
    """
    parts = tuple(Part(**dict(stage)) for stage in stages)
    # Where a stage has a mistake, which has its own line, there is no optimizer.
    return Wrapper(parts if all(part.optimizer for part in parts) else (), continues=True)


def restarts(
    optimizer: Annotated[Component, OfFamily("optimizer"), Field(description="what trains each start")],
    count: Annotated[Whole, Field(ge=2, le=1000, description="starts, which share the run's epochs equally")] = 5,
) -> Wrapper:
    """Several starts, the best of which by training loss is kept; each start has an equal share of the epochs.

    The first start is that of the run without restarts. What is measured at any time is the best start so far by the
    training loss at its end, or the one under way if its loss is lower, and the passes of all starts count.
    """
    assert not isinstance(optimizer, str), "expected a resolved component"
    return Wrapper((Part(optimizer),) * count, continues=False)


@dataclass(frozen=True, eq=False)
class WrapperEntry(Entry[Wrapper]):
    """An entry whose optimizers have the options, so that it has none itself."""

    options: type[Options] | None = Options

    def inputs(self, options: type[Options] = Options) -> frozenset[str]:
        """Return every argument but the optimizers, which alone shape what is compiled."""
        return frozenset(self.model(options).model_fields) - {"optimizer", "stages"}
