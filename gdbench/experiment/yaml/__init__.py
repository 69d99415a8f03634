"""Strict YAML with the place of every value, and the list of mistakes."""
