"""Staff pages: therapist, supervisor, front desk, biller, owner. Views call one query or one verb and render."""
