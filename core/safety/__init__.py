"""Adverse events and proportions."""
