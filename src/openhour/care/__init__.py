"""Decisions about treatment: who may hold the hour, when, with which consent and plan, and what a note still lacks.

Values in, values out: no clock, no table, no settings. Each module has one subject; callers are the workflows and
the pages, which pass the facts and get findings with a stable code, a sentence and a place.
"""
