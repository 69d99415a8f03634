"""Functions of two weights, as problems without data: the valleys, local minima and saddles of every lecture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from gdbench.catalog.datasets.dataset import Data, DatasetEntry
from gdbench.catalog.entry import Options
from gdbench.catalog.tensors import Array, Tensor
from gdbench.records import Settings

FunctionName = Literal["rosenbrock", "rastrigin", "beale", "himmelblau", "saddle"]
Point = Annotated[list[float], Field(min_length=2, max_length=2)]
# Takes both weights, as tensors or arrays of one shape, and the cosine of their library.
Value = Callable[[Tensor, Tensor, Callable[[Tensor], Tensor]], Tensor]


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of two weights; `lowest` and `highest` bound the starts, and `minima` are its global minima."""

    value: Value
    lowest: tuple[float, float]
    highest: tuple[float, float]
    minima: tuple[tuple[float, float], ...]

    def start(self, uniform: Array) -> Array:
        """Return the start (2,) that belongs to two numbers from 0 to 1."""
        import numpy as np

        low, high = np.array(self.lowest), np.array(self.highest)
        start: Array = low + (high - low) * uniform
        return start


def _rosenbrock(x: Tensor, y: Tensor, _cosine: Callable[[Tensor], Tensor]) -> Tensor:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _rastrigin(x: Tensor, y: Tensor, cosine: Callable[[Tensor], Tensor]) -> Tensor:
    import math

    return 20 + x**2 + y**2 - 10 * (cosine(2 * math.pi * x) + cosine(2 * math.pi * y))


def _beale(x: Tensor, y: Tensor, _cosine: Callable[[Tensor], Tensor]) -> Tensor:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _himmelblau(x: Tensor, y: Tensor, _cosine: Callable[[Tensor], Tensor]) -> Tensor:
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _saddle(x: Tensor, y: Tensor, _cosine: Callable[[Tensor], Tensor]) -> Tensor:
    # The last term keeps it from falling without end.
    return x**2 - y**2 + y**4 / 4


SURFACES: Mapping[str, Surface] = {
    "rosenbrock": Surface(_rosenbrock, (-2.0, -1.0), (2.0, 3.0), ((1.0, 1.0),)),
    "rastrigin": Surface(_rastrigin, (-5.12, -5.12), (5.12, 5.12), ((0.0, 0.0),)),
    "beale": Surface(_beale, (-4.5, -4.5), (4.5, 4.5), ((3.0, 0.5),)),
    "himmelblau": Surface(
        _himmelblau,
        (-5.0, -5.0),
        (5.0, 5.0),
        ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
    ),
    "saddle": Surface(_saddle, (-2.0, -2.0), (2.0, 2.0), ((0.0, 2**0.5), (0.0, -(2**0.5)))),
}


def test_function(
    function: Annotated[FunctionName, Field(description="what is minimized")] = "rosenbrock",  # noqa: ARG001, PT028
    start: Annotated[  # noqa: ARG001
        Point | Literal["random"], Field(description="first weights: two numbers, or a point that the seed draws")
    ] = "random",  # noqa: PT028
) -> Data:
    """A function of two weights, without data or a network; an epoch is one update, or one evaluation by a method.

    The only metric is train_loss, the value of the function, after each update; of a method it is the lowest value so
    far. Random starts are uniform over the usual domain. Rosenbrock (1960) is a curved valley, Rastrigin (1974) has
    about a hundred local minima, Beale (1958) a plateau, Himmelblau (1972) four equal minima; the saddle is
    x^2 - y^2 + y^4 / 4. A record keeps the path, which `gdbench plot --kind trajectory` draws.
    """
    import numpy as np

    # In place of data there is one example that nothing looks at.
    nothing, label = np.zeros((1, 2), np.float32), np.zeros(1, np.int32)
    return Data(nothing, label, nothing, label, 2)


def surface_of(dataset: Settings) -> Surface | None:
    """Return the function that a dataset stands for; None of one with data."""
    return SURFACES.get(dataset.get("function", "")) if dataset.get("name") == "test_function" else None


# Without facts, since there are no images to be counted.
TEST_FUNCTION = DatasetEntry(test_function, facts=lambda _dataset: None, options=Options)
