"""Verbs of the core: the search of suppliers."""
