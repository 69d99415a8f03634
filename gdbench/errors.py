"""What can go wrong, and what it means for the process.

GdbenchError                  anything a user can mend; printed as one line, no traceback
├── RequestError              the request is wrong: usage or files; exit code 2
│   └── ConfigError           mistakes in a configuration, all of them, one line each
├── SweepError                the sweep could not be carried out: locked, disk full; exit code 1
│   ├── LedgerError           a line of the ledger cannot be read, or the ledger cannot be written
│   └── InterruptionError     Ctrl-C while runs are trained; exit code 130
├── DataError                 a dataset is not what it should be; fails the run that needs it
├── PluginError               a user's code is not what it should be; fails the run that names it
└── ArchitectureError         layers that do not fit together; fails the run that names them
"""

from collections.abc import Sequence


class GdbenchError(Exception):
    """A problem that a user can mend, said in one line."""

    exit_code = 1


class RequestError(GdbenchError):
    """The request itself is wrong; nothing was done."""

    exit_code = 2


class ConfigError(RequestError):
    """Every mistake found in a configuration, in the order of its lines."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        """Keep one line a mistake."""
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class SweepError(GdbenchError):
    """The sweep could not be carried out; finished runs are kept."""


class LedgerError(SweepError):
    """The ledger cannot be read or written."""


class InterruptionError(SweepError):
    """The user has interrupted the sweep; the same command goes on."""

    exit_code = 130


class DataError(GdbenchError):
    """A dataset is not what it should be."""


class ArchitectureError(GdbenchError):
    """Layers do not fit together."""


class PluginError(GdbenchError):
    """A user's code is not what it should be."""
