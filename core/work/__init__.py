"""Work that takes long: it tells its steps, ends on request, and shares the computer fairly."""
