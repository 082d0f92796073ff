"""Synthetic cohorts, fitted to the published figures."""
