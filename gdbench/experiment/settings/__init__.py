"""The five sections of a run: schema, defaults, merging, typed settings, and the checks that span sections."""
