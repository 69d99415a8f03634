"""Entry and Family: a function in a dictionary, whose signature is the schema of what a file may say."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model


class Options(BaseModel):
    """Settings read strictly: no other keys, no strings for numbers, no infinities; whole numbers serve as floats."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class OfFamily:
    """Marks an argument that is itself a component: a name, or a mapping with `name`."""

    noun: str


@dataclass(frozen=True, slots=True)
class Input:
    """Marks an argument that is fed to a compiled program, so that runs which differ in it share the program."""


INPUT = Input()


@dataclass(frozen=True, slots=True)
class Location:
    """Marks a path: given from the configuration's folder, and no part of a run's identity, whose data is hashed."""


LOCATION = Location()


def _whole(value: Any) -> Any:
    """Let `1e3` stand for 1000 where a whole number is asked for."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[Whole, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Component = str | dict[str, Any]
Activation = Annotated[Component, OfFamily("activation")]
Initializer = Annotated[Component, OfFamily("initializer")]
Regularizer = Annotated[Component, OfFamily("regularizer")]
Constraint = Annotated[Component, OfFamily("constraint")]
LayerItem = Annotated[Component, OfFamily("layer")]


@dataclass(frozen=True, eq=False)
class Entry:
    """A catalog function under the name that files use.

    Raise `revision` when a default changes or the entry computes something else from the same arguments: runs made
    before then count as other runs. `options` stand in place of the family's. `gentle` are arguments of an optimizer
    under which rounding is not amplified, so that a test can hold its training against Keras' `model.fit`.
    """

    function: Callable[..., Any]
    revision: int = 1
    options: type[Options] | None = None
    gentle: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0].rstrip(".")

    def model(self, base: type[Options] = Options) -> type[Options]:
        """Return the pydantic model of the arguments: the signature's after those of `base`."""
        parameters = inspect.signature(self.function).parameters.values()
        fields: dict[str, Any] = {
            p.name: (p.annotation, ... if p.default is inspect.Parameter.empty else p.default) for p in parameters
        }
        return create_model(self.function.__name__, __base__=base, **fields)


def acts(value: Any) -> bool:
    """Whether an input is neither zero nor off: what does nothing is left out of a program."""
    return value not in (0, "off")


def inputs_of(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields of a model that are marked as inputs."""
    fields = model.model_fields.items()
    return frozenset(name for name, field in fields if any(isinstance(mark, Input) for mark in field.metadata))


def arguments_of(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the given arguments that a function's signature takes."""
    return {key: given[key] for key in inspect.signature(function).parameters}


class Family:
    """The entries that one kind of component may name, and the options that all of them share.

    A component is `{"name": ..., argument: value}`; one that names a plug-in has its code beside them.
    """

    def __init__(self, noun: str, summary: str, entries: Mapping[str, Entry], options: type[Options] = Options) -> None:
        """Keep the entries; `noun` is the family's name in the singular, as in a YAML key."""
        self.noun = noun
        self.summary = summary
        self.entries = entries
        self.options = options
        self._models: dict[Entry, type[Options]] = {}

    def model(self, name: str) -> type[Options]:
        """Return the model of an entry's arguments, the family's options included; those alone for a plug-in."""
        if is_plugin(name):
            return self.options
        entry = self.entries[name]
        if entry not in self._models:
            self._models[entry] = entry.model(entry.options or self.options)
        return self._models[entry]

    def inputs(self, name: str) -> frozenset[str]:
        """Return the arguments of an entry that are fed to a compiled program; nobody knows what a plug-in computes."""
        return frozenset() if is_plugin(name) else inputs_of(self.model(name))

    def build(self, component: Mapping[str, Any]) -> Any:
        """Call a component's entry with those of its arguments that the entry's own signature takes.

        Raises:
            PluginError: the component names a plug-in that cannot be built.
        """
        if is_plugin(component["name"]):
            from gdbench.catalog.adapters import build

            defaults = {name: field.default for name, field in self.options.model_fields.items()}
            return build(self.noun, component, defaults)
        function = self.entries[component["name"]].function
        return function(**arguments_of(function, component))


def is_plugin(name: str) -> bool:
    """Whether a name is `module:attribute` instead of an entry's."""
    return ":" in name
