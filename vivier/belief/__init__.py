"""One belief of who can do what, where: for a structure, a trade, a place and a size, one probability and the facts it rests on.

Pure functions: no engine, no HTTP. What does not depend on the question is stored at build (``belief`` of ``mappings/suppliers.json``), in
the steps of :mod:`vivier.belief.steps`. ``docs/methods.md (o)`` gives the method, with a figure worked by hand.
"""

from vivier.belief.does import Belief, Clue, Known, belief, beliefs, clues

__all__ = ["Belief", "Clue", "Known", "belief", "beliefs", "clues"]
