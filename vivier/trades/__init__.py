"""Trades, their words, and the nomenclatures they correspond to."""
