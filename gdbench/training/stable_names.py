"""Names of functions that are the same in every process, so that a compiled program is found again.

TensorFlow numbers functions, and graphs' tensors, in the order in which a process makes them, and XLA finds a compiled
program by the names and text of its functions.
"""

import hashlib
import itertools
from collections import Counter

from tensorflow.python.framework import ops

# Below are the numbers that TensorFlow itself gives to eager tensors, which share a tape with a graph's tensors.
_FIRST = 1 << 61
_HASH_BYTES, _NUMBERS_PER_PROGRAM = 5, 1 << 21
_built: Counter[str] = Counter()


def number_for(program: str) -> None:
    """Take the numbers from here on from a range that belongs to a program, and to how often it was built before."""
    # A second one may be built while functions of the first are not gone yet.
    digest = hashlib.sha256(f"{program} {_built[program]}".encode()).digest()
    _built[program] += 1
    first = _FIRST + int.from_bytes(digest[:_HASH_BYTES]) * _NUMBERS_PER_PROGRAM
    # There is no public way to choose them.
    ops.uid = itertools.count(first).__next__
