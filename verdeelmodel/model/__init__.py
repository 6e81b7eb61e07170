"""Household probability and price: encoding, the logit engine, fit statistics, inference."""
