"""What `gdbench list` prints: the catalog, the sections and keys of a file, and the metrics."""
