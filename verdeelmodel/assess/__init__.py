"""The afwegingskader: criteria, evidence, verdict."""
