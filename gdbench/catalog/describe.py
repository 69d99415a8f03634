"""Says in words what an argument takes, read off its annotation: for error messages and for `gdbench list`."""

from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gdbench.catalog.entry import OfFamily
from gdbench.text import article

_NOUNS = {int: "a whole number", float: "a number", bool: "true or false", str: "a word", NoneType: "nothing"}


def rule(field: FieldInfo) -> str:
    """Return what a field takes, such as `a whole number of at least 1 or 'full'`."""
    return _describe(field.annotation, field.metadata)


def family_of(field: FieldInfo) -> str | None:
    """Return the family whose entries a field names, if it takes a component."""
    return next((mark.noun for mark in _marks(field.annotation, field.metadata) if isinstance(mark, OfFamily)), None)


def family_of_items(field: FieldInfo) -> str | None:
    """Return the family whose entries a field lists, if it takes a list of components."""
    if get_origin(field.annotation) is not list:
        return None
    (item,) = get_args(field.annotation)
    return next((mark.noun for mark in _marks(item, ()) if isinstance(mark, OfFamily)), None)


def model_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that can be a mapping with keys of its own."""
    return next(
        (part for part in _parts(field.annotation) if isinstance(part, type) and issubclass(part, BaseModel)), None
    )


def _parts(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation


def _marks(annotation: Any, metadata: Iterable[Any]) -> Iterator[Any]:
    """Yield the metadata of an annotation, that of the alternatives of a union and of nested Fields included."""
    for mark in metadata:
        yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        yield from _marks(inner, marks)
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _marks(part, ())


def _describe(annotation: Any, metadata: Iterable[Any] = ()) -> str:
    marks = list(_marks(annotation, metadata)) if get_origin(annotation) not in (Union, UnionType) else list(metadata)
    family = next((mark.noun for mark in marks if isinstance(mark, OfFamily)), None)
    if family:
        return f"the name of {article(family)}, or a mapping with name"
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return " or ".join(_describe(part) for part in get_args(annotation) if part is not NoneType)
    if origin is Literal:
        words = [f"'{word}'" for word in get_args(annotation)]
        return words[0] if len(words) == 1 else "one of " + ", ".join(words)
    if origin is list:
        size = next((f" of {mark.min_length}" for mark in marks if isinstance(mark, annotated_types.MinLen)), "")
        return f"a list{size}, each " + _describe(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "a mapping of " + ", ".join(annotation.model_fields)
    return _NOUNS[annotation] + _bounds(marks)


def _bounds(marks: Iterable[Any]) -> str:
    lower = upper = ""
    for mark in marks:
        if isinstance(mark, annotated_types.Gt):
            lower = f"above {mark.gt}"
        elif isinstance(mark, annotated_types.Ge):
            lower = f"of at least {mark.ge}"
        elif isinstance(mark, annotated_types.Lt):
            upper = f"below {mark.lt}"
        elif isinstance(mark, annotated_types.Le):
            upper = f"at most {mark.le}"
    return "".join(f" {part}" for part in (" and ".join(part for part in (lower, upper) if part),) if part)
