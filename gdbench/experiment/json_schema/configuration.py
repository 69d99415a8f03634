"""JSON Schema of a whole configuration."""

import json

from gdbench.experiment.extends import KEY as EXTENDS
from gdbench.experiment.header import Header
from gdbench.experiment.json_schema.components import definitions, unnamed
from gdbench.experiment.json_schema.grid_keys import definitions_of_grids, multiverse, point, whole
from gdbench.experiment.json_schema.models import Schema, properties_of, reference
from gdbench.experiment.json_schema.published_blocks import claims, published
from gdbench.experiment.json_schema.tuned_grids import tune
from gdbench.experiment.keys import COMPARISON_KEYS, FILE_KEYS, SHARED_KEYS
from gdbench.experiment.published.multiverse_parser import KEY as MULTIVERSE
from gdbench.experiment.settings.schema import SECTION_MODELS
from gdbench.experiment.settings.sections import DEFAULTS
from gdbench.records import SECTIONS

# What editors call the file beside a configuration.
FILE = "gdbench.schema.json"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_SCALAR = ["string", "number", "boolean"]


def schema() -> Schema:
    """Return the JSON Schema (draft 7) of a configuration.

    It takes whatever gdbench takes. gdbench itself is stricter: what depends on several values, such as labels, missing
    arguments and the size of the data, is left to it.
    """
    keys = _keys()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": f"Written by gdbench schema --out {FILE}",
        "title": "gdbench configuration",
        "type": "object",
        "properties": {key: keys.get(key, {}) for key in FILE_KEYS},
        "additionalProperties": False,
        "allOf": [_beside_comparisons(), _defaults()],
        "$defs": {
            **definitions(),
            **{name: _section(name) for name in SECTION_MODELS},
            **definitions_of_grids(),
            MULTIVERSE: multiverse(),
            "comparison": _comparison(keys),
        },
    }


def text() -> str:
    """Return the JSON text of the schema, a definition a line."""
    document = schema()
    definitions = document.pop("$defs")
    assert isinstance(definitions, dict), "definitions are by name"
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in definitions.items()]
    head = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in document.items()]
    return "{\n" + ",\n".join([*head, '"$defs": {\n' + ",\n".join(lines) + "\n}"]) + "\n}\n"


def _keys() -> dict[str, Schema]:
    """Return what each key of a file takes."""
    return {
        "name": {
            "type": list(_SCALAR),
            "pattern": _NAME,
            "description": "names the folder of results; default: the file",
        },
        EXTENDS: {"type": "string", "minLength": 1, "description": "a file to take sections, seeds and timing from"},
        **properties_of(Header),
        **{section: reference(section) for section in SECTIONS},
        "comparisons": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": _NAME},
            "description": "several grids in one file, by name",
            "additionalProperties": reference("comparison"),
        },
        "grid": reference("grid"),
        "include": {"type": "array", "items": point(), "description": "points added to the grid"},
        "exclude": {
            "type": "array",
            "items": point(),
            "description": "points dropped from the grid, by values or labels",
        },
        "tune": tune(),
        "target": {
            "type": ["number", "string"],
            "exclusiveMinimum": 0,
            "maximum": 1,
            "pattern": "^\\s*[0-9.+eE-]+\\s*%?\\s*$",
            "description": "the accuracy that epochs_to_target and its like refer to, such as 97 %",
        },
        "published": published(),
        MULTIVERSE: reference(MULTIVERSE),
        "claims": claims(),
    }


def _comparison(keys: dict[str, Schema]) -> Schema:
    own = (*SHARED_KEYS, *COMPARISON_KEYS)
    return {"type": "object", "properties": {key: keys.get(key, {}) for key in own}, "additionalProperties": False}


def _section(name: str) -> Schema:
    section = whole(name)
    if name == "training":
        section["not"] = {"required": ["epochs", "steps"]}
    return section


def _beside_comparisons() -> Schema:
    """Refuse the keys of a comparison beside `comparisons`."""
    return {"if": {"required": ["comparisons"]}, "then": {"properties": dict.fromkeys(COMPARISON_KEYS, False)}}


def _defaults() -> Schema:
    """Hold a section without a name to the entry that it changes, which is known unless a base may set another."""
    sections: Schema = {}
    for name, entry in DEFAULTS.items():
        if isinstance(entry, str):
            has_name: Schema = {"anyOf": [{"required": ["name"]}, {"required": ["layers"]}]}
            sections[name] = {"if": {"type": "object", "not": has_name}, "then": unnamed(name, entry)}
    return {"if": {"not": {"required": [EXTENDS]}}, "then": {"properties": sections}}
