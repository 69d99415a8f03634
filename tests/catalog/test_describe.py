from typing import Annotated, Literal

import pytest
from pydantic import Field
from pydantic.fields import FieldInfo

from gdbench.catalog.describe import choices, family_of, family_of_items, item_rule, model_of, rule
from gdbench.catalog.entry import INPUT, Activation, Count, NotNegative, Options, Positive, Share, Whole
from gdbench.text import article


class Nested(Options):
    """A mapping."""

    first: int = 0
    second: int = 0


class Sample(Options):
    """Arguments of every kind."""

    count: Annotated[Count, Field(description="d")]
    number: float
    positive: Annotated[Positive, Field(description="d"), INPUT]
    share: Share
    between: Annotated[float, Field(ge=0, le=1)]
    flag: bool
    word: str
    one_word: Literal["off"]
    words: Literal["a", "b"]
    either: Annotated[Count | Literal["full"], Field(description="d")]
    optional: NotNegative | None
    several: list[Count]
    two: Annotated[list[Count], Field(min_length=2, max_length=2)]
    components: list[Activation]
    choice: Annotated[Annotated[Whole, Field(ge=0)] | Share, Field(description="d")]
    component: Annotated[Activation, Field(description="d")]
    optional_component: Activation | None
    nested: Nested | Literal["off"]


FIELDS: dict[str, FieldInfo] = Sample.model_fields


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("count", "a whole number of at least 1"),
        ("number", "a number"),
        ("positive", "a number above 0"),
        ("share", "a number of at least 0 and below 1"),
        ("between", "a number of at least 0 and at most 1"),
        ("flag", "true or false"),
        ("word", "a string"),
        ("one_word", "'off'"),
        ("words", "one of 'a', 'b'"),
        ("either", "a whole number of at least 1 or 'full'"),
        ("optional", "a number of at least 0"),
        ("several", "a list, each item a whole number of at least 1"),
        ("two", "a list of 2 items, each a whole number of at least 1"),
        ("components", "a list, each item the name of an activation, or a mapping with name"),
        ("choice", "a whole number of at least 0 or a number of at least 0 and below 1"),
        ("component", "the name of an activation, or a mapping with name"),
        ("optional_component", "the name of an activation, or a mapping with name"),
        ("nested", "a mapping of first, second or 'off'"),
    ],
)
def test_a_field_says_what_it_takes(name: str, words: str):
    assert rule(FIELDS[name]) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("several", "a whole number of at least 1"),
        ("components", "the name of an activation, or a mapping with name"),
        ("count", "a whole number of at least 1"),
    ],
)
def test_a_field_says_what_its_items_take(name: str, words: str):
    assert item_rule(FIELDS[name]) == words


def test_the_words_that_a_field_takes():
    assert {name: choices(field) for name, field in FIELDS.items() if choices(field)} == {
        "one_word": ("off",),
        "words": ("a", "b"),
        "either": ("full",),
        "nested": ("off",),
    }


def test_which_fields_take_a_component():
    assert {name: family_of(field) for name, field in FIELDS.items() if family_of(field)} == {
        "component": "activation",
        "optional_component": "activation",
    }


def test_which_fields_list_components():
    assert {name: family_of_items(field) for name, field in FIELDS.items() if family_of_items(field)} == {
        "components": "activation"
    }


def test_which_fields_have_keys_of_their_own():
    assert {name for name, field in FIELDS.items() if model_of(field)} == {"nested"}
    assert model_of(FIELDS["nested"]) is Nested


def test_the_article():
    assert (article("optimizer"), article("loss")) == ("an optimizer", "a loss")
