"""Published figures, and how a cohort compares with them."""
