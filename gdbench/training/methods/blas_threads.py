"""One thread for BLAS, in which numpy and scipy compute what a method does between passes."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Have BLAS compute in one thread meanwhile, on every machine.

    By default it divides products of more than about 10,000 numbers among as many threads as there are cores. Their
    sums differ in the last digits from those of one thread, so that a search would depend on the number of cores.
    """
    # scipy has a BLAS of its own, which can only be limited once it is loaded.
    import scipy.linalg  # noqa: F401

    with threadpool_limits(1, user_api="blas"):
        yield
