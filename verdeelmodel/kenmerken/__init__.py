"""Every characteristic, one file per theme, declared as a small pure function; the registry."""
