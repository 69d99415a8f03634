"""What a configuration asks for: strict YAML with line numbers, settings, grids, and the plan of runs they make."""
