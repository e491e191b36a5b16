"""Diagnoses and the plan."""
