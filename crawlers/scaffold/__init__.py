"""Writes a new source from a CSV file: its module, an invented sample, the records it must give, its tests."""
