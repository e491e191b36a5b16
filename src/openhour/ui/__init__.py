"""The look of Openhour: templates, components, one style sheet, small scripts, icons and charts.

Pages of `web` and `portal` build on it; it knows no record, no role and no rule. It refuses inline styles, inline
scripts and any address outside the house, so that the strict Content-Security-Policy never needs an exception.
"""
