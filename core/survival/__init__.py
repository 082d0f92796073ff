"""Estimates and tests of time to event, on counts at distinct times.

Import from the modules themselves: a page that shows a curve then loads the curve, not the bootstrap.
"""
