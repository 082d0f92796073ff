"""Results to Altair charts; pure, no screen."""
