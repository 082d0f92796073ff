"""How the sample cohorts are made: one module per step, all from fixed seeds."""
