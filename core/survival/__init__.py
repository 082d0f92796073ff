"""Estimates and tests of time to event, on counts at distinct times."""
