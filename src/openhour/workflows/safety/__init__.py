"""What patients answer, and who looks at it: measures, links, alerts."""
