"""What a file may ask of time and memory is bounded before anything is planned."""

import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from gdbench.errors import ConfigError, RequestError
from gdbench.experiment.yaml.bounded_read import MAX_BYTES
from gdbench.experiment.yaml.document import parse, read
from gdbench.experiment.yaml.mistakes import MAX_SHOWN, Mistakes, Place
from gdbench.experiment.yaml.scalars import scalar
from tests.configs import mistake_of, mistakes_of

# Each line is nine times the one before it: 43 million values in all.
BOMB = "a: &a [x]\n" + "".join(
    f"{here}: &{here} [{', '.join([f'*{before}'] * 9)}]\n" for before, here in pairwise("abcdefghi")
)


def refusal(path: Path) -> str:
    with pytest.raises(RequestError) as caught:
        read(path, Mistakes())
    return str(caught.value).removeprefix(f"{path}: ")


def test_what_is_no_file_is_not_waited_for(tmp_path: Path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "link.yaml").symlink_to("nowhere")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert refusal(pipe) == "cannot be read: a folder, device or pipe in place of a file"
    assert refusal(Path("/dev/zero")) == "cannot be read: a folder, device or pipe in place of a file"
    assert refusal(tmp_path / "folder.yaml") == "cannot be read: a folder, device or pipe in place of a file"
    assert refusal(tmp_path / "link.yaml") == "cannot be read: No such file or directory"
    assert refusal(tmp_path / "loop.yaml") == "cannot be read: Too many levels of symbolic links"
    # Python 3.13 words it differently.
    assert re.fullmatch(r"cannot be read: .*embedded null (byte|character in path)", refusal(tmp_path / "a\0b"))


def test_a_file_is_not_read_beyond_the_limit(tmp_path: Path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert refusal(path) == f"expected a configuration of at most {MAX_BYTES:,} bytes; got a larger file"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 51, "values are nested too deeply"),
        ("a: " + "{a: " * 60, "values are nested too deeply"),
        ("- " * 100_000, "values are nested too deeply"),
    ],
)
def test_depth_and_number_of_values(text: str, problem: str):
    with pytest.raises(ConfigError) as caught:
        parse(text, "a.yaml", Mistakes())
    assert caught.value.mistakes == (f"a.yaml:1: {problem}",)


def test_the_number_of_values(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gdbench.experiment.yaml.document.MAX_VALUES", 1000)
    with pytest.raises(ConfigError) as caught:
        parse("a: [" + "1,\n" * 2000 + "]", "a.yaml", Mistakes())
    assert caught.value.mistakes == ("a.yaml:998: there are more than 1,000 keys and values",)


def test_aliases_are_refused_before_they_are_written_out(tmp_path: Path):
    lines = mistakes_of(tmp_path, BOMB)
    assert all("without anchors and aliases" in line for line in lines)


def test_a_file_of_mistakes_shows_the_first_and_counts_the_others(tmp_path: Path):
    *shown, last = mistakes_of(tmp_path, "".join(f"key{number}: 1\n" for number in range(1234)))
    assert len(shown) == MAX_SHOWN
    assert shown[-1].startswith("config.yaml:100: key99: expected a key of a configuration; got unknown key 'key99'")
    assert last == "and 1,134 more"


def test_a_mistake_is_one_line_whatever_it_quotes(tmp_path: Path):
    line = mistake_of(tmp_path, '"a\\nb\\e[31m\\u202E": 1')
    assert line.startswith(
        r"config.yaml:1: a\nb\x1b[31m\u202e: expected a key of a configuration; got unknown key 'a\nb\x1b[31m\u202e'; "
    )
    assert len(mistake_of(tmp_path, f"{'long' * 1000}: 1")) < 1000
    mistakes = Mistakes()
    mistakes.add(Place("a.yaml", 1), "", "x" * 5000, None)
    assert len(mistakes.lines()[0]) == 1000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("340282366920938463463374607431768211455", 2**128 - 1),
        ("340282366920938463463374607431768211456", 2.0**128),
        ("-" + "9" * 5000, -float("inf")),
        ("-" + "0" * 5000 + "7", -7),
        ("0x" + "f" * 32, 2**128 - 1),
        ("0x1" + "0" * 32, 2.0**128),
        ("0x" + "f" * 5000, float("inf")),
        ("0o" + "7" * 5000, float("inf")),
        ("1e999999999", float("inf")),
    ],
)
def test_a_number_too_large_to_compute_with_is_a_float(text: str, value: float):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        f"training: {{epochs: 1{'0' * 300}}}",
        "training: {epochs: 1e300}",
        f"seeds: 0x{'f' * 4000}",
        f"optimizer: {{learning_rate: 0x{'f' * 310}}}",
        f"target: {'9' * 400}",
        f"target: {'9' * 400} %",
        "grid: {optimizer.learning_rate: {from: 1, to: .inf, per_decade: 1}}",
        f"grid: {{optimizer.learning_rate: {{from: 1, to: {'9' * 400}, step: 1}}}}",
        "grid: {optimizer.learning_rate: [.nan]}",
        f"grid: {{training{'.a' * 5000}: [1]}}",
        f"published: {{source: x, values: '{'1' * 500_000}x'}}",
        f"published: {{source: x, values: {'9' * 400} +- 1}}",
        f"claims: ['a{' ' * 500_000}b']",
    ],
)
def test_a_number_or_text_beyond_any_measure_is_one_mistake(tmp_path: Path, text: str):
    assert len(mistake_of(tmp_path, text)) <= 1000
