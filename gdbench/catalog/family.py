"""Family: everything that one kind of component is, from the names that files may use to what they build."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from gdbench.catalog.entry import Entry, Options
from gdbench.catalog.plugin_entry import PluginContract, PluginEntry, TrialSizes
from gdbench.catalog.plugins import is_plugin
from gdbench.records import Settings

T_co = TypeVar("T_co", covariant=True)


class Family(Generic[T_co]):
    """The entries that one kind of component may name, the options they share, and the contract of plug-ins.

    A component is `{"name": ..., argument: value}`; one that names a plug-in has its `code` beside them.
    """

    def __init__(
        self,
        noun: str,
        summary: str,
        entries: Mapping[str, Entry[T_co]],
        options: type[Options] = Options,
        *,
        plugins: PluginContract[T_co],
    ) -> None:
        """Keep the entries; `noun` is the family's name in the singular, as in a YAML key."""
        self.noun = noun
        self.summary = summary
        self.entries = entries
        self.options = options
        self.plugins = plugins

    def entry(self, name: str) -> Entry[T_co] | PluginEntry[T_co]:
        """Return the entry of a name, which is in the catalog or a plug-in's."""
        return self.plugin(name) if is_plugin(name) else self.entries[name]

    def plugin(self, name: str) -> PluginEntry[T_co]:
        """Return a plug-in as an entry of this family."""
        return PluginEntry(name, self.plugins)

    def model(self, name: str) -> type[Options]:
        """Return the model of an entry's arguments and the family's options; for a plug-in, of the options alone."""
        return self.entry(name).model(self.options)

    def inputs(self, name: str) -> frozenset[str]:
        """Return the arguments of an entry that are fed to a compiled program; none of a plug-in's."""
        return self.entry(name).inputs(self.options)

    def build(self, component: Settings) -> T_co:
        """Return what a component's entry makes of its arguments.

        Raises:
            PluginError: the component names a plug-in that cannot be built.
        """
        return self.entry(component["name"]).build(component, self.options)

    def preview(self, component: Settings) -> T_co | None:
        """Build a component where that runs no user code; None for a plug-in."""
        return self.entry(component["name"]).preview(component, self.options)

    def probe(self, component: Settings, sizes: Iterable[TrialSizes]) -> T_co:
        """Build a plug-in and use it on a few numbers in each of the sizes, as training would.

        Raises:
            PluginError: it cannot be built, or cannot be trained with.
        """
        return self.plugin(component["name"]).probe(component, self.options, sizes)

    def explicit_options(self, component: Settings) -> dict[str, object]:
        """Return the family's options to set on what is built; a plug-in keeps its own where the file is silent."""
        return self.entry(component["name"]).explicit_options(component, self.options)
