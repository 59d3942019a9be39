"""Sourcing dossiers that are kept: composed, issued once, read until their day, replayed and compared
(docs/methods.md (j))."""
