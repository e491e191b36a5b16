"""From signal to action: each verb of the chapter."""
