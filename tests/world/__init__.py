"""The world, played by one server of this machine: it answers for every host, under its own name, http and https."""

from tests.world.server import Answer, Asked, Play, Rate, World, served

__all__ = ["Answer", "Asked", "Play", "Rate", "World", "served"]
