"""Figures and claims of a source, as a configuration quotes them."""
