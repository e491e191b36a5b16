"""The calendar of the front desk: day, week, booking, moving, cancelling, checking in."""
