"""Typed territories: the gazetteer, what a zone covers, what a place name means."""
