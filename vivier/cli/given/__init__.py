"""Verbs of what people give: rounds, review, mail."""
