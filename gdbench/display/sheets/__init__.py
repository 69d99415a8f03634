"""Everything that a command prints, as sheets that any format can render."""
