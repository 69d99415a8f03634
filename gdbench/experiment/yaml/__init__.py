"""Strict YAML with the place of every value, and the mistakes found in it."""
