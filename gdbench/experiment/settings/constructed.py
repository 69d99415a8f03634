"""Makes models of values that were checked when a run was resolved."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from gdbench.catalog.describe import model_of
from gdbench.records import Settings

Model = TypeVar("Model", bound=BaseModel)


def constructed(model: type[Model], values: Settings) -> Model:
    """Return a model of values that were checked when the run was resolved; other keys than its fields are ignored.

    Values of a file with mistakes can be None in place of a required argument.
    """
    # Not validated again: it would cost time for each run of a large plan, and turn 1 into 1.0 for instance.
    nested = _nested_models(model)
    known = _field_names(model)
    fields: dict[str, Any] = {
        name: constructed(nested[name], value) if name in nested and isinstance(value, Mapping) else value
        for name, value in values.items()
        if name in known
    }
    return model.model_construct(**fields)


# Pydantic makes the fields of a model anew each time it is asked for them.
@cache
def _field_names(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(model.model_fields)


@cache
def _nested_models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    return {name: inner for name, field in model.model_fields.items() if (inner := model_of(field))}
