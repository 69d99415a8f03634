"""What a process that was forked from a server with keras loaded need not look through for garbage."""

import gc


def keep_imported() -> None:
    """Look for garbage, from now on only among what is made after this.

    What was imported stays. Each program begins with a search for garbage, which would take a fifth of a second among
    a million objects, and would copy the memory that workers share with the server.
    """
    gc.freeze()
    gc.enable()
