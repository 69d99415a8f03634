"""What can go wrong, and what it means for the process.

GdbenchError                  a problem that the user can fix; reported on one line, without a traceback
├── RequestError              the request is wrong: usage or files; exit code 2
│   ├── UnknownNameError      no configuration has a name
│   └── ConfigError           the mistakes of a configuration, one line each
├── SweepError                the sweep could not be carried out: locked, disk full; exit code 1
│   ├── LedgerError           the ledger cannot be read or written
│   └── InterruptionError     Ctrl-C during training; exit code 130
├── DataError                 a dataset is missing or malformed; fails the runs that need it
├── PluginError               user code breaks the requirements of its family; fails the runs that name it
│   DataError and PluginError
│   └── StalePlanError        a file is no longer as planned; stops the sweep, since every run that needs it would fail
└── ArchitectureError         layers do not fit together; fails the runs that name them
"""

from collections.abc import Sequence


class GdbenchError(Exception):
    """A problem that the user can fix, reported on one line."""

    exit_code = 1


class RequestError(GdbenchError):
    """The request itself is wrong; nothing was done."""

    exit_code = 2


class UnknownNameError(RequestError):
    """There is no such file or configuration; where nothing similar can be suggested, a command lists all of them."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the message with a hint, such as `; did you mean 'x'?`."""
        super().__init__(message + hint)
        self.has_hint = bool(hint)


class ConfigError(RequestError):
    """All mistakes of a configuration, in file order."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        """Keep the mistakes, one line each."""
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class SweepError(GdbenchError):
    """The sweep could not be carried out; finished runs are kept."""


class LedgerError(SweepError):
    """The ledger cannot be read or written."""


class InterruptionError(SweepError):
    """The user interrupted the sweep; the same command resumes it."""

    # 128 + SIGINT, as shells report it.
    exit_code = 130


class DataError(GdbenchError):
    """A dataset is missing or malformed."""


class ArchitectureError(GdbenchError):
    """Layers do not fit together."""


class PluginError(GdbenchError):
    """User code breaks the requirements of the family that it is used in."""


class StalePlanError(DataError, PluginError):
    """A file of data or code is no longer what it was when the runs were planned."""
