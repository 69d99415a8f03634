"""The Python API: the same requests as those of the commands, answered by objects for scripts and notebooks."""
