"""Messages for Python: what the command line calls an option, a call has as an argument."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gdbench.errors import RequestError

_OPTION = re.compile(r"(?<![\w'-])--([a-z]+(?:-[a-z]+)*)")


@contextmanager
def arguments_named(names: Mapping[str, str] | None = None) -> Iterator[None]:
    """Have errors name arguments in place of options; `names` are those that are called otherwise.

    Raises:
        RequestError: one was raised; its message says `memory_limit` for `--memory-limit`.
    """
    try:
        yield
    except RequestError as error:
        text = _OPTION.sub(lambda option: _argument(option[1], names or {}), str(error))
        # Others have their mistakes by line, and no option in them.
        if type(error) is not RequestError or text == str(error):
            raise
        raise RequestError(text) from None


def _argument(option: str, names: Mapping[str, str]) -> str:
    return names.get(option, option.replace("-", "_"))
