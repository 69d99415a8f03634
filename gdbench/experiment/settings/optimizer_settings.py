"""The optimizer of a run as a typed object."""

from dataclasses import dataclass
from functools import cached_property

from gdbench.catalog.optimizers import METHODS, WRAPPERS
from gdbench.catalog.optimizers.method import MethodEntry, MethodOptions
from gdbench.catalog.optimizers.options import OptimizerOptions, unless_off
from gdbench.catalog.optimizers.wrappers import Wrapper
from gdbench.experiment.settings.constructed import constructed
from gdbench.records import Settings

CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


@dataclass(frozen=True, eq=False)
class OptimizerSettings:
    """The optimizer of a run: a component, and the options that every optimizer takes."""

    component: Settings

    @property
    def name(self) -> str:
        """The catalog's name, or `module:attribute`."""
        name: str = self.component["name"]
        return name

    @property
    def method(self) -> MethodEntry | None:
        """The entry of a method that minimizes one function of all weights; None of steps along a batch's gradient."""
        return METHODS.get(self.name)

    @cached_property
    def wrapper(self) -> Wrapper | None:
        """The trainings that make up the run; None of a single one."""
        entry = WRAPPERS.get(self.name)
        # Values of a file with mistakes can be None.
        broken = self.component.get("stages") is None and self.component.get("optimizer") is None
        return None if entry is None or broken else entry.build(self.component)

    def images_for(self, images: int) -> int:
        """Return how many of the training images a method evaluates its function on."""
        chosen = constructed(MethodOptions, self.component).images
        return images if chosen == "full" else chosen

    @property
    def learning_rate(self) -> float:
        """The learning rate before any schedule."""
        rate: float = self.component["learning_rate"]
        return rate

    @property
    def clipping(self) -> dict[str, float]:
        """The bounds on gradients, by option; at most one in a run."""
        options = constructed(OptimizerOptions, self.component)
        bounds = {name: unless_off(getattr(options, name)) for name in CLIPPING}
        return {name: bound for name, bound in bounds.items() if bound is not None}
