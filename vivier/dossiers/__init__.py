"""Sourcing dossiers: composed, issued once, kept and readable until their last day, replayed and compared
(docs/methods.md (j))."""
