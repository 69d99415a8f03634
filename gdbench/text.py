"""Pieces of text that messages and tables share."""

import difflib
from collections.abc import Iterable, Sequence

# More values than this are too many for one line.
MOST_LISTED = 8


def suggestion(received: object, choices: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest of the choices, or nothing."""
    # Below this similarity a suggestion is more likely wrong than right.
    nearest = difflib.get_close_matches(str(received), list(choices), n=1, cutoff=0.6)
    return f"; did you mean '{nearest[0]}'?" if nearest else ""


def spelled(value: object) -> str:
    """Spell a value as YAML would, shortened to 60 characters."""
    if isinstance(value, str):
        text = f"'{value}'"
    elif value is None:
        text = "nothing"
    # Before numbers: to Python, True is one.
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {spelled(child)}" for key, child in value.items()) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(spelled(child) for child in value) + "]"
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def printable(text: str) -> str:
    """Return the text with control characters and line ends spelled out, so that no label can break a line."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def duration(seconds: float) -> str:
    """Return the approximate duration in seconds, minutes or hours, whichever reads best."""
    if seconds < 90:
        return f"about {max(5, 5 * round(seconds / 5))} seconds"
    return f"about {round(seconds / 60)} minutes" if seconds < 5400 else f"about {round(seconds / 3600)} hours"


def article(noun: str) -> str:
    """Put `a` or `an` before a noun."""
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"


def listed(noun: str, values: Sequence[object]) -> str:
    """Return `labels 1, 2 and 5` for a noun; of many only the first and the last."""
    texts = list(map(str, values))
    nouns = noun if len(texts) == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    if len(texts) > MOST_LISTED:
        return f"{len(texts)} {nouns} from {texts[0]} to {texts[-1]}"
    return f"{nouns} " + " and ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)
