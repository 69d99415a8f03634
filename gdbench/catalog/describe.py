"""Describes an argument from its annotation: what it takes, in words and as data, for errors and `gdbench list`."""

from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gdbench.catalog.entry import OfFamily
from gdbench.text import article

_NOUNS = {int: "a whole number", float: "a number", bool: "true or false", str: "a string", NoneType: "nothing"}
_UNIONS = (Union, UnionType)


def rule(field: FieldInfo) -> str:
    """Return what a field takes, such as `a whole number of at least 1 or 'full'`."""
    return _describe(field.annotation, field.metadata)


def item_rule(field: FieldInfo) -> str:
    """Return what the items of a field's lists take; the rule of the field if it takes no list."""
    lists = [part for part in _alternatives(field.annotation) if get_origin(part) is list]
    return _describe(get_args(lists[0])[0]) if lists else rule(field)


def choices(field: FieldInfo) -> tuple[str, ...]:
    """Return the words that a field takes, itself or as items of a list."""
    return tuple(_literals(field.annotation))


def family_of(field: FieldInfo) -> str | None:
    """Return the family whose entries a field names, if it takes a component."""
    return next((mark.noun for mark in _marks(field.annotation, field.metadata) if isinstance(mark, OfFamily)), None)


def family_of_items(field: FieldInfo) -> str | None:
    """Return the family whose entries a field lists, if it takes a list of components."""
    if get_origin(field.annotation) is not list:
        return None
    (item,) = get_args(field.annotation)
    return next((mark.noun for mark in _marks(item, ()) if isinstance(mark, OfFamily)), None)


def model_of_items(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of the items of a field that lists mappings with keys of their own."""
    if get_origin(field.annotation) is not list:
        return None
    item = _bare(get_args(field.annotation)[0])
    return item if isinstance(item, type) and issubclass(item, BaseModel) else None


def model_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a field that can be a mapping with keys of its own."""
    alternatives = _alternatives(field.annotation)
    return next((part for part in alternatives if isinstance(part, type) and issubclass(part, BaseModel)), None)


def _alternatives(annotation: object) -> Iterator[object]:
    """Yield the types of a union, or the one type."""
    annotation = _bare(annotation)
    if get_origin(annotation) in _UNIONS:
        for part in get_args(annotation):
            yield from _alternatives(part)
    else:
        yield annotation


def _literals(annotation: object) -> Iterator[str]:
    for part in _alternatives(annotation):
        if get_origin(part) is Literal:
            yield from get_args(part)
        elif get_origin(part) is list:
            yield from _literals(get_args(part)[0])


def _bare(annotation: object) -> object:
    """Return a type without its metadata."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _marks(annotation: object, metadata: Iterable[object]) -> Iterator[object]:
    """Yield the metadata of an annotation, including that of the types of a union and of nested Fields."""
    for mark in metadata:
        yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        yield from _marks(inner, marks)
    elif get_origin(annotation) in _UNIONS:
        for part in get_args(annotation):
            yield from _marks(part, ())


def _describe(annotation: object, metadata: Iterable[object] = ()) -> str:
    # The bounds of a union's types are described with each type.
    marks = list(metadata) if get_origin(annotation) in _UNIONS else list(_marks(annotation, metadata))
    family = next((mark.noun for mark in marks if isinstance(mark, OfFamily)), None)
    if family:
        return f"the name of {article(family)}, or a mapping with name"
    annotation = _bare(annotation)
    origin, parts = get_origin(annotation), get_args(annotation)
    # None stands for leaving the argument out, which a file does by not naming it.
    if origin in _UNIONS:
        return " or ".join(_describe(part) for part in parts if part is not NoneType)
    if origin is Literal:
        words = [f"'{word}'" for word in parts]
        return words[0] if len(words) == 1 else "one of " + ", ".join(words)
    if origin is list:
        sizes = (
            f"a list of {mark.min_length} items, each " for mark in marks if isinstance(mark, annotated_types.MinLen)
        )
        return next(sizes, "a list, each item ") + _describe(parts[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "a mapping of " + ", ".join(annotation.model_fields)
    return _NOUNS[annotation] + _bounds(marks)  # type: ignore[index]  # annotations are types


def _bounds(marks: Iterable[object]) -> str:
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
    bounds = " and ".join(bound for bound in (lower, upper) if bound)
    return f" {bounds}" if bounds else ""
