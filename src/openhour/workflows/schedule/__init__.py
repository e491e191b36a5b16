"""Booking, moving, cancelling, arriving."""
