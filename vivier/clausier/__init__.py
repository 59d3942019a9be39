"""Clauses to propose for a lot, worded by us and filled with its figures, and wordings seen in notices."""
