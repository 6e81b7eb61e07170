"""The hash-bound record of a run, its verification, and whole-or-nothing writing."""
