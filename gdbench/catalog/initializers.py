"""Initialisers of kernels and biases, with Keras' arguments and defaults; each returns a maker that takes the seed."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from gdbench.catalog.entry import Entry, Family, Positive

Seeded = Callable[[int], Any]
Mean = Annotated[float, Field(description="mean of the values")]
Deviation = Annotated[Positive, Field(description="standard deviation of the values")]


def _seeded(name: str, **arguments: Any) -> Seeded:
    import keras

    return lambda seed: getattr(keras.initializers, name)(seed=seed, **arguments)


def random_normal(mean: Mean = 0.0, stddev: Deviation = 0.05) -> Seeded:
    """Normal values."""
    return _seeded("RandomNormal", mean=mean, stddev=stddev)


def truncated_normal(mean: Mean = 0.0, stddev: Deviation = 0.05) -> Seeded:
    """Normal values, drawn again beyond two standard deviations."""
    return _seeded("TruncatedNormal", mean=mean, stddev=stddev)


def random_uniform(
    minval: Annotated[float, Field(description="lower bound")] = -0.05,
    maxval: Annotated[float, Field(description="upper bound")] = 0.05,
) -> Seeded:
    """Uniform values."""
    return _seeded("RandomUniform", minval=minval, maxval=maxval)


def orthogonal(gain: Annotated[float, Field(description="factor of the matrix")] = 1.0) -> Seeded:
    """A random orthogonal matrix (Saxe, McClelland and Ganguli 2014)."""
    return _seeded("Orthogonal", gain=gain)


def glorot_uniform() -> Seeded:
    """Uniform, variance 2 / (inputs + outputs) (Glorot and Bengio 2010)."""
    return _seeded("GlorotUniform")


def glorot_normal() -> Seeded:
    """Truncated normal, variance 2 / (inputs + outputs) (Glorot and Bengio 2010)."""
    return _seeded("GlorotNormal")


def he_uniform() -> Seeded:
    """Uniform, variance 2 / inputs (He, Zhang, Ren and Sun 2015)."""
    return _seeded("HeUniform")


def he_normal() -> Seeded:
    """Truncated normal, variance 2 / inputs (He, Zhang, Ren and Sun 2015)."""
    return _seeded("HeNormal")


def lecun_uniform() -> Seeded:
    """Uniform, variance 1 / inputs (LeCun, Bottou, Orr and Müller 1998)."""
    return _seeded("LecunUniform")


def lecun_normal() -> Seeded:
    """Truncated normal, variance 1 / inputs (LeCun, Bottou, Orr and Müller 1998)."""
    return _seeded("LecunNormal")


def _unseeded(name: str, _seed: int, **arguments: Any) -> Any:
    import keras

    return getattr(keras.initializers, name)(**arguments)


def zeros() -> Seeded:
    """All zero."""
    return partial(_unseeded, "Zeros")


def ones() -> Seeded:
    """All one."""
    return partial(_unseeded, "Ones")


def constant(value: Annotated[float, Field(description="the value")] = 0.0) -> Seeded:
    """All of one value."""
    return partial(_unseeded, "Constant", value=value)


INITIALIZERS = Family(
    "initializer",
    "the weights before the first update",
    {
        function.__name__: Entry(function)
        for function in (
            glorot_uniform,
            glorot_normal,
            he_uniform,
            he_normal,
            lecun_uniform,
            lecun_normal,
            random_normal,
            random_uniform,
            truncated_normal,
            orthogonal,
            zeros,
            ones,
            constant,
        )
    },
)
