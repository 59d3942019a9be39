"""Keeps a service running without an engineer: the jobs of the night, the copies, what demands somebody."""
