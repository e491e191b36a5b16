"""From first call to consent."""
