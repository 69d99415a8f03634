"""Arguments of entries and keys of sections as lines for people, at most 80 columns wide, and as data."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gdbench.catalog.describe import model_of, rule
from gdbench.catalog.family import Family
from gdbench.display.sheets.printout import JsonModel
from gdbench.display.sheets.sheet import NOTHING

WIDTH = 80
# A longer name and default stand on a line of their own.
MAX_HEAD = 34


@dataclass(frozen=True, slots=True)
class ArgumentText:
    """An argument of an entry or a key of a section; `name` is its path, `default` a JSON value."""

    name: str
    default: JsonModel
    rule: str
    description: str
    required: bool

    @property
    def head(self) -> str:
        """The name and the default."""
        if self.required:
            return f"{self.name}: required"
        return f"{self.name}: {NOTHING if self.default is None else yaml_text(self.default)}"


def arguments_of_model(model: type[BaseModel], path: str = "") -> Iterator[ArgumentText]:
    """Yield the arguments of a model, those of nested models by their path."""
    for name, field in model.model_fields.items():
        yield from arguments_of_field(path + name, field)


def arguments_of_field(name: str, field: FieldInfo) -> Iterator[ArgumentText]:
    """Yield an argument and what is nested in it."""
    yield ArgumentText(name, _default(field), rule(field), field.description or "", field.is_required())
    nested = model_of(field)
    if nested:
        yield from arguments_of_model(nested, f"{name}.")


def own_arguments(family: Family[object], name: str) -> list[ArgumentText]:
    """Return the arguments of an entry without the options of the family, unless it gives them another default."""
    options = list(arguments_of_model(family.options)) if takes_options(family, name) else []
    return [argument for argument in arguments_of_model(family.model(name)) if argument not in options]


def takes_options(family: Family[object], name: str) -> bool:
    """Whether an entry takes the options of its family, not options of its own."""
    options = family.entries[name].options
    return options is None or issubclass(options, family.options)


def lines_of(arguments: Iterable[ArgumentText], indent: str) -> Iterator[str]:
    """Yield the lines of arguments, their descriptions aligned."""
    arguments = list(arguments)
    heads = [len(argument.head) for argument in arguments if len(argument.head) <= MAX_HEAD]
    width = max(heads, default=MAX_HEAD // 2)
    below = indent + " " * (width + 2)
    for argument in arguments:
        text = f"{argument.description} ({argument.rule})" if argument.description else argument.rule
        if len(argument.head) > width:
            yield from textwrap.wrap(argument.head, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ")
            yield from wrapped(text, below, below)
        else:
            yield from wrapped(text, f"{indent}{argument.head:<{width}}  ", below)


def wrapped(text: str, first: str, below: str) -> list[str]:
    """Return a text as lines of at most 80 columns, with what the first line and the others begin with."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=below, break_on_hyphens=False, break_long_words=False
    )


def _default(field: FieldInfo) -> JsonModel:
    if field.is_required():
        return None
    value: JsonModel | BaseModel = field.get_default(call_default_factory=True)
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


def yaml_text(value: object) -> str:
    """Return a default as YAML spells it: `false`, and no quotes within a list or mapping."""
    return str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
