"""Calls commands in this process, under the bounds that every case must keep, and says what is wrong with the end."""

import contextlib
import io
import os
import re
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdbench.cli.app import run
from gdbench.cli.options import say_error
from gdbench.errors import GdbenchError
from gdbench.experiment.plan import load_plan

PROCESSOR_SECONDS = 10
# What waits for something other than the processor must end as well; a busy machine needs longer.
SECONDS = 60
BYTES = 2**30
LONGEST_LINE = 1000
# Signs that move the cursor, change colors or turn the direction of text.
UNPRINTABLE = {
    *map(chr, (*range(32), *range(0x7F, 0xA0))),
    *"\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e",
    *"\u2066\u2067\u2068\u2069",
} - {"\n"}


class TooLongError(BaseException):
    """A command has used up its time; no `except Exception` on the way may swallow that."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it printed, and the traceback of what it should have caught."""

    code: int
    out: str
    err: str
    error: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Failure:
    """What is wrong with a case: `kind` is alike for cases that one mend is likely to mend."""

    kind: str
    details: str


def called(*arguments: str) -> Ended:
    """Call `gdbench ARGUMENTS` with at most 10 seconds of a core and 1 GB beside what this process has already."""
    argv, sys.argv = sys.argv, ["gdbench", *arguments]
    try:
        return _ended(run)
    finally:
        sys.argv = argv


def planned_quick(file: Path) -> Ended:
    """Plan a quick look at a configuration, as `gdbench reproduce FILE --quick` does before it trains."""

    def plan() -> None:
        try:
            load_plan(file, quick=True)
        except GdbenchError as error:
            say_error(error)
            sys.exit(error.exit_code)

    return _ended(plan)


def _ended(function: Callable[[], None]) -> Ended:
    # As Python opens them: stderr takes what no encoding has.
    out, err = _stream("strict"), _stream("backslashreplace")
    code, error, kind = 0, "", ""
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _bounded():
            function()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except (Exception, TooLongError) as raised:
        error, kind = traceback.format_exc(), _kind(raised)
    return Ended(code, _text(out), _text(err), error, kind)


def failures(ended: Ended, starts: Sequence[str], *, for_people: bool = True) -> Iterator[Failure]:
    """Yield what is wrong: every line of a refusal begins with one of `starts`, and none can move a cursor.

    `for_people` says that stdout is meant for a terminal, too.
    """
    if ended.error:
        yield Failure(ended.kind, ended.error)
        return
    if ended.code not in (0, 1, 2):
        yield Failure(f"exit code {ended.code}", ended.err)
    if "Traceback" in ended.err:
        yield Failure("traceback on stderr", ended.err)
    if warning := re.search(r"\w+Warning: .*", ended.err):
        yield Failure("a warning of a library", warning[0])
    # Not splitlines, which ends a line at signs that a terminal does not.
    lines = ended.err.removesuffix("\n").split("\n") if ended.err else []
    if ended.code and not lines:
        yield Failure("refused without a word", ended.out)
    for line in lines:
        if ended.code and not line.startswith(tuple(starts)):
            yield Failure("a line that does not begin with what is wrong", line)
        if len(line) > LONGEST_LINE:
            yield Failure("a line of more than 1,000 letters", line)
    shown = ended.err + (ended.out if for_people else "")
    if raw := {f"U+{ord(sign):04X}" for sign in shown if sign in UNPRINTABLE}:
        yield Failure("raw control characters for a terminal", f"{' '.join(sorted(raw))}: {shown!a}")


def _stream(errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, newline="\n")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO), "the stream is our own"
    return raw.getvalue().decode()


def _kind(error: BaseException) -> str:
    """Name an error by its type and the innermost line of gdbench that led to it."""
    where = [
        frame for frame in traceback.extract_tb(error.__traceback__) if f"{os.sep}gdbench{os.sep}" in frame.filename
    ]
    last = f"{Path(where[-1].filename).name}:{where[-1].name}" if where else "nowhere"
    if isinstance(error, RecursionError):
        # The depth at which it happens is chance.
        last = Path(where[-1].filename).name if where else last
    return f"{type(error).__name__} in {last}"


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLongError(f"not finished after {PROCESSOR_SECONDS} seconds of a core or {SECONDS} seconds")

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, PROCESSOR_SECONDS), (signal.ITIMER_REAL, signal.SIGALRM, SECONDS))
    before = [signal.signal(number, stop) for _, number, _ in timers]
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if (size := _address_space()) is not None:
        resource.setrlimit(resource.RLIMIT_AS, (size + BYTES, hard))
    for timer, _, seconds in timers:
        signal.setitimer(timer, seconds)
    try:
        with warnings.catch_warnings():
            # As at a command line, where pytest makes errors of them.
            warnings.resetwarnings()
            warnings.showwarning = _show
            yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        for handler, (_, number, _) in zip(before, timers, strict=True):
            signal.signal(number, handler)


def _show(message: Warning | str, category: type[Warning], *_: object) -> None:
    # What nobody sees at a command line is no failure.
    if not issubclass(category, DeprecationWarning | PendingDeprecationWarning | ResourceWarning | ImportWarning):
        sys.stderr.write(f"{category.__name__}: {message}\n")


def _address_space() -> int | None:
    """Return the bytes of addresses in use; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return None
    return pages * resource.getpagesize()
