"""The session room: clock, note, homework, signing, addenda."""
