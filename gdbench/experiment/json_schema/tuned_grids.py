"""JSON Schema of `tune`."""

from gdbench.experiment.json_schema.components import OWN_RANGE
from gdbench.experiment.json_schema.models import Schema, properties_of, reference
from gdbench.experiment.tuning.tune_keys import Tune
from gdbench.records import SECTIONS

_NUMBER: Schema = {"type": "number", "exclusiveMinimum": 0}


def tune() -> Schema:
    """Return the schema of the key."""
    return {
        "type": "object",
        "description": "chooses each row's settings by trials with validation data, before its final runs",
        "properties": {
            "over": _spaces("what every row tries, by path"),
            "rows": {
                "type": "object",
                "minProperties": 1,
                "description": "what single rows try instead, by the row's name or outer label",
                "additionalProperties": _spaces("what this row tries, by path"),
            },
            **properties_of(Tune),
        },
        "anyOf": [{"required": ["over"]}, {"required": ["rows"]}],
        "additionalProperties": False,
    }


def _spaces(description: str) -> Schema:
    drawn: Schema = {
        "type": "object",
        "properties": {"from": _NUMBER, "to": _NUMBER},
        "required": ["from", "to"],
        "additionalProperties": False,
    }
    values: Schema = {"anyOf": [{"type": "array", "minItems": 1}, reference(OWN_RANGE), drawn]}
    return {
        "type": "object",
        "minProperties": 1,
        "description": description,
        "patternProperties": {rf"^\s*({'|'.join(SECTIONS)})(\.[^,]+)?\s*$": values},
        "additionalProperties": False,
    }
