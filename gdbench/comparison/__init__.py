"""What the records of an experiment show: tables, differences between rows, claims and verdicts."""
