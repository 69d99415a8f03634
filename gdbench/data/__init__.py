"""The embedded default dataset."""
