"""Patient pages behind a signed link: questions that are due, what to expect. Never imports the staff pages."""
