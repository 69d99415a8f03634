"""What the process that forks workers has loaded before it forks any: all that trains, and the embedded data.

They are read by a thread while the libraries are imported, which leaves a core idle. It has ended when this module is
loaded: a thread would not be there in what is forked.
"""

from threading import Thread

from gdbench.catalog.datasets.mnist import read_ahead

_reading = Thread(target=read_ahead, daemon=True)
_reading.start()
import gdbench.training.trainer  # noqa: E402, F401

_reading.join()
