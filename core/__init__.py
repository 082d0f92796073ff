"""The computing core of Cohortscope: cohorts in, results out; no screen, no charts."""

__version__ = "0.1.0"
