"""Commands that take an option for a single value only once."""

from collections import Counter
from typing import Any

from typer.core import TyperCommand, TyperOption

from gdbench.errors import RequestError


class OnceCommand(TyperCommand):
    """A command that refuses a second value of an option that has only one; Typer would silently take the last."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line.

        Raises:
            RequestError: an option for a single value is given several.
        """
        # The parser takes out of the list what it has read.
        _values, _rest, given = self.make_parser(ctx).parse_args(list(args))
        for parameter, times in Counter(given).items():
            if isinstance(parameter, TyperOption) and not (parameter.multiple or parameter.is_flag) and times > 1:
                raise RequestError(f"{parameter.opts[0]}: expected a single value; got {times}")
        return super().parse_args(ctx, args)
