"""Bounds that keep the source readable, and that the measures see what they are there for."""

import sys

import pytest

from tests.house import __main__, measures
from tests.house.sources import ROOT, Source, sources

FILES = sources()
TRAINING = [source for source in FILES if source.part == "training"]
ELSEWHERE = [source for source in FILES if source.part != "training"]


def test_any_is_rare() -> None:
    assert measures.any_per_1000_lines(ELSEWHERE) < 12
    assert measures.any_per_1000_lines(TRAINING) < 40


def test_comments_say_why() -> None:
    assert measures.comment_percentage(FILES) >= 2.5


def test_functions_and_files_are_short() -> None:
    assert measures.long_functions(FILES) == []
    assert measures.long_files(FILES) == []


def test_a_name_means_one_thing() -> None:
    assert measures.shared_class_names(FILES) == []


BODY = "\n".join(f"    step_{number}()" for number in range(41))
SEEN = [
    Source("a.py", "from typing import Any\n\n# Why.\nx: Any = '# no comment'\n"),
    Source("b/one.py", f"class A:\n    pass\n\ndef long():\n    '''Docstring.'''\n{BODY}\n"),
    Source("c/one.py", "class A:\n    def f(self):\n        from gdbench import d\n"),
    Source("d.py", "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from gdbench.c.one import A\n"),
    Source("e.py", "x = 1\n" * 251),
]


@pytest.mark.parametrize(
    ("measure", "seen"),
    [
        (measures.long_functions, ["b/one.py:4 long: 41 lines"]),
        (measures.long_files, ["e.py: 251 lines"]),
        (measures.import_circles, ["gdbench.c.one <-> gdbench.d"]),
        (measures.shared_stems, ["one: b/one.py, c/one.py"]),
        (measures.shared_class_names, ["A: b/one.py:1, c/one.py:1"]),
        (measures.any_per_1000_lines, pytest.approx(1000 / sum(len(source.lines) for source in SEEN))),
        (measures.median_lines_of_a_file, 4),
        (measures.median_lines_of_a_body, 21),
    ],
)
def test_a_measure_sees_what_it_is_there_for(measure, seen) -> None:
    assert measure(SEEN) == seen


def test_comments_are_counted_among_the_lines_that_are_not_blank() -> None:
    assert measures.comment_percentage(SEEN[:1]) == pytest.approx(100 / 3)


def test_the_measures_are_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["house", str(ROOT / "ledger")])
    __main__.main()
    count = sum(source.part == "ledger" for source in FILES)
    assert capsys.readouterr().out.splitlines()[0].split() == ["files", str(count)]
