"""Claims and superbills."""
