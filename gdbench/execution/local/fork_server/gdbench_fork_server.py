"""Loaded first by the process that forks workers: chooses the copy of gdbench that started it, and cleans its path.

It also turns off the search for garbage, which what it forks turns on again.

It stands in a folder of its own, in which that process starts: Python puts the folder first on the path, whatever is
in it, and no module there can stand in for another.
"""

import gc
import os
import sys
from pathlib import Path

# Modules are no garbage, and looking for some takes a fifth of the time of importing them.
gc.disable()
_HERE = Path(__file__).resolve().parent
_ROOT = str(_HERE.parents[3])

# Another copy may be installed; what this one forks must be what was started.
sys.path.insert(0, _ROOT)
import gdbench.version  # noqa: E402, F401

sys.path[:] = [entry for entry in sys.path[1:] if entry and Path(entry).resolve() != _HERE]
if _ROOT not in sys.path:
    sys.path.append(_ROOT)

from gdbench.execution.local.parent_death import end_with_process  # noqa: E402

# Before keras is loaded, which takes seconds.
end_with_process(int(os.environ.pop("GDBENCH_PARENT")))
