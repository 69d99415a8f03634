"""Methods that are not steps along a batch's gradient: each minimizes one function of all weights."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import Field

from gdbench.catalog.entry import Count, Entry, Options
from gdbench.catalog.tensors import Array

if TYPE_CHECKING:
    import numpy as np

# What a method asks its function for: the loss alone, the loss and its gradient, and Hessian-vector products.
Computed = Literal["loss", "gradient", "product"]


class Objective(Protocol):
    """A function of all weights, as one vector (size,) in double precision; each call is a pass over its images.

    A call raises an exception of its own once the run has had all its passes, so that a method need not count them.
    """

    @property
    def start(self) -> Array:
        """The weights (size,) that the search starts from."""

    def loss(self, weights: Array) -> float:
        """Return the loss."""

    def loss_and_gradient(self, weights: Array) -> tuple[float, Array]:
        """Return the loss and its gradient (size,)."""

    def product(self, weights: Array, direction: Array) -> Array:
        """Return the product (size,) of the Hessian and a direction (size,)."""


Minimize = Callable[[Objective, "np.random.Generator"], None]


@dataclass(frozen=True, slots=True)
class Method:
    """What a method does: `minimize` calls the objective until it has converged, or the objective stops it."""

    minimize: Minimize


class MethodOptions(Options):
    """Options of every method."""

    images: Annotated[
        Count | Literal["full"], Field(description="training examples of each evaluation: the first ones, or 'full'")
    ] = "full"


# Hashed by identity, as every entry is.
@dataclass(frozen=True, eq=False)
class MethodEntry(Entry[Method]):
    """An entry that also says what its method asks its function for, and which optional package it needs.

    Only `images` shapes what is compiled: methods on the same images share a program.
    """

    options: type[Options] | None = MethodOptions
    computes: tuple[Computed, ...] = field(kw_only=True)
    package: str | None = field(default=None, kw_only=True)

    def inputs(self, options: type[Options] = Options) -> frozenset[str]:
        """Return every argument but the images."""
        return frozenset(self.model(options).model_fields) - set(MethodOptions.model_fields)

    @property
    def follows_gradients(self) -> bool:
        """Whether the method needs a loss that can be differentiated."""
        return self.computes != ("loss",)

    @property
    def draws(self) -> bool:
        """Whether the method draws at random."""
        return not self.follows_gradients

    @property
    def missing_package(self) -> str | None:
        """The package that the method needs and this installation lacks."""
        return self.package if self.package and find_spec(self.package) is None else None
