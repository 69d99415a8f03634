"""Commands that take an option for a single value only once, and whose help names values and not Python types."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperOption

from gdbench.errors import RequestError

# How Typer prints the bounds of a number: [x>=1], [0<=x<=12].
_AT_LEAST = re.compile(r"\bx>=([\d.]+)")
_BETWEEN = re.compile(r"\b([\d.]+)<=x<=([\d.]+)")


class OnceCommand(TyperCommand):
    """A command that refuses a second value of an option that has only one; Typer would silently take the last."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the value of each option that has no metavar by the option: `--metric METRIC`."""
        super().__init__(*args, **kwargs)
        for parameter in self.params:
            if isinstance(parameter, TyperOption) and parameter.metavar is None:
                parameter.metavar = parameter.opts[0].strip("-").replace("-", "_").upper()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line.

        Raises:
            RequestError: an option for a single value is given several, or a path is empty.
        """
        # The parser takes out of the list what it has read.
        values, _rest, given = self.make_parser(ctx).parse_args(list(args))
        for parameter, times in Counter(given).items():
            if isinstance(parameter, TyperOption) and not (parameter.multiple or parameter.is_flag) and times > 1:
                raise RequestError(f"{parameter.opts[0]}: expected a single value; got {times}")
        rest = super().parse_args(ctx, args)
        for each in self.params:
            # As from a variable of a script that has no value; as a path it would be the current folder.
            if each.name in values and "" in _all(values[each.name]) and Path() in _all(ctx.params[each.name]):
                name = _name(each) if isinstance(each, TyperArgument) else each.opts[0]
                raise RequestError(f"{name}: expected a path or a name; got an empty text")
        return rest

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the usage line: optional arguments in brackets, and braces, which mean a choice, nowhere."""
        arguments = [each for each in self.get_params(ctx) if isinstance(each, TyperArgument)]
        return ["[OPTIONS]", *(_name(each) if each.required else f"[{_name(each)}]" for each in arguments)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections of arguments and options."""
        parameters = self.get_params(ctx)
        arguments = [(_name(each), each.help or "") for each in parameters if isinstance(each, TyperArgument)]
        records = [each.get_help_record(ctx) for each in parameters if isinstance(each, TyperOption)]
        options = [(names, _in_words(text)) for names, text in filter(None, records)]
        for title, rows in (("Arguments", arguments), ("Options", options)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _all(value: object) -> Sequence[object]:
    """Return the values of a parameter, of which some have several."""
    return value if isinstance(value, list | tuple) else (value,)


def _name(argument: TyperArgument) -> str:
    name = (argument.metavar or argument.name or "").upper()
    return name if argument.nargs == 1 else f"{name}..."


def _in_words(text: str) -> str:
    # The least time and memory that can be asked for are as good as none.
    return _BETWEEN.sub(r"\1 to \2", _AT_LEAST.sub(r"at least \1", text)).replace("at least 0.001", "above 0")
