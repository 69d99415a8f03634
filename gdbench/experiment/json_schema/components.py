"""JSON Schema of components: a name of a family, a mapping with a name and its arguments, or user code."""

import json
from collections.abc import Iterator, Mapping

from gdbench.catalog import FAMILIES
from gdbench.experiment.json_schema.models import Schema, any_of, properties_of, reference

# What stands for all the values of a row, among the definitions.
OWN_RANGE = "own_range"
# On an axis, a component may have a label.
LABEL: Schema = {"type": ["string", "number", "boolean"], "description": "names its row"}
_CODE: Schema = {"type": "string", "pattern": ":", "description": "module:attribute, your own code"}


def definitions() -> dict[str, Schema]:
    """Return the definition of each family, and of each of its entries as `family.entry`."""
    found: dict[str, Schema] = {}
    for noun in FAMILIES:
        found[noun] = _family(noun)
        for name in FAMILIES[noun].entries:
            found[f"{noun}.{name}"] = _entry(noun, name)
    return found


def arguments(noun: str) -> dict[str, Schema]:
    """Return the arguments that entries of a family take, of any entry that has one of that name."""
    found: dict[str, list[Schema]] = {}
    for name in FAMILIES[noun].entries:
        for argument, schema in properties_of(FAMILIES[noun].model(name)).items():
            found.setdefault(argument, []).append(schema)
    return {argument: any_of(schemas) for argument, schemas in found.items()}


def with_ranges(values: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return what stands at keys, where one number or word may give way to all the values of a row."""
    return {key: _with_range(schema) if _is_single(schema) else schema for key, schema in values.items()}


def _with_range(schema: Schema) -> Schema:
    # An editor shows the texts of the argument, whichever form it has.
    texts: Schema = {key: schema[key] for key in ("description", "default") if key in schema}
    plain = {key: value for key, value in schema.items() if key not in texts}
    return {**texts, "anyOf": [plain, reference(OWN_RANGE)]}


def _is_single(schema: Schema) -> bool:
    """Whether a number or word may stand here."""
    text = json.dumps(schema)
    return any(sign in text for sign in ('"number"', '"integer"', '"string"', '"$ref"', '"enum"'))


def unnamed(noun: str, name: str) -> Schema:
    """Return the schema of a mapping without a name, which changes arguments of that entry."""
    return {
        "type": "object",
        "properties": dict(properties_of(FAMILIES[noun].model(name))),
        "additionalProperties": False,
    }


def _family(noun: str) -> Schema:
    family = FAMILIES[noun]
    names: Schema = {"enum": list(family.entries), "description": family.summary}
    return {"description": family.summary, "anyOf": [names, *_mappings(noun), _CODE]}


def _mappings(noun: str) -> Iterator[Schema]:
    yield from (reference(f"{noun}.{name}") for name in FAMILIES[noun].entries)
    yield {"type": "object", "required": ["name"], "properties": {"name": _CODE}}
    if noun == "architecture":
        layers = _entry(noun, "layers")
        yield {**layers, "required": ["layers"], "description": "short for {name: layers, layers: [...]}"}
    if noun == "layer":
        return
    # It changes arguments of whatever stood there, which may be user code with arguments of its own.
    yield {
        "type": "object",
        "not": {"anyOf": [{"required": ["name"]}, {"required": ["layers"]}]},
        "properties": dict(arguments(noun)),
    }


def _entry(noun: str, name: str) -> Schema:
    family = FAMILIES[noun]
    model = family.model(name)
    needed = [key for key, field in model.model_fields.items() if field.is_required()]
    # Layers stand in lists, into which no path of a grid leads that could give an argument, and are on no axis.
    in_list = noun == "layer"
    arguments_of = properties_of(model) if in_list else with_ranges(properties_of(model))
    return {
        "type": "object",
        "description": family.entries[name].summary,
        "properties": {"name": {"const": name}, **({} if in_list else {"label": LABEL}), **arguments_of},
        "required": ["name", *(needed if in_list else ())],
        "additionalProperties": False,
    }
