"""The session and its note."""
