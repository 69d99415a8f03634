"""What the parser says of a text that is not YAML, with what it usually comes from."""

import yaml

from gdbench.experiment.yaml.mistakes import Place

# Of the parser, for keys without a question mark.
_LONGEST_KEY = 1024
# By what its sentence contains.
_CAUSES = (
    ("'\\t' that cannot start", "indent with spaces, not with tabs"),
    ("expected <block end>", "is this line indented like those beside it?"),
    ("mapping values are not allowed", "check the indentation, and quote a text with a colon"),
    ("could not find expected ':'", "a key is followed by a colon and a space"),
)
# By what the parser was doing when it met the end of something unclosed, or what cannot be inside.
_OPENED = {
    "while parsing a flow mapping": "brace",
    "while parsing a flow sequence": "bracket",
    "while scanning a quoted scalar": "quote",
}


def syntax_mistake(error: yaml.MarkedYAMLError, file: str, first_line: int) -> tuple[Place, str, str]:
    """Return the place of an error of the parser, an empty path, and the message."""
    text = error.problem or error.context or ""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    # A key without a colon is noticed only at the next one.
    if begun and error.context == "while scanning a simple key":
        mark = begun
    line = mark.line + first_line if mark else first_line
    hint = next((cause for sign, cause in _CAUSES if sign in text), "")
    # After a longer key, the parser expects no colon.
    if mark and mark.column > _LONGEST_KEY:
        hint = f"keys have at most {_LONGEST_KEY:,} characters"
    elif begun and mark and begun.line < mark.line and error.context in _OPENED:
        hint = f"is the {_OPENED[error.context]} in line {begun.line + first_line} closed?"
    return Place(file, line), "", f"not YAML: {text}{f'; {hint}' if hint else ''}"
