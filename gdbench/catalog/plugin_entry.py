"""User code in the place of an entry of the catalog, and the requirements that a family has for it."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from gdbench.catalog.entry import Options
from gdbench.catalog.plugin_loading import Attribute, load, reporting
from gdbench.catalog.plugins import Code, Signature, find, signature
from gdbench.records import Settings

T_co = TypeVar("T_co", covariant=True)
Arguments = Mapping[str, object]
# The path of an argument, the rule that its value breaks, and the value; None where there is no value.
BrokenRule = tuple[str, str, object]


@dataclass(frozen=True, slots=True)
class TrialSizes:
    """What a trial takes from a run: its classes, the number of its updates and its learning rate."""

    classes: int = 3
    updates: int = 3
    learning_rate: float = 0.1


def _no_trial(_component: object, _sizes: TrialSizes) -> None:
    """Accept anything that could be built."""


def _no_rules(_component: Settings) -> Iterator[BrokenRule]:
    """Accept any arguments."""
    return iter(())


@dataclass(frozen=True, slots=True)
class PluginContract(Generic[T_co]):
    """Requirements for user code used as a component of a family.

    `adapt(attribute, arguments)` makes a T of the attribute; `trial(T, sizes)` uses it once on a few numbers, and both
    raise PluginError where it falls short. `supplied` is the number of leading arguments that gdbench passes itself.
    `check(component)` yields the rules that the resolved arguments break. Raise `revision` when the same code is turned
    into something else: earlier runs then count as different ones.
    """

    adapt: Callable[[Attribute, Arguments], T_co]
    trial: Callable[[T_co, TrialSizes], None] = _no_trial
    supplied: int = 0
    check: Callable[[Settings], Iterator[BrokenRule]] = _no_rules
    revision: int = 1


@dataclass(frozen=True, slots=True)
class PluginEntry(Generic[T_co]):
    """A plug-in as an entry: opaque, so that none of its arguments is an input of a compiled program.

    A component that names it has its `code` beside the arguments.
    """

    name: str
    contract: PluginContract[T_co]

    def find(self, family: str, folder: Path) -> tuple[Code, Signature]:
        """Return the source and the arguments, which are read without running it.

        Raises:
            PluginError: there is no such module or attribute.
        """
        code = find(self.name, family, folder)
        return code, signature(code, self.name.partition(":")[2], self.contract.supplied)

    def model(self, options: type[Options] = Options) -> type[Options]:
        """Return the model of the arguments that gdbench checks: the family's options."""
        return options

    def inputs(self, _options: type[Options] = Options) -> frozenset[str]:
        """Return no inputs, since only the code knows what it computes from an argument."""
        return frozenset()

    def build(self, component: Settings, options: type[Options]) -> T_co:
        """Import the code and make the component of it.

        Options of the family are passed where the code takes them and the file changes them.

        Raises:
            PluginError: the code raises, or returns something else.
        """
        code = Code(**component["code"])
        attribute = load(self.name, code)
        with reporting(self.name, code):
            # An option that the file leaves alone must not override a default in the code.
            passed = parameters_of(attribute) & set(self.explicit_options(component, options))
            arguments = {
                key: value
                for key, value in component.items()
                if key not in ("name", "code") and (key not in options.model_fields or key in passed)
            }
            return self.contract.adapt(attribute, arguments)

    def preview(self, _component: Settings, _options: type[Options]) -> T_co | None:
        """Return nothing: a plan must not run user code."""
        return None

    def probe(self, component: Settings, options: type[Options], sizes: Iterable[TrialSizes]) -> T_co:
        """Build the component and use it once in each of the sizes.

        Raises:
            PluginError: it cannot be built, or cannot be trained with.
        """
        # Building reports its own errors.
        built = self.build(component, options)
        with reporting(self.name, Code(**component["code"])):
            for size in sizes:
                self.contract.trial(built, size)
        return built

    def explicit_options(self, component: Settings, options: type[Options]) -> dict[str, object]:
        """Return the family's options that a file changes; the others are left to the code."""
        fields = options.model_fields.items()
        return {name: component[name] for name, field in fields if component.get(name, field.default) != field.default}


def parameters_of(attribute: Attribute) -> frozenset[str]:
    """Return the names of the parameters of a function or class; none where Python cannot tell them."""
    try:
        return frozenset(inspect.signature(attribute).parameters)
    except (TypeError, ValueError):
        return frozenset()
