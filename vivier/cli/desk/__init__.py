"""Verbs of the consultation desk."""
