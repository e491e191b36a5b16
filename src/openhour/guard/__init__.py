"""Who someone is, what they may do, and what happened: users, roles, sign-in, `may`, the hash-chained trail.

Default is no. The trail is append-only in the database itself. The room knows no chart table: subjects present
themselves through `kernel.guarded`.
"""
