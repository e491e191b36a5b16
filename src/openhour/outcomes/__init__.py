"""Many patients at once: files of answers and of scores, read in a stream, and what is said of them.

Callers: the `openhour` command line and, later, reports. Formulas live in `measures`; this room reads, counts and writes.
It refuses a file with every reason it found, each with file, row and column, and never leaves a half-written one behind.
"""
