"""The commands that documents show: in code blocks, and quoted in a sentence or table."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "configs/README.md", "configs/language.md"),
    *("configs/published/README.md", "results/README.md", "results/speed/README.md"),
)
_LINE = re.compile(r"^(?:    |\t)?(?:\$ )?(gdbench .*)$", re.MULTILINE)
_QUOTED = re.compile(r"`(gdbench [^`]+)`")


def commands(document: str) -> Iterator[list[str]]:
    """Yield the arguments of each command of a document, without what a shell does with it, each once."""
    text = (ROOT / document).read_text(encoding="utf-8")
    seen: set[str] = set()
    for line in (*_LINE.findall(text), *(quoted.replace("\n", " ") for quoted in _QUOTED.findall(text))):
        # An optional part is shown in brackets, what a shell sees after these signs is another command.
        line = re.split(r" (?:&&|\||>|;|\\$)", line.replace("[", "").replace("]", ""))[0].strip()
        # As of the numbers that a job array gets.
        line = re.sub(r"\$\w+", "1", line)
        # A recipe adds this one, and its own test runs it.
        if line not in seen and not line.startswith("gdbench ids "):
            seen.add(line)
            yield shlex.split(line, comments=True)[1:]
