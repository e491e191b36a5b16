"""Every chart table, and the queries that read them. Each query takes the actor; models hold no business rules."""
