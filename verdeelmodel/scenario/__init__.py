"""Scenario files, applying them, running them, and the difference between two runs."""
