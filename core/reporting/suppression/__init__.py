"""Small-number protection: aggregates without counts that could point at a patient, nor what would give them away."""
