"""Verdicts sealed before an award is known: studied, chained by their hashes, scored when the award appears."""
