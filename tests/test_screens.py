"""What a person sees of committed results: at terminals of two sizes and on a pipe, kept as text."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCREENS = Path(__file__).parent / "fixtures" / "screens"
OPTIMIZERS = ("tables", ROOT / "results" / "reference" / "optimizers")
ACTIVATIONS = ("tables", ROOT / "results" / "reference" / "activations")
# The marks of bold text; a terminal ends lines with a carriage return.
STYLE = re.compile(r"\x1b\[\d*m|\r")


def piped(*arguments):
    environment = {**os.environ, "COLUMNS": "20"}
    return subprocess.run(
        [sys.executable, "-m", "gdbench", *map(str, arguments)], capture_output=True, text=True, env=environment
    ).stdout


def at_a_terminal(*arguments, columns, lines):
    """What a real terminal of that size is sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [sys.executable, "-m", "gdbench", *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**environment, "TERM": "xterm-256color"}
    ) as process:
        os.close(theirs)
        sent = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                # Linux says so when the other end is closed.
                break
            if not part:
                break
            sent += part
    os.close(ours)
    assert process.returncode == 0
    return sent.decode()


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40)])
def test_the_optimizers_at_a_terminal(columns, lines):
    sent = at_a_terminal(*OPTIMIZERS, columns=columns, lines=lines)
    text = STYLE.sub("", sent)
    assert text == (SCREENS / f"optimizers-{columns}x{lines}.txt").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= columns
    assert "\x1b[1m  Adam       97.03 %" in sent


def test_the_quickstart_at_a_terminal():
    text = STYLE.sub("", at_a_terminal("tables", ROOT / "results" / "reference" / "quickstart", columns=80, lines=24))
    assert text == (SCREENS / "quickstart-80x24.txt").read_text(encoding="utf-8")


def test_the_optimizers_on_a_pipe():
    assert piped(*OPTIMIZERS) == (SCREENS / "optimizers-pipe.txt").read_text(encoding="utf-8")


def test_a_table_of_eight_rows_and_its_answer_fit_a_terminal_of_24_lines():
    text = STYLE.sub("", at_a_terminal(*ACTIVATIONS, columns=80, lines=24))
    table, *_none = text.split("\n\n")
    # The line of the prompt is the last.
    assert len(text.splitlines()) <= 23
    assert sum(" layer" in line and "%" in line for line in table.splitlines()) == 8
    assert "which has the best" in text


def test_the_list_of_published_comparisons_breaks_no_word_at_80_columns():
    text = STYLE.sub("", at_a_terminal("reproduce", "--results", ROOT / "results", columns=80, lines=24))
    header, *rows = text.splitlines()
    assert header.split() == ["name", "runs", "verdicts", "protocols", "date"]
    assert max(map(len, text.splitlines())) <= 80
    words = set(piped("reproduce", "--results", ROOT / "results").split())
    *listed, left_out = rows
    assert left_out == "Left out at 80 columns: what."
    broken = {word for row in listed for word in row.split()} - words
    assert broken == set()
