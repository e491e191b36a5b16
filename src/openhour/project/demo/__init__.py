"""A demo practice of synthetic people, filled through the real verbs with their clock in the past.

Called by `openhour demo` alone. Nothing in it stands for a person, a company or a place that exists.
"""
