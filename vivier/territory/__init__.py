"""Typed territories: the gazetteer, what a zone covers, what a place name means."""

from vivier.territory.gazetteer import Gazetteer, load_gazetteer
from vivier.territory.model import Territory

__all__ = ["Gazetteer", "Territory", "load_gazetteer"]
