"""Wiring: settings, root addresses, the server and the `openhour` command line. Knows every room; no room knows it."""
