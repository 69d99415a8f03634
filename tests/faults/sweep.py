"""`gdbench` with a journal of what is trained: `python -m tests.faults.sweep quick|tuned|real ARGUMENTS`."""

import sys

from gdbench.cli import main
from gdbench.execution.local import preloading, worker
from tests.faults import trainers

if __name__ == "__main__":
    kind = sys.argv.pop(1)
    if kind != "real":
        preloading.PRELOADED = ()
    makers = {"quick": trainers.make_quick, "tuned": trainers.make_tuned, "real": trainers.make_real}
    worker.make_trainer = makers[kind]
    main()
