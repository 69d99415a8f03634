"""The catalog as text: every entry with its arguments, their defaults and rules."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gdbench.catalog import FAMILIES
from gdbench.catalog.describe import model_of, rule
from gdbench.catalog.entry import Entry
from gdbench.catalog.family import Family
from gdbench.experiment.settings.schema import Regularization, Training

SECTION_MODELS: Mapping[str, type[BaseModel]] = {"training": Training, "regularization": Regularization}
NOUNS = (*FAMILIES, *SECTION_MODELS)


def describe(noun: str) -> dict[str, Any]:
    """Return a family or section as JSON values: its entries, and of each argument default, rule and description."""
    if noun in SECTION_MODELS:
        model = SECTION_MODELS[noun]
        return {"name": noun, "summary": _summary(model), "arguments": list(_arguments(model))}
    family = FAMILIES[noun]
    return {
        "name": noun,
        "summary": family.summary,
        "arguments": list(_arguments(family.options)),
        "entries": [_entry(family, name) for name in family.entries],
    }


def text(noun: str) -> str:
    """Return a family or section as lines for people."""
    described = describe(noun)
    lines = [f"{noun}: {described['summary']}"]
    for entry in described.get("entries", []):
        lines += ["", f"  {entry['name']}: {entry['summary']}", *_lines(entry["arguments"], "      ")]
    if described["arguments"]:
        owner = f"  {_sharing(FAMILIES[noun])} takes" if "entries" in described else "  keys"
        lines += ["", owner, *_lines(described["arguments"], "      ")]
    return "\n".join(lines) + "\n"


def _sharing(family: Family[object]) -> str:
    """Return which entries take the family's options: all but those with others of their own."""
    others = [name for name, entry in family.entries.items() if not _shares(family, entry)]
    return "every one" + (f" but {', '.join(others)}" if others else "")


def _shares(family: Family[object], entry: Entry[object]) -> bool:
    return entry.options is None or issubclass(entry.options, family.options)


def _entry(family: Family[object], name: str) -> dict[str, Any]:
    """Describe an entry with its own arguments, those included that it shares by name but gives another default."""
    entry = family.entries[name]
    shared = list(_arguments(family.options)) if _shares(family, entry) else []
    own = [argument for argument in _arguments(family.model(name)) if argument not in shared]
    return {"name": name, "summary": entry.summary, "arguments": own}


def _arguments(model: type[BaseModel], path: str = "") -> Iterator[dict[str, Any]]:
    for name, field in model.model_fields.items():
        yield {
            "name": path + name,
            "default": _default(field),
            "rule": rule(field),
            "description": field.description or "",
            "required": field.is_required(),
        }
        nested = model_of(field)
        if nested:
            yield from _arguments(nested, f"{path}{name}.")


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True) if not field.is_required() else None
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0].rstrip(".").lower()


def _lines(arguments: list[dict[str, Any]], indent: str) -> Iterator[str]:
    spelled = [f"{a['name']}: {'required' if a['required'] else _spell(a['default'])}" for a in arguments]
    width = max((len(text) for text in spelled), default=0)
    for argument, left in zip(arguments, spelled, strict=True):
        yield f"{indent}{left:<{width}}  {argument['description']} ({argument['rule']})"


def _spell(value: Any) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
