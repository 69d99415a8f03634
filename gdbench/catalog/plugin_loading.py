"""Loads what a plug-in's name refers to, and reports what goes wrong in its code on one line."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from gdbench.catalog.plugin_import import imported
from gdbench.catalog.plugins import Code
from gdbench.errors import DataError, PluginError

# As the user promises; an attribute that cannot be called raises a TypeError, which is reported.
Attribute = Callable[..., object]


def load(name: str, code: Code) -> Attribute:
    """Import a plug-in's file and return the attribute that its name refers to.

    Raises:
        StalePlanError: the file has changed since it was planned.
        PluginError: it cannot be imported.
    """
    module, _, attribute = name.partition(":")
    try:
        value: Attribute = getattr(imported(module, code), attribute)
        return value
    except PluginError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{name}: {one_line(error, code.file)}") from error


@contextmanager
def reporting(name: str, code: Code) -> Iterator[None]:
    """Turn whatever a plug-in raises into one line under its name.

    Raises:
        PluginError: anything was raised.
    """
    try:
        yield
    except (PluginError, DataError) as error:
        raise PluginError(f"{name}: {error}") from None
    except Exception as error:
        raise PluginError(f"{name}: {one_line(error, code.file)}") from error


def culprit(error: BaseException, files: Collection[str]) -> str | None:
    """Return which of some files led to an error last, or is named in its message; None if none of them is."""
    resolved = {Path(file).resolve(): file for file in files}
    through = [resolved[file] for file, _line in _frames(error) if file in resolved]
    # Compiled code fails far from the line that it was made of, which the message then spells out.
    named = (file for path, file in resolved.items() if str(path) in str(error))
    return through[-1] if through else next(named, None)


def _frames(error: BaseException) -> Iterator[tuple[Path, int]]:
    """Yield the file and line of each call that led to an error, outermost first."""
    trace = error.__traceback__
    while trace:
        yield Path(trace.tb_frame.f_code.co_filename).resolve(), trace.tb_lineno
        trace = trace.tb_next


def one_line(error: BaseException, file: str) -> str:
    """Return an error on one line, with the innermost line of the file that led to it."""
    lines = [line for path, line in _frames(error) if path == Path(file).resolve()]
    # Messages of Keras run over several lines, some over pages.
    text = " ".join(str(error).split())
    where = f" ({file}, line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {text[:200]}{where}" if text else f"{type(error).__name__}{where}"
