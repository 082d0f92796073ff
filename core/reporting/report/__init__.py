"""A report: the blocks of a paper from one cohort, and its files."""
