"""Turns contract records into contracts, then documents, then a generation of contracts."""
