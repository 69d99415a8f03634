"""A report: one HTML page with the tables, charts, settings and runs of an experiment, which needs no network."""
