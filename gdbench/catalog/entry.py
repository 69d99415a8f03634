"""Entry: a function of the catalog, whose signature is the schema of the arguments that a file may give it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, create_model
from pydantic_core import CoreSchema

from gdbench.records import Settings

T_co = TypeVar("T_co", covariant=True)


class Options(BaseModel):
    """Settings read strictly: no other keys, no strings for numbers, no infinities; whole numbers serve as floats."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


# Where the JSON Schema of an argument has the family of its components.
FAMILY_KEY = "x-family"


@dataclass(frozen=True, slots=True)
class OfFamily:
    """Marks an argument that is itself a component: a name, or a mapping with `name`."""

    noun: str

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the family in place of a schema, since pydantic does not know what components it has."""
        return {FAMILY_KEY: self.noun}


@dataclass(frozen=True, slots=True)
class Input:
    """Marks an argument that is fed to a compiled program, so that runs which differ in it share the program."""


INPUT = Input()


@dataclass(frozen=True, slots=True)
class Location:
    """Marks a path, relative to the configuration; not part of a run's identity, since its data is hashed."""


LOCATION = Location()


def _whole(value: object) -> object:
    """Let `1e3` stand for 1000 where a whole number is expected."""
    # Beyond this a float is no longer exact.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53 else value


Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[Whole, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
# As a file spells it; once resolved, a component is always a mapping.
Component = str | dict[str, Any]
Activation = Annotated[Component, OfFamily("activation")]
Initializer = Annotated[Component, OfFamily("initializer")]
Regularizer = Annotated[Component, OfFamily("regularizer")]
Constraint = Annotated[Component, OfFamily("constraint")]
LayerItem = Annotated[Component, OfFamily("layer")]


@dataclass(frozen=True, eq=False)
class Entry(Generic[T_co]):
    """A catalog function, by whose name files refer to it.

    Raise `revision` when a default changes or the entry computes something else from the same arguments: runs made
    before then count as other runs. `options` replace those of the family. `gentle` are arguments of an optimizer
    under which rounding is not amplified, so that a test can hold its training against Keras' `model.fit`.
    """

    function: Callable[..., T_co]
    revision: int = 1
    options: type[Options] | None = None
    gentle: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0].rstrip(".")

    def model(self, options: type[Options] = Options) -> type[Options]:
        """Return the pydantic model of the arguments: the family's options, then those of the signature."""
        return _model(self, self.options or options)

    def inputs(self, options: type[Options] = Options) -> frozenset[str]:
        """Return the arguments that are fed to a compiled program."""
        return inputs_of(self.model(options))

    def build(self, component: Settings, _options: type[Options] = Options) -> T_co:
        """Call the function with those arguments of a component that its own signature takes."""
        return self.function(**arguments_of(self.function, component))

    def preview(self, component: Settings, _options: type[Options] = Options) -> T_co | None:
        """Return the same as `build`: a plan may call catalog functions."""
        return self.build(component)

    def explicit_options(self, component: Settings, options: type[Options]) -> dict[str, object]:
        """Return the family's options: all of them count, defaults included."""
        return {name: component[name] for name in options.model_fields}


# Making a model takes milliseconds, and a plan needs one at every point of a grid.
@cache
def _model(entry: Entry[object], base: type[Options]) -> type[Options]:
    parameters = inspect.signature(entry.function).parameters.values()
    fields: dict[str, Any] = {
        p.name: (p.annotation, ... if p.default is inspect.Parameter.empty else p.default) for p in parameters
    }
    return create_model(entry.function.__name__, __base__=base, **fields)


def is_active(value: object) -> bool:
    """Whether an input is neither zero nor off; one that has no effect is left out of a program."""
    # False equals 0, so this covers switches too.
    return value not in (0, "off")


@cache
def inputs_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields of a model that are marked as inputs."""
    fields = model.model_fields.items()
    return frozenset(name for name, field in fields if any(isinstance(mark, Input) for mark in field.metadata))


def arguments_of(function: Callable[..., object], component: Settings) -> Mapping[str, object]:
    """Return the arguments of a component that are in a function's signature."""
    return {key: component[key] for key in _parameters(function)}


# A plan builds a loss and an architecture at every point of a grid.
@cache
def _parameters(function: Callable[..., object]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)
