"""JSON Schema of what a source prints: published blocks and claims."""

from gdbench.experiment.json_schema.models import Schema, properties_of
from gdbench.experiment.moment import MOMENTS, SECONDS
from gdbench.experiment.published.block_parser import PARSED_KEYS, PlainKeys
from gdbench.experiment.published.claim_parser import MAPPINGS, OVERRIDE_KEYS
from gdbench.metrics import METRICS

_METRIC: Schema = {"enum": list(METRICS), "description": "what is measured"}
_MOMENT: Schema = {
    "anyOf": [
        {"enum": list(MOMENTS)},
        {"type": "integer", "minimum": 1},
        {"type": "string", "pattern": f"^{SECONDS.pattern}$"},
    ]
}
_ROWS: Schema = {"type": "array", "minItems": 2}


def published() -> Schema:
    """Return the schema of one block or a list of blocks."""
    block = _block()
    return {"description": "what a source prints", "anyOf": [block, {"type": "array", "items": block}]}


def claims() -> Schema:
    """Return the schema of a list of claims."""
    keys: dict[str, Schema] = {"order": _ROWS, "opposed": {**_ROWS, "maxItems": 2}, "metric": _METRIC, "at": _MOMENT}
    names = (*MAPPINGS, *OVERRIDE_KEYS)
    mapping: Schema = {
        "type": "object",
        "minProperties": 1,
        "properties": {name: keys.get(name, {}) for name in names},
        "additionalProperties": False,
    }
    return {
        "type": "array",
        "description": "statements that measurements can confirm or refute",
        "items": {"anyOf": [{"type": "string"}, mapping]},
    }


def _block() -> Schema:
    parsed: dict[str, Schema] = {
        "metric": _METRIC,
        "at": {"anyOf": [_MOMENT, {"type": "array", "minItems": 1, "items": _MOMENT}], "description": "when"},
        "values": {"description": "label -> value, nested once for each axis, outermost first"},
        "tolerance": {
            "type": ["number", "string"],
            "minimum": 0,
            "description": "in the metric's unit; 0.3 % is 0.003",
        },
        "claims": claims(),
    }
    plain = properties_of(PlainKeys)
    keys = {key: plain.get(key, parsed.get(key, {})) for key in (*plain, *PARSED_KEYS)}
    return {"type": "object", "properties": dict(keys), "required": ["source"], "additionalProperties": False}
