"""Notices and planned purchases: records → chains of corrections, cancellations and awards → documents → a generation."""
