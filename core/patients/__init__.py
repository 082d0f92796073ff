"""What patients are like: Table 1."""
