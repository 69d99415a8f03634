"""JSON Schema of grids: what an axis takes at each path."""

import json
from collections.abc import Mapping

from pydantic import BaseModel, JsonValue

from gdbench.catalog import FAMILIES
from gdbench.catalog.describe import model_of
from gdbench.experiment.grid.axes import VARIANTS
from gdbench.experiment.header import Header
from gdbench.experiment.json_schema.components import LABEL, OWN_RANGE, arguments, with_ranges
from gdbench.experiment.json_schema.models import Schema, properties_of, reference
from gdbench.experiment.published.multiverse_parser import OFF, SEEDS
from gdbench.experiment.settings.schema import SECTION_MODELS
from gdbench.experiment.settings.several_values import EACH
from gdbench.records import SECTIONS

# What stands at a path, among the definitions.
_AT = "at."
_NUMBER: Schema = {"type": "number"}
_RANGE: Schema = {
    "type": "object",
    "properties": {
        "from": _NUMBER,
        "to": _NUMBER,
        "per_decade": {"type": "integer", "minimum": 1, "maximum": 100},
        "step": {"type": "number", "exclusiveMinimum": 0},
    },
    "required": ["from", "to"],
    "oneOf": [{"required": ["per_decade"]}, {"required": ["step"]}],
    "additionalProperties": False,
}
# Components take further paths, down to the arguments of user code.
_COMPONENTS = (*(section for section in SECTIONS if section in FAMILIES), r"training\.loss", r"training\.schedule")
_DEEPER = rf"^\s*({'|'.join(_COMPONENTS)})\.[^,]+$"
_LINKED = rf"^\s*({'|'.join(SECTIONS)})(\.[^,]+)?\s*(,\s*({'|'.join(SECTIONS)})(\.[^,]+)?\s*)+$"


def definitions_of_grids() -> dict[str, Schema]:
    """Return the definition of a grid, and of what it refers to."""
    values = _paths()
    shared = {f"{_AT}{path}": value for path, value in values.items() if "$ref" not in value}
    # By reference, since a list, its labels and variants all hold such values.
    referred = {path: value if "$ref" in value else reference(f"{_AT}{path}") for path, value in values.items()}
    axes = {path: _axis(referred[path], is_number=_takes_number(value)) for path, value in values.items()}
    # Components hold such ranges themselves, and what no number or word stands for takes none.
    return {**shared, "range": _RANGE, OWN_RANGE: _own_range(), "grid": _grid(axes, with_ranges(referred))}


def _own_range() -> Schema:
    values: Schema = {"type": "array", "minItems": 1, "items": {"type": ["number", "string", "boolean"]}}
    each: Schema = {
        "type": "object",
        "properties": {EACH: values},
        "required": [EACH],
        "additionalProperties": False,
    }
    return {"description": "all values of this row: a range, or each of a list", "anyOf": [reference("range"), each]}


def _grid(axes: Mapping[str, Schema], values: Mapping[str, Schema]) -> Schema:
    linked = _axis({"type": "array", "minItems": 2}, is_number=False)
    return {
        "type": "object",
        "minProperties": 1,
        "description": "axes by path (a list, label -> value, or a range); all combinations are trained",
        "properties": {**axes, VARIANTS: _variants(values)},
        "patternProperties": {_DEEPER: _axis({}, is_number=True), _LINKED: linked},
        "additionalProperties": False,
    }


def _paths() -> dict[str, Schema]:
    """Return what stands at each path that the models know."""
    found: dict[str, Schema] = {}
    for section in SECTIONS:
        if section in SECTION_MODELS:
            found[section] = reference(section)
            found |= _nested(SECTION_MODELS[section], section)
        else:
            found[section] = found[f"{section}.name"] = reference(section)
            found |= {f"{section}.{argument}": schema for argument, schema in arguments(section).items()}
    return found


def whole(section: str) -> Schema:
    """Return the schema of a section with the keys of a model."""
    properties = {"label": LABEL, **properties_of(SECTION_MODELS[section])}
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _axis(value: Schema, *, is_number: bool) -> Schema:
    """Return the schema of an axis of such values: a list, a mapping from label to value, or a range of numbers."""
    labeled: Schema = {
        "type": "object",
        "minProperties": 1,
        "not": {"anyOf": [{"required": [key]} for key in ("name", "layers", "from", "to")]},
        "additionalProperties": value,
    }
    ranges = [reference("range")] if is_number else []
    return {"anyOf": [{"type": "array", "minItems": 1, "items": value}, labeled, *ranges]}


def _takes_number(value: Schema) -> bool:
    return any(f'"type": "{kind}"' in json.dumps(value) for kind in ("number", "integer"))


def _variants(values: Mapping[str, Schema]) -> Schema:
    point: Schema = {
        "type": "object",
        "properties": dict(values),
        "patternProperties": {_DEEPER: {}},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "minProperties": 1,
        "description": "named points, each a mapping from path to value",
        "additionalProperties": point,
    }


def _nested(model: type[BaseModel], path: str) -> dict[str, Schema]:
    """Return what stands at the paths below a model."""
    found: dict[str, Schema] = {}
    for name, schema in properties_of(model).items():
        found[f"{path}.{name}"] = schema
        below = model_of(model.model_fields[name])
        if below is not None:
            found |= _nested(below, f"{path}.{name}")
        elif "allOf" in schema:
            found[f"{path}.{name}.name"] = schema
    return found


def point() -> dict[str, JsonValue]:
    """Return the schema of an entry of `include` or `exclude`: values or labels by path."""
    return {"type": "object", "minProperties": 1}


def multiverse() -> Schema:
    """Return the schema of a multiverse: the axes of a grid, and seeds; or off."""
    axes: Schema = {path: reference(f"grid/properties/{path}") for path in (*_paths(), VARIANTS)}
    return {
        "description": "plausible values for what a source leaves open, by path; every combination is judged",
        "anyOf": [
            {"enum": [OFF]},
            {
                "type": "object",
                "minProperties": 1,
                "properties": {**axes, SEEDS: properties_of(Header)[SEEDS]},
                "patternProperties": {_DEEPER: {}, _LINKED: {}},
                "additionalProperties": False,
            },
        ],
    }
