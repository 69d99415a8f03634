"""The signs of which small curves in tables are made, and what stands in for them where an encoding lacks them."""

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN_BLOCKS = "_.-~=+*#"
DIVERGED, PLAIN_DIVERGED = "×", "x"
# Where a row was not evaluated, or no longer.
NOTHING, PLAIN_NOTHING = "·", " "
