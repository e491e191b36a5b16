"""Charges, claims, batch files, superbills."""
