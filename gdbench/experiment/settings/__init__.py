"""The five sections of a run: schema, defaults, what replaces what, and the checks that span them."""
