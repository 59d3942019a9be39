"""Sourcing dossiers: composed, issued once, kept and readable until their last day and verified
(docs/methods.md (j))."""
