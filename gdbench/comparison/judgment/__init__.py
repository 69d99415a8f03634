"""Published figures and claims beside measurements: the verdict on each, and on a comparison as a whole."""
