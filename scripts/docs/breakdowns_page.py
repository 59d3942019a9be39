"""The page of breakdowns, in French, for who runs the service."""

from __future__ import annotations

from vivier.breakdowns import CARDS


def page() -> str:
    """A row for each card, in the order in which they are looked for."""
    head = (
        "Une ligne par panne. `vivier doctor`, `/ready`, la page `/revue/service` et la lettre disent les mêmes mots."
    )
    rows = (
        f"| {card.cause} | {card.deed} | {card.who} | {f'`{card.command}`' if card.command else ''} |" for card in CARDS
    )
    table = ("| ce qui est dit | à faire | qui | à taper |", "|---|---|---|---|", *rows)
    return "\n".join(("# Pannes", "", head, "", *table, ""))
