"""The axes of a grid and the points that they span."""
