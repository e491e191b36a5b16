"""Patients: finding, registering, coverage, consent, the chart's first page."""
