"""How worker processes start: from a server that has loaded keras, where the system has one.

Little is imported here, since the server is started before anything else is.
"""

import multiprocessing
from multiprocessing.context import ForkServerContext, SpawnContext

from gdbench.execution.local.start import FORK_SERVER_MODULE

Context = ForkServerContext | SpawnContext
PRELOADED: tuple[str, ...] = ("gdbench.execution.local.preloaded",)


def start_method() -> Context:
    """Return the context that starts workers: from a server that has keras loaded, where the system has forkserver."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([FORK_SERVER_MODULE, *PRELOADED])
    return context
