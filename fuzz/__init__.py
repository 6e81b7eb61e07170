"""Everything that reads a file of a user, met with any bytes: the targets, the campaign and its bounded version."""
