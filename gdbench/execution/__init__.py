"""Trains the runs of a plan that the ledger lacks."""
