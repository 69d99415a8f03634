"""Measures of the source: `python -m tests.house` prints them, tests/test_house.py holds their bounds."""
