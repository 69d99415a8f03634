"""JSON Schema of pydantic models: the sections and the arguments of entries."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, JsonValue, TypeAdapter

from gdbench.catalog.entry import FAMILY_KEY

Schema = dict[str, JsonValue]
_REFERENCE = "#/$defs/"
# pydantic leaves bounds under its own names where a function comes before the check.
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def reference(name: str) -> Schema:
    """Return a reference to a definition."""
    return {"$ref": f"{_REFERENCE}{name}"}


def properties_of(model: type[BaseModel]) -> dict[str, Schema]:
    """Return the schema of each argument of a model.

    Nothing is required, since a grid may give what a section lacks.
    """
    schema = TypeAdapter(model).json_schema(mode="validation")
    definitions = schema.pop("$defs", {})
    properties = schema.get("properties", {})
    return {name: _mapping(_adapted(value, definitions)) for name, value in properties.items()}


def _mapping(value: JsonValue) -> Schema:
    assert isinstance(value, dict), "the schema of an argument is an object"
    return value


def _adapted(value: JsonValue, definitions: Mapping[str, JsonValue]) -> JsonValue:
    """Return a part of pydantic's schema with what it refers to in its place, and families by reference."""
    if isinstance(value, list):
        return [_adapted(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        named = definitions[str(value["$ref"]).removeprefix(_REFERENCE)]
        beside = {key: item for key, item in value.items() if key != "$ref"}
        return {**_mapping(_adapted(named, definitions)), **_mapping(_adapted(beside, definitions))}
    if FAMILY_KEY in value:
        # Beside a reference, draft 7 ignores everything else.
        return {"allOf": [reference(str(value[FAMILY_KEY]))], **_texts(value)}
    # Titles only repeat names.
    kept = {key: item for key, item in value.items() if key not in ("title", "required") or isinstance(item, dict)}
    return {_BOUNDS.get(key, key): _adapted(item, definitions) for key, item in kept.items()}


def _texts(value: Mapping[str, JsonValue]) -> Schema:
    return {key: value[key] for key in ("description", "default") if key in value}


def any_of(schemas: Sequence[Schema]) -> Schema:
    """Return a schema that one of several suffices for; equal ones count once."""
    distinct: list[Schema] = []
    for schema in schemas:
        if schema not in distinct:
            distinct.append(schema)
    return distinct[0] if len(distinct) == 1 else {"anyOf": list(distinct)}
