"""Tasks between sessions."""
