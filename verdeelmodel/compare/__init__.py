"""Selecting groups, standardised regressions, outliers, robustness."""
