"""Timings beside peers in the same run: ``python -m bench``."""
