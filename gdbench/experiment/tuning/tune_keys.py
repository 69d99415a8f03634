"""The keys of `tune` that are plain values, and the rules about them."""

from typing import Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import Count, Options, Whole
from gdbench.catalog.optimizers.options import unless_off

Sampler = Literal["grid", "random"]
# Metrics of the validation images alone: a choice by those that are trained on rewards overfitting, and one by the
# test images would make the table optimistic.
Judged = Literal["val_loss", "val_accuracy", "val_error"]


class Halving(Options):
    """Successive halving (Jamieson and Talwalkar 2016): short trials of all, longer ones of the best."""

    factor: Annotated[
        Annotated[Whole, Field(ge=2)], Field(description="how many times longer, and fewer, the next trials are")
    ] = 3
    first: Annotated[Count, Field(description="epochs of the first rung")] = 1


class Tune(Options):
    """How each row is tuned before its final runs."""

    budget: Annotated[Count | None, Field(description="settings that each row tries, the same number for all")] = None
    sampler: Annotated[Sampler, Field(description="grid: every combination; random: log-uniform draws")] = "grid"
    metric: Annotated[Judged, Field(description="the metric that decides, after the last epoch")] = "val_loss"
    seeds: Annotated[Annotated[Whole, Field(ge=1, le=1000)], Field(description="trials of each setting")] = 1
    halving: Annotated[
        Halving | Literal["off"],
        Field(description="successive halving: longer trials only for the best settings of shorter ones"),
    ] = "off"
    default: Annotated[bool, Field(description="a row with untuned settings beside each tuned one")] = True

    @property
    def rungs(self) -> Halving | None:
        """The rule of halving; None if every trial is as long as a final run."""
        return unless_off(self.halving)


KEYS = ("over", "rows", *Tune.model_fields)
