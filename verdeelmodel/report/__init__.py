"""Renders results as charts, HTML, Excel and sentences; computes nothing."""
