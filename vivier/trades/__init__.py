"""Trades, their words, and the nomenclatures they answer to."""
