"""Proportional-hazards regression."""
