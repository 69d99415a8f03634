"""What was asked: strict YAML with line numbers, schema, and the grid that becomes a plan of runs."""
