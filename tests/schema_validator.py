"""The schema for editors, made once for all tests that check documents by it."""

from jsonschema import Draft7Validator

from gdbench.experiment.json_schema.configuration import schema

VALIDATOR = Draft7Validator(schema())
