"""Decisions about money: minutes → code, signed hours → claims, what holds a claim back, the X12 837P file, the superbill.

Called by workflows and the command line. No clock, no database: `at` and `on` are arguments. Knows nothing of `care`.
"""
