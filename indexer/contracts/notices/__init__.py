"""Turns records of notices and planned purchases into chains of corrections, cancellations and awards, then documents,
then a generation."""
