"""The shelf: what the procedure, the measures, the notes, the forms and the payers are, as data.

Every definition is one TOML file with a slug, a version and the day from which it holds. This room reads and checks
them into typed values; it knows no patient. Readers look things up by day: `shelf.procedure("psychotherapy-60", on=day)`.
"""
