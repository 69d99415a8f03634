"""`tune`: which values each row of a comparison tries, and the runs of both stages."""
