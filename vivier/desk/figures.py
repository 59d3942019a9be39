"""Figures as sentences of the desk write them, in French."""

from __future__ import annotations


def euros(amount: float) -> str:
    """« 120 000 € », with spaces that do not break."""
    return f"{amount:,.0f} €".replace(",", "\u202f").replace(" €", "\u00a0€")


def percent(share: float) -> str:
    """« 30 % », one decimal under one percent."""
    shown = f"{share * 100:.0f}" if share == 0 or share >= 0.01 else f"{share * 100:.1f}".replace(".", ",")
    return f"{shown}\u00a0%"


def plain(number: float) -> str:
    """« 1 250 », rounded to the unit, with a space that does not break."""
    return f"{number:,.0f}".replace(",", "\u202f")
