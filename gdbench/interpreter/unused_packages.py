"""The packages that Keras and TensorFlow import wherever they are installed, and that training never uses."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# For plots, notebooks, data frames and other libraries' models: together they take as long as TensorFlow itself.
UNUSED = ("IPython", "jax", "matplotlib", "pandas", "pydot", "scipy", "sklearn")


@contextmanager
def without_unused_packages() -> Iterator[None]:
    """Let nothing import these packages meanwhile; libraries that can do without them then do.

    Afterwards a user's code imports them as ever. What is imported already stays.
    """
    hidden = [name for name in UNUSED if name not in sys.modules]
    # Python's own way of saying that a module is not there.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
