from pathlib import Path

import pytest

from gdbench.errors import ConfigError, RequestError
from gdbench.experiment.yaml.document import Node, comparable, parse, read
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.experiment.yaml.scalars import scalar


def tree(text: str) -> Node:
    mistakes = Mistakes()
    node = parse(text, "a.yaml", mistakes)
    mistakes.raise_if_any()
    return node


def lines(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        tree(text)
    return list(caught.value.mistakes)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-7", -7),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("-.inf", float("-inf")),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_numbers_booleans_and_null_of_the_core_schema(text: str, value: object):
    read_back = scalar(text)
    assert read_back == value
    assert type(read_back) is type(value)


@pytest.mark.parametrize(
    "text", ["off", "on", "yes", "No", "y", "1:30", "2024-05-01", "1_000", "0b1", "1e", "nan", "."]
)
def test_everything_else_is_a_word(text: str):
    assert tree(f"key: {text}").data() == {"key": text}


def test_not_a_number_is_spelled_with_a_dot():
    assert scalar(".nan") != scalar(".nan")


def test_quotes_make_a_word():
    assert tree("""{a: "1e-3", b: 'true', c: "", d: ''}""").data() == {"a": "1e-3", "b": "true", "c": "", "d": ""}


def test_a_number_keeps_its_spelling():
    assert [item.text for item in tree("[1e-3, 0.10, 032]").value] == ["1e-3", "0.10", "032"]


def test_every_key_and_value_knows_its_line():
    root = tree("a:\n  b: 1\n  c: [x,\n      {d: 2}]\n")
    inner = root.value["a"]
    assert inner.keys["b"].place.line == 2
    second = inner.value["c"].value[1]
    assert (second.place.line, second.keys["d"].place.line, second.value["d"].place.line) == (4, 4, 4)


def test_an_empty_file_is_an_empty_mapping():
    assert tree("# nothing\n").data() == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3: a: expected distinct keys; got 'a' again (first on line 1)"),
        ("1: x\n1.0: y\n", "a.yaml:2: 1.0: expected distinct keys; got '1.0' again (first on line 1)"),
        ("1: x\n'1': y\n", "a.yaml:2: 1: expected distinct keys; got '1' again (first on line 1)"),
        (
            "o: {m: 1, n: {r: 1,\n r: 2}}",
            "a.yaml:2: o.n.r: expected distinct keys; got 'r' again (first on line 1)",
        ),
    ],
)
def test_a_repeated_key_is_a_mistake_at_its_second_line(text: str, line: str):
    assert lines(text) == [line]


def test_true_and_1_are_two_keys():
    assert tree("{1: a, true: b}").data() == {"1": "a", "true": "b"}


def test_anchors_and_aliases_are_mistakes_and_nothing_follows_from_them():
    assert lines("a: &x sgd\nb: *x\nc:\n  <<: *x\n") == [
        "a.yaml:1: a: expected a value written out in full, without anchors and aliases; got '&x'",
        "a.yaml:2: b: expected a value written out in full, without anchors and aliases; got '*x'",
        "a.yaml:4: c.<<: expected a value written out in full, without anchors and aliases; got '*x'",
    ]


def test_an_alias_stands_for_its_value_so_that_it_is_not_missed_as_well():
    assert parse("a: &x sgd\nb: *x\n", "a.yaml", Mistakes()).data() == {"a": "sgd", "b": "sgd"}


def test_a_tag_is_a_mistake():
    assert lines("a: !!str 5") == ["a.yaml:1: a: expected a value without a tag; got '!!str'"]


def test_a_second_document_is_a_mistake():
    assert lines("a: 1\n---\nb: 2\n") == ["a.yaml:2: expected a single document; got 'a second one'"]


def test_a_key_that_is_a_list_is_a_mistake():
    rule = "a word or a number as a key, in quotes if it links paths"
    assert lines("a:\n  ? [x, y]\n  : 1\n") == [f"a.yaml:2: a: expected {rule}; got 'a list or mapping'"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\nb: 2\n", "a.yaml:2: not YAML: expected ',' or ']', but got ':'; is the bracket in line 1 closed?"),
        (
            "a: 1\n b: 2\n",
            "a.yaml:2: not YAML: mapping values are not allowed here; "
            "check the indentation, and quote a text with a colon",
        ),
        (
            "a: {b: 1}\nc: [1]\n  d: 3\n",
            "a.yaml:3: not YAML: expected <block end>, but found '<block mapping start>'; "
            "is this line indented like those beside it?",
        ),
        (
            "a:\n  b: 3\n  c 32\n",
            "a.yaml:3: not YAML: could not find expected ':'; a key is followed by a colon and a space",
        ),
        ('a: "x\nb: 2\n', "a.yaml:3: not YAML: found unexpected end of stream; is the quote in line 1 closed?"),
        (
            f"a: {{{'x' * 1025}: 1}}",
            "a.yaml:1: not YAML: expected ',' or '}', but got ':'; keys have at most 1,024 characters",
        ),
        (
            f"{'x' * 1025}: 1",
            "a.yaml:1: not YAML: mapping values are not allowed here; keys have at most 1,024 characters",
        ),
        (
            "a:\n\t- 1\n",
            "a.yaml:2: not YAML: found character '\\t' that cannot start any token; indent with spaces, not with tabs",
        ),
        (
            'a: {b: "x\\ud800"}',
            "a.yaml:1: a.b: expected text without lone surrogates; got 'x\\ud800'",
        ),
        ('a: "\\UFFFFFFFF"', "a.yaml:1: not YAML: found an escape of no character"),
        ("a: *x", "a.yaml:1: a: expected a value written out in full, without anchors and aliases; got '*x'"),
        ("a: \x00", "a.yaml:1: not YAML: unacceptable character #x0000: special characters are not allowed"),
    ],
)
def test_what_is_not_yaml_says_where(text: str, line: str):
    assert lines(text) == [line]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path):
    with pytest.raises(RequestError, match=r"nowhere\.yaml: cannot be read: No such file"):
        read(tmp_path / "nowhere.yaml", Mistakes())
    (tmp_path / "latin.yaml").write_bytes(b"title: caf\xe9")
    with pytest.raises(RequestError, match=r"latin\.yaml: cannot be read: not UTF-8 text"):
        read(tmp_path / "latin.yaml", Mistakes())


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("1", "1.0", True),
        ("1e-1", "0.10", True),
        ("1", "'1'", False),
        ("1", "true", False),
        ("adam", "{name: adam}", True),
        ("{name: sgd, momentum: 1}", "{momentum: 1.0, name: sgd}", True),
        ("[1, 2]", "[2, 1]", False),
    ],
)
def test_values_are_compared_as_values(left: str, right: str, equal: bool):
    assert (comparable(tree(left)) == comparable(tree(right))) is equal


def test_a_number_of_5000_digits_is_no_whole_number():
    assert scalar("9" * 5000) == float("inf")


def test_what_is_nested_too_deeply_is_said_in_one_line():
    with pytest.raises(ConfigError) as caught:
        parse("[" * 5000, "deep.yaml", Mistakes())
    assert caught.value.mistakes == ("deep.yaml:1: values are nested too deeply",)
