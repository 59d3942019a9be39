"""Verbs killed (SIGKILL) in the middle of their work, and what was there afterwards: ``python -m benchmarks kills``."""
