"""Exact decompositions of a rate, a budget, a saldo and a change."""
