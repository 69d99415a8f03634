"""What resolving a section gives: its values with all defaults, its identity, and the plug-ins in it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from gdbench.experiment.yaml.mistakes import Place
from gdbench.records import Settings

V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True, slots=True)
class PluginUse:
    """A plug-in that a file names: where, under which path, and the component with its code and arguments."""

    place: Place
    path: str
    component: Settings


@dataclass(frozen=True, slots=True)
class Resolved(Generic[V_co]):
    """A component, section or argument with its defaults filled in.

    `values` holds every argument; `identity` the name, the revision above 1 and the arguments that differ from their
    defaults, so that a new argument with a default changes no identity. `plugins` are those named within.
    """

    values: V_co
    identity: V_co
    plugins: tuple[PluginUse, ...] = ()
