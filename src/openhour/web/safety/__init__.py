"""Alerts: seeing and answering them."""
