"""Openhour: the open, self-hosted system for the therapy hour."""

__version__ = "0.1.0"
