"""Adjustments to the running Python: its search path, environment variables, imports and garbage collection."""
