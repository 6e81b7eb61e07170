"""The synthetic Netherlands: a country with a known truth."""
