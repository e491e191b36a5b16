"""Where everyone lands after signing in: today."""
