"""Sentences on stderr, at a terminal and elsewhere."""

import io
import os
import shutil

import pytest

from gdbench.display.messages import tell_wrapped

SENTENCE = "Three optimizers: 9 runs, 9 from a ledger of 2026-11-26, AMD EPYC \x1b (family 25)"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "lines"), [(_Terminal, 3), (io.StringIO, 1)])
def test_a_sentence_is_broken_between_words_at_a_terminal(monkeypatch, stream, lines):
    written = stream()
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((40, 24)))
    tell_wrapped(SENTENCE)
    said = written.getvalue().splitlines()
    assert len(said) == lines
    assert " ".join(line.strip() for line in said) == SENTENCE.replace("\x1b", r"\x1b")
    assert lines == 1 or max(map(len, said)) <= 40
