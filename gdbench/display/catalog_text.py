"""The catalog as `list` prints it: every entry with its arguments, their defaults and rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gdbench.catalog import FAMILIES
from gdbench.catalog.describe import model_of, rule
from gdbench.catalog.entry import Entry
from gdbench.catalog.family import Family
from gdbench.display.sheets.printout import JsonModel, Printout, Section
from gdbench.display.sheets.sheet import NOTHING
from gdbench.experiment.settings.schema import Regularization, Training

SECTION_MODELS: Mapping[str, type[BaseModel]] = {"training": Training, "regularization": Regularization}
NOUNS = (*FAMILIES, *SECTION_MODELS)
INDENT = " " * 6


@dataclass(frozen=True, slots=True)
class ArgumentText:
    """An argument of an entry or a key of a section; `name` is its path, `default` a JSON value."""

    name: str
    default: JsonModel
    rule: str
    description: str
    required: bool


@dataclass(frozen=True, slots=True)
class CatalogPrintout(Printout):
    """What `list` prints of families and sections."""

    nouns: Sequence[str]

    def sections(self) -> list[Section]:
        """Return a paragraph for each noun."""
        return [Section(tuple(map(text, self.nouns)))]

    def model(self) -> JsonModel:
        """Return the description of each noun."""
        return [describe(noun) for noun in self.nouns]


def describe(noun: str) -> Mapping[str, JsonModel]:
    """Return a family or section as JSON values: its entries, and default, rule and description of each argument."""
    if noun in SECTION_MODELS:
        model = SECTION_MODELS[noun]
        return {"name": noun, "summary": _summary(model), "arguments": list(map(asdict, _arguments(model)))}
    family = FAMILIES[noun]
    return {
        "name": noun,
        "summary": family.summary,
        "arguments": list(map(asdict, _arguments(family.options))),
        "entries": [
            {
                "name": name,
                "summary": entry.summary,
                "arguments": list(map(asdict, _own_arguments(family, name))),
            }
            for name, entry in family.entries.items()
        ],
    }


def text(noun: str) -> str:
    """Return a family or section as lines for people."""
    if noun in SECTION_MODELS:
        model = SECTION_MODELS[noun]
        return "\n".join([f"{noun}: {_summary(model)}", "", "  keys", *_lines(_arguments(model))])
    family = FAMILIES[noun]
    lines = [f"{noun}: {family.summary}"]
    for name, entry in family.entries.items():
        lines += ["", f"  {name}: {entry.summary}", *_lines(_own_arguments(family, name))]
    if options := list(_arguments(family.options)):
        lines += ["", f"  {_takers(family)} takes", *_lines(options)]
    return "\n".join(lines)


def _takers(family: Family[object]) -> str:
    """Return which entries take the options of the family: all except those with other options."""
    others = [name for name, entry in family.entries.items() if not _takes_options(family, entry)]
    return "every one" + (f" but {', '.join(others)}" if others else "")


def _takes_options(family: Family[object], entry: Entry[object]) -> bool:
    return entry.options is None or issubclass(entry.options, family.options)


def _own_arguments(family: Family[object], name: str) -> list[ArgumentText]:
    """Return the arguments of an entry without the options of the family, unless it gives them another default."""
    options = list(_arguments(family.options)) if _takes_options(family, family.entries[name]) else []
    return [argument for argument in _arguments(family.model(name)) if argument not in options]


def _arguments(model: type[BaseModel], path: str = "") -> Iterator[ArgumentText]:
    for name, field in model.model_fields.items():
        yield ArgumentText(path + name, _default(field), rule(field), field.description or "", field.is_required())
        nested = model_of(field)
        if nested:
            yield from _arguments(nested, f"{path}{name}.")


def _default(field: FieldInfo) -> JsonModel:
    if field.is_required():
        return None
    value: JsonModel | BaseModel = field.get_default(call_default_factory=True)
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0].rstrip(".").lower()


def _lines(arguments: Iterator[ArgumentText] | Sequence[ArgumentText]) -> Iterator[str]:
    """Yield a line for each argument, their descriptions aligned."""
    defaults = {
        f"{argument.name}: {'required' if argument.required else _default_text(argument.default)}": argument
        for argument in arguments
    }
    width = max(map(len, defaults), default=0)
    for default, argument in defaults.items():
        yield f"{INDENT}{default:<{width}}  {argument.description} ({argument.rule})"


def _default_text(value: JsonModel) -> str:
    if value is None:
        return NOTHING
    # As YAML spells it: false, and no quotes within a list or mapping.
    return str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
