"""What may bias a comparison: time that a group could not have died in."""
