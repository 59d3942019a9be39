"""Verbs of contracts, notices, buyers and leads."""
