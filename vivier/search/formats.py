"""The number of the format of a generation: which code may read it. A code reads its own and the one before.

A field that is added or removed changes no number: a reader takes what it does not find for unknown, and leaves what it does not know.
Raise the number when a former reader would answer wrongly: a field whose meaning or type changes, a record that it cannot show.
"""

from __future__ import annotations

from typing import Final

FORMAT: Final = 2
"""The format that this version writes."""
FIRST: Final = 1
"""The format of generations that do not say theirs: they were built before formats had a number."""
READ: Final = (FORMAT - 1, FORMAT)
"""The formats that this version reads."""


def refusal(name: str, number: int) -> str | None:
    """Why this version does not read a generation of a format, and what to do, in French; ``None`` when it reads it."""
    if number in READ:
        return None
    which = f"La génération « {name} » a le format {number} ; cette version de Vivier lit les formats {READ[0]} et {READ[1]}."
    if number > FORMAT:
        return f"{which} Mettez Vivier à jour, ou servez une génération antérieure : « vivier generations »."
    return f"{which} Reconstruisez l'index : « vivier index »."
