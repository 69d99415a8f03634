"""Pieces of text that messages and tables share."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

# A quoted value takes up to half a line, and a whole message a few lines of a terminal.
MAX_VALUE = 60
MAX_MESSAGE = 1000
# Comparing texts takes time that grows with their number and length; longer lists are of a user's own labels.
MAX_CHOICES = 500
MAX_COMPARED = 100
# More values than this are too many for one line.
MOST_LISTED = 8
MAX_HOURS = 1_000_000
# Characters that take no room on the screen and yet count as printable: joiners, fillers and variation selectors.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def suggestion(received: object, choices: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest of the choices in any case of letters, or nothing."""
    text = spelled(received) if isinstance(received, dict | list) else str(received)
    similar = nearest(text, choices)
    return f"; did you mean '{similar}'?" if similar else ""


def nearest(text: str, choices: Iterable[str]) -> str | None:
    """Return the choice spelled most like a text, None where no choice resembles it."""
    if len(text) > MAX_COMPARED:
        return None
    compared: dict[str, str] = {}
    for choice in islice(choices, MAX_CHOICES):
        if len(choice) <= MAX_COMPARED:
            compared.setdefault(choice.casefold(), choice)
    # Below this similarity a suggestion is more likely wrong than right.
    similar = difflib.get_close_matches(text.casefold(), compared, n=3, cutoff=0.6)
    # Swapped letters are the commonest slip, and difflib counts them as two: adma is adam, not adamax.
    swapped = [choice for choice in similar if sorted(choice) == sorted(text.casefold())]
    return compared[(swapped or similar)[0]] if similar else None


def spelled(value: object) -> str:
    """Spell a value as YAML would, shortened to 60 characters."""
    text = ""
    for piece in _pieces(value):
        text += piece
        # The rest of a value may be a hundred thousand items.
        if len(text) > MAX_VALUE:
            break
    return shortened(text, MAX_VALUE)


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield f"'{value}'"
    elif value is None:
        yield "nothing"
    # Before numbers: to Python, True is one.
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, dict):
        for index, (key, child) in enumerate(value.items()):
            yield f"{', ' if index else '{'}{key}: "
            yield from _pieces(child)
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield ", " if index else "["
            yield from _pieces(child)
        yield "]" if value else "[]"
    else:
        yield str(value)


def shortened(text: str, length: int) -> str:
    """Return the text, or as much of it as a length holds, ending in three dots."""
    return text if len(text) <= length else text[: length - 3] + "..."


def printable(text: str) -> str:
    """Return the text as one line of visible characters: controls, line ends, invisible and bidi marks spelled out.

    Whatever leaves for a terminal or a file that people read passes through here: no label can break a line, hide or
    reorder what stands beside it, or command a terminal. Printing a text twice changes nothing more.
    """
    if text.isprintable() and (text.isascii() or not _INVISIBLE.search(text)):
        return text
    return "".join(
        sign if sign.isprintable() and not _INVISIBLE.match(sign) else sign.encode("unicode_escape").decode()
        for sign in text
    )


def printable_lines(text: str) -> str:
    """Return a block of text, such as a traceback, with each of its lines printable."""
    return "\n".join(printable(line.expandtabs()) for line in text.split("\n"))


def duration(seconds: float) -> str:
    """Return the approximate duration in seconds, minutes or hours, whichever reads best."""
    # Also what is infinite or not a number, as sums of damaged times can be.
    if not seconds < 3600 * MAX_HOURS:
        return f"more than {MAX_HOURS:,} hours"
    if seconds < 90:
        return f"about {max(5, 5 * round(seconds / 5))} seconds"
    return f"about {round(seconds / 60)} minutes" if seconds < 5400 else f"about {round(seconds / 3600)} hours"


def brief_duration(seconds: float) -> str:
    """Return the approximate duration as `65 s`, `21 min` or `3 h`, for columns of a table."""
    text = duration(seconds).removeprefix("about ")
    for word, sign in (("seconds", "s"), ("minutes", "min"), ("hours", "h")):
        text = text.replace(word, sign)
    return text


def plain_number(number: float) -> str:
    """Return a number with up to six decimals and never an exponent: `0.5`, `1234567`."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def article(noun: str) -> str:
    """Put `a` or `an` before a noun."""
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"


def listed(noun: str, values: Sequence[object]) -> str:
    """Return `labels 1, 2 and 5` for a noun; of many only the first and the last."""
    texts = list(map(str, values))
    nouns = noun if len(texts) == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    if len(texts) > MOST_LISTED:
        return f"{len(texts)} {nouns} from {texts[0]} to {texts[-1]}"
    return f"{nouns} {listing(texts)}"


def listing(words: Sequence[str], conjunction: str = "and") -> str:
    """Return `1, 2 and 5`."""
    return f" {conjunction} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def counted(count: int, noun: str) -> str:
    """Return `1 run` or `2 runs`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
