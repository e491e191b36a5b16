"""Setting the practice up."""
