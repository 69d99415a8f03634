"""Training on the workers of a Dask cluster.

The sweep is a client of the scheduler: it submits batches of runs as tasks and records each outcome as it arrives. A
task hands its batch to a trainer host, a process of its own beside the dask worker, which trains it as a local sweep
would: with TensorFlow's threads set before anything runs, in a process that can be killed without the dask worker.
"""
