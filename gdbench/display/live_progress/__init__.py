"""The progress of a running sweep: its state in words, at a terminal, in a log and in a notebook."""
