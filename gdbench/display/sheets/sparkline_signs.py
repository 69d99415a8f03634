"""The characters that draw small curves in tables, and their replacements in encodings that lack them."""

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN_BLOCKS = "_.-~=+*#"
DIVERGED, PLAIN_DIVERGED = "×", "x"
# Where a row was not evaluated, or no longer.
NOTHING, PLAIN_NOTHING = "·", " "
