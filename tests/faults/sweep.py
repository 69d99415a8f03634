"""`gdbench` with a journal of what is trained: `python -m tests.faults.sweep quick|real ARGUMENTS`."""

import sys

from gdbench.cli import main
from gdbench.execution import preloading, worker
from tests.faults import trainers

if __name__ == "__main__":
    kind = sys.argv.pop(1)
    if kind == "quick":
        preloading.PRELOADED = ()
    worker.make_trainer = {"quick": trainers.make_quick, "real": trainers.make_real}[kind]
    main()
