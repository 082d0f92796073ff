"""What each kind of analysis is given, and what it gives back: one module per room of the core."""
