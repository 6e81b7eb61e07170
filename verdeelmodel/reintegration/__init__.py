"""Profiles of recipients and chances of re-integration."""
